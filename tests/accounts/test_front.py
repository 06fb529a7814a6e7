"""The page staff start from shows what each role can do, and nothing else."""

import pytest

from pbudget.accounts import front
from pbudget.accounts.front import TASKS, Task
from tests.accounts.matrix import furnish
from tests.support.pages import PageClient
from tests.support.staff import add_staff, sign_in


def links(client: PageClient) -> list[str]:
    return [link["href"] for link in client.get("/staff").soup.select(".govuk-task-list a")]


@pytest.mark.parametrize("role", ["officer", "councillor", "steward", "auditor"])
def test_every_line_leads_to_a_page_this_role_may_open_and_the_list_leaves_out_none_of_them(sqlite_app, role):
    client = PageClient(sqlite_app)
    sign_in(client, role)
    shown = links(client)
    assert "/staff/account" in shown
    assert ("/staff/audit" in shown) == (role in {"officer", "auditor"})
    for path in shown:
        client.get(path)


def test_somebody_with_two_roles_finds_each_page_once(sqlite_app):
    from pbudget.accounts.models import StaffRole
    from pbudget.db import transaction

    staff_id = add_staff(sqlite_app)
    with transaction() as session:
        session.add(StaffRole(staff_id=staff_id, role="auditor"))
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=staff_id)
    shown = links(client)
    assert len(shown) == len(set(shown))
    assert "officer and auditor" in client.get("/staff").text


def test_a_line_whose_page_is_not_there_is_left_out(sqlite_app, monkeypatch):
    gone = Task("Rounds", "Gone", "Not there", "nowhere.at_all", front.EVERYBODY)
    monkeypatch.setattr(front, "TASKS", [gone, *TASKS])
    client = PageClient(sqlite_app)
    sign_in(client)
    assert "Gone" not in client.get("/staff").text


def test_public_pages_do_not_depend_on_who_is_signed_in(sqlite_app):
    furnish(sqlite_app)
    client = PageClient(sqlite_app)
    sign_in(client)
    fresh = sqlite_app.test_client()
    for path in ("/", "/rounds", "/about"):
        mine = client.get(path).response
        assert mine.data == fresh.get(path).data
        assert "Cookie" not in mine.vary
        assert mine.headers["Cache-Control"] != "no-store"
