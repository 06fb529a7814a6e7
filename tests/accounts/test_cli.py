"""`pbudget staff`, as it is typed."""

import pytest
from click.testing import CliRunner

from pbudget.accounts import queries
from pbudget.accounts.cli import staff
from pbudget.audit.queries import entries
from pbudget.kit.errors import BadInput
from pbudget.wards.actions import import_boundaries
from pbudget.wards.rules.boundaries import read_boundaries
from tests.accounts.phone import path_of
from tests.support.pages import PageClient
from tests.wards.building import FIRST, two_wards


def run(*words: str):
    return CliRunner().invoke(staff, list(words), catch_exceptions=False)


def test_invite_prints_a_link_that_opens_the_page_to_choose_a_password(sqlite_app):
    done = run("invite", "--role", "officer", "Alex@Test.Example")
    assert done.stdout.startswith("http://127.0.0.1:8000/staff/invitation/")
    assert "It works once, until" in done.stderr
    assert "alex@test.example" in PageClient(sqlite_app).get(path_of(done.stdout)).text


def test_a_councillor_is_invited_for_wards_that_are_loaded(sqlite_app):
    import_boundaries(read_boundaries(two_wards()), "Test borough")
    run("invite", "--role", "councillor", "--ward", FIRST, "--name", "Cllr Test", "c@test.example")
    line = queries.accounts()[0]
    assert (line.label, line.roles, line.wards, line.state) == ("Cllr Test", ("councillor",), (FIRST,), "invited")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--role", "councillor", "c@test.example"], "acts for wards"),
        (["--role", "officer", "--ward", FIRST, "c@test.example"], "acts for wards"),
        (["--role", "councillor", "--ward", "E05999999", "c@test.example"], "E05999999 is not loaded"),
        (["--role", "officer", "not an address"], "not an email address"),
    ],
)
def test_what_cannot_be_invited_is_refused_with_what_to_do(sqlite_app, words, says):
    with pytest.raises(BadInput, match=says):
        run("invite", *words)
    assert queries.accounts() == []


def test_the_same_address_is_invited_once_whatever_its_case(sqlite_app):
    run("invite", "--role", "officer", "a@test.example")
    with pytest.raises(BadInput, match=r"pbudget staff reset-totp a@test\.example"):
        run("invite", "--role", "auditor", "A@test.example")


def test_a_new_link_replaces_the_one_before(sqlite_app):
    first = path_of(run("invite", "--role", "officer", "a@test.example").stdout)
    second = path_of(run("reset-totp", "a@test.example").stdout)
    client = PageClient(sqlite_app)
    client.get(first, status=404)
    client.get(second)


def test_disabling_stops_an_unused_link_too(sqlite_app):
    link = path_of(run("invite", "--role", "officer", "a@test.example").stdout)
    assert "signed out everywhere" in run("disable", "a@test.example").stdout
    PageClient(sqlite_app).get(link, status=404)
    assert queries.accounts()[0].state == "disabled"
    run("enable", "a@test.example")
    assert queries.accounts()[0].state == "invited"


def test_an_address_without_an_account_is_named(sqlite_app):
    for command in ("disable", "enable", "reset-totp"):
        with pytest.raises(BadInput, match=r"No account has the address nobody@test\.example"):
            run(command, "nobody@test.example")


def test_the_list_says_who_may_do_what(sqlite_app):
    assert "No accounts yet" in run("list").stdout
    run("invite", "--role", "officer", "--role", "auditor", "a@test.example")
    assert "a@test.example" in run("list").stdout
    assert "auditor, officer" in run("list").stdout


def test_acts_at_the_command_line_are_in_the_audit_log_without_an_address(sqlite_app):
    run("invite", "--role", "officer", "a@test.example")
    run("disable", "a@test.example")
    run("enable", "a@test.example")
    run("reset-totp", "a@test.example")
    found = list(reversed(entries(10)))
    assert [line.act for line in found] == ["invited", "disabled", "enabled", "sign-in reset"]
    assert {line.actor for line in found} == {"system"}
    assert "a@test.example" not in str(found)
