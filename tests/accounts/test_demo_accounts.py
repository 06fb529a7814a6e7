"""Test accounts: there in a demonstration, gone for good when something in it is real."""

import re
from datetime import datetime

import pytest
from sqlalchemy import insert, text

from pbudget.accounts.actions import DEMO_PASSWORD, make_demo_accounts
from pbudget.accounts.queries import accounts, demo_mode
from pbudget.accounts.rules.passwords import password_problem
from pbudget.db import db, transaction
from pbudget.web.layout import DEMO_NOTICE
from tests.accounts.phone import stop_clock
from tests.support.pages import PageClient
from tests.support.staff import sign_in

OFFICER = "officer-1@ashmere.example"


@pytest.fixture
def demo(app):
    (app.extensions["settings"].instance / DEMO_NOTICE).write_text("A demonstration.")
    with transaction() as session:
        make_demo_accounts(session)
    stop_clock(app)
    return app


def shown_code(client: PageClient, email: str) -> str:
    row = next(row for row in client.get("/staff/sign-in").soup.select("tbody tr") if email in row.get_text())
    return re.sub(r"\D", "", row.select("td")[-1].get_text())


def test_the_page_that_asks_for_the_code_shows_it_too(demo):
    client = PageClient(demo)
    client.post("/staff/sign-in", {"email": OFFICER, "password": DEMO_PASSWORD}, status=303)
    code = client.get("/staff/sign-in/code").one(".panel kbd").get_text().replace(" ", "")
    client.post("/staff/sign-in/code", {"code": code}, status=303)
    again = client.get("/staff/sign-in-again").one(".panel kbd").get_text().replace(" ", "")
    client.post("/staff/sign-in-again", {"password": DEMO_PASSWORD, "code": again}, status=303)


def go_in(client: PageClient, email: str = OFFICER) -> None:
    client.post("/staff/sign-in", {"email": email, "password": DEMO_PASSWORD}, status=303)
    client.post("/staff/sign-in/code", {"code": shown_code(client, email)}, status=303)


def test_two_officers_a_councillor_a_steward_and_an_auditor_are_made_once(demo):
    with transaction() as session:
        make_demo_accounts(session)
    roles = sorted(role for account in accounts() for role in account.roles)
    assert roles == ["auditor", "councillor", "officer", "officer", "steward"]
    assert all(account.email.endswith("@ashmere.example") and account.is_demo for account in accounts())


@pytest.mark.parametrize("name", ["officer-1", "officer-2", "councillor", "steward", "auditor"])
def test_a_stranger_signs_in_with_what_the_page_shows(demo, name):
    client = PageClient(demo)
    go_in(client, f"{name}@ashmere.example")
    assert "This is a test account" in client.get("/staff").text


def test_the_page_shows_the_next_code_when_the_present_one_is_used_and_none_after_that(demo):
    codes = []
    for _ in range(2):
        client = PageClient(demo)
        codes.append(shown_code(client, OFFICER))
        go_in(client)
    assert codes[0] != codes[1]
    row = PageClient(demo).get("/staff/sign-in").text
    assert "wait a moment, then reload" in row


def test_without_the_notice_no_test_account_is_shown_or_let_in(demo):
    client = PageClient(demo)
    go_in(client)
    (demo.extensions["settings"].instance / DEMO_NOTICE).unlink()
    client.get("/staff", status=302)
    fresh = PageClient(demo)
    assert OFFICER not in fresh.get("/staff/sign-in").text
    page = fresh.post("/staff/sign-in", {"email": OFFICER, "password": DEMO_PASSWORD}, status=200)
    assert "Email address or password is not right" in page.text


def load_roll(is_demo: bool) -> None:
    """Rows straight into the tables of rooms above: what they need is asked of the database."""
    given = {"id": 1, "slug": "real", "is_demo": is_demo, "phase": "set-up", "round_id": 1, "kind": "named"}
    with db.engine.connect().execution_options(writing=True) as connection:
        for name in ("round", "roll_import"):
            mirrored = db.metadata.tables[name]
            values = {column.name: given.get(column.name, plain(column)) for column in mirrored.columns}
            connection.execute(insert(mirrored).values(**{k: v for k, v in values.items() if v is not None}))
        connection.commit()


def plain(column) -> object:
    """A value of the column's type that its checks allow; nothing where it may be empty or has a default."""
    if column.nullable or column.default is not None or column.server_default is not None:
        return None
    if column.name == "sha256":
        return "0" * 64
    kinds = {"INTEGER": 1, "BOOLEAN": False, "JSON": {}, "DATETIME": datetime(2027, 3, 1)}  # noqa: DTZ001 - the column has no zone
    return kinds.get(str(column.type).split("(")[0], "x")


def test_a_real_roll_ends_the_demonstration_for_good(demo):
    client = PageClient(demo)
    go_in(client)
    load_roll(is_demo=False)
    assert not demo_mode(demo.extensions["settings"])
    client.get("/staff", status=302)
    assert OFFICER not in PageClient(demo).get("/staff/sign-in").text


def test_the_made_up_roll_of_the_demonstration_does_not_end_it(demo):
    load_roll(is_demo=True)
    assert demo_mode(demo.extensions["settings"])


def test_another_room_can_end_the_demonstration(demo):
    demo.extensions["signs_of_real_use"].append(lambda: True)
    assert not demo_mode(demo.extensions["settings"])


def test_the_printed_password_keeps_our_own_rule():
    assert password_problem(DEMO_PASSWORD, ("Ashmere Borough Council", OFFICER)) == ""


def test_a_real_account_works_in_a_demonstration_and_its_code_is_not_shown(demo):
    client = PageClient(demo)
    sign_in(client, email="real@test.example")
    assert "This is a test account" not in client.get("/staff").text
    assert "real@test.example" not in PageClient(demo).get("/staff/sign-in").text


def test_the_page_is_read_without_writing(demo):
    with db.engine.connect() as connection:
        before = connection.execute(text("SELECT email, totp_counter FROM staff ORDER BY email")).all()
        connection.rollback()
    PageClient(demo).get("/staff/sign-in")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT email, totp_counter FROM staff ORDER BY email")).all() == before
        connection.rollback()
