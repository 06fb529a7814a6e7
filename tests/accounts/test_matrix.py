"""Who may use what: the committed table, no act without its token, and no page that writes."""

import hashlib
import re

import pytest
from sqlalchemy import select

from pbudget.db import db
from pbudget.web.access import EXTENSION_ROUTES, ROLES, access_of
from tests.accounts import matrix
from tests.accounts.matrix import READERS, TABLE, accounts, address, answer, client_of, furnish, path_of, routes

HALF_WAY = {"/staff/sign-in/code", "/staff/sign-in/recovery-code", "/staff/set-up-authenticator"}
"""For whoever has just given a password or followed a one-time link, and for nobody who is wholly signed in or not."""


def test_every_route_treats_every_role_as_the_committed_table_says(sqlite_app):
    told = "Write the table afresh with `.venv/bin/python -m tests.accounts.matrix`, and read what changed."
    assert cells(matrix.observed(sqlite_app)) == cells(TABLE.read_text(encoding="utf-8")), told


def cells(table: str) -> list[list[str]]:
    """The table without its widths, which change with its longest path."""
    return [re.split(r"  +", line) for line in table.splitlines()]


def test_the_table_agrees_with_what_each_route_declares(sqlite_app):
    """The table is what happened; the mark on the view is what was meant."""
    declared = {
        (method, path_of(rule)): set((access_of(sqlite_app, rule.endpoint) or "").split(","))
        for method, rule in routes(sqlite_app)
    }
    for method, path, *answers in cells(TABLE.read_text(encoding="utf-8"))[1:]:
        if (method, path) not in declared:
            continue  # a route that went: the test above says so
        allowed = declared[method, path]
        for reader, cell in zip(READERS, answers, strict=True):
            if path in HALF_WAY:
                assert cell == "sign in", f"{path} is open to somebody who gave no password"
            elif not allowed & set(ROLES):
                assert cell == "yes", f"{path} needs no sign-in and refuses: {reader.heading}"
            elif not reader.role:
                assert cell == "sign in", f"{path} lets anybody in"
            elif reader.role not in allowed:
                assert cell == "no", f"{path} is for {', '.join(sorted(allowed))} and lets in: {reader.heading}"


def test_no_act_is_done_without_its_form_token(sqlite_app):
    furnish(sqlite_app)
    staff = accounts(sqlite_app)
    acts = [(method, rule) for method, rule in routes(sqlite_app) if method != "GET"]
    assert len(acts) > 10
    for reader in READERS:
        client = client_of(sqlite_app, reader, staff)
        before = contents()
        for method, rule in acts:
            response = client.open(address(sqlite_app, rule), method=method, data={"anything": "at all"})
            assert 400 <= response.status_code < 500, (
                f"{method} {rule.rule} as {reader.heading} took a POST without a token"
            )
        assert contents() == before, reader.heading


def test_no_get_writes_whoever_looks(app):
    furnish(app)
    staff = accounts(app)
    looks = [address(app, rule) for method, rule in routes(app) if method == "GET"]
    for reader in READERS:
        client = client_of(app, reader, staff)
        before = contents()
        for path in looks:
            with app.app_context():
                response = client.get(path)
                status = response.status_code
                response.close()
            assert status < 500, f"{path} as {reader.heading} answered {status}"
        assert contents() == before, f"a GET wrote something as {reader.heading}"


def contents() -> dict[str, tuple[int, str]]:
    """How many rows every table has, and a hash of what they say."""
    db.session.rollback()
    found = {}
    for table in db.metadata.sorted_tables:
        rows = sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
        found[table.name] = (len(rows), hashlib.sha256("".join(rows).encode()).hexdigest())
    db.session.rollback()
    return found


def test_no_extension_adds_a_route_that_is_not_declared(sqlite_app):
    ours = {rule.endpoint for _, rule in routes(sqlite_app) if "." in rule.endpoint}
    others = {rule.endpoint for rule in sqlite_app.url_map.iter_rules()} - ours
    assert others == set(EXTENSION_ROUTES)
    assert not any(endpoint.startswith("security.") for endpoint in ours)


@pytest.mark.parametrize("path", ["/login", "/logout", "/register", "/reset", "/tf-setup", "/verify", "/us-signin"])
def test_the_pages_of_flask_security_do_not_exist(client, path):
    client.get(path, status=404)


def test_what_staff_may_not_do_they_are_told_in_plain_words(sqlite_app):
    client = client_of(sqlite_app, READERS[4], accounts_of(sqlite_app))
    assert answer(sqlite_app, "GET", "/staff/audit", client) == "no"
    assert "It is for people with another role" in client.get("/staff/audit").text


def accounts_of(app):
    furnish(app)
    return accounts(app)
