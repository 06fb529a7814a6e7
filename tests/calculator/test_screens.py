"""A shared screen at a hub or a road show: staff set it up, answers on it say so, and it clears itself."""

from datetime import date

import pytest

from pbudget.calculator import actions
from pbudget.calculator.queries import budget_by_slug, responses_of
from pbudget.calculator.rules.screens import KIOSK, ROADSHOW, Screen, screen_as_kept, screen_in
from pbudget.db import db
from tests.calculator.answers import send_many
from tests.support.pages import PageClient
from tests.support.staff import sign_in

SET_UP = "/staff/budget-screens"
TODAY, TOMORROW = date(2027, 3, 3), date(2027, 3, 4)


@pytest.fixture
def name(sqlite_budget: str) -> str:
    return sqlite_budget


def set_up(client: PageClient, name: str, place: str, role: str = "steward") -> None:
    sign_in(client, role)
    client.post(SET_UP, {"budget": name, "place": place}, 303)


def send(client: PageClient, name: str) -> None:
    address = f"/budgets/{name}"
    client.post(f"{address}/begin", {"who": "one"}, 303, page=address)
    token = client.get(f"{address}/check").one('input[name="token"]')["value"]
    said = {"token": token, "unbalanced": "yes", "reason": "Test reason"}
    client.post(f"{address}/check", said, 303)


@pytest.mark.parametrize("place", [KIOSK, ROADSHOW])
def test_answers_on_a_screen_say_where_it_stands_and_others_do_not(client: PageClient, name: str, place: str):
    send(client, name)
    client.post(f"/budgets/{name}/leave", {}, 303, page=f"/budgets/{name}/sent")
    set_up(client, name, place)
    for _ in range(2):
        send(client, name)
        client.post(f"/budgets/{name}/leave", {}, 303, page=f"/budgets/{name}/sent")
    actions.close_budget(name, "test-officer")
    db.session.rollback()
    assert sorted(sent.channel for sent in responses_of(budget_by_slug(name))) == sorted(["online", place, place])


def test_results_say_how_many_answered_at_a_hub(client: PageClient, name: str):
    send_many(name, 20, [None])
    send_many(name, 10, [None], channel=KIOSK)
    actions.close_budget(name, "test-officer")
    ways = client.get(f"/budgets/{name}/results").soup.find("caption", string="How people answered").parent
    rows = {row.th.get_text(strip=True): row.td.get_text(strip=True) for row in ways.select("tbody tr")}
    assert (rows["Online"], rows["At a hub"]) == ("20", "10")
    client.get(f"/budgets/{name}/results?channel=kiosk")


def test_setting_a_screen_up_signs_staff_out_and_is_in_the_audit_log(client: PageClient, name: str):
    set_up(client, name, KIOSK)
    client.get(SET_UP, 302)
    sign_in(client, "officer")
    assert "budget screen set up" in client.get("/staff/audit").text.lower()


def test_a_screen_has_one_way_out_on_every_page_and_none_to_other_sites_of_ours(client: PageClient, name: str):
    set_up(client, name, KIOSK)
    address = f"/budgets/{name}"
    assert not client.get(address).soup.select("#finish, .site-footer, .govuk-service-navigation")
    client.post(f"{address}/begin", {"who": "one"}, 303, page=address)
    for page in ("", "/parts/culture", "/parts/all", "/check", "/where-you-live", "/summary", "/sent", "/receipt"):
        shown = client.get(address + page)
        assert shown.one("#finish button").get_text() == "Finish and clear"
        assert all(link["href"].startswith((address, "#")) for link in shown.soup.select("a[href]")), page
    client.post(f"{address}/leave", {}, 303, page=f"{address}/check")
    assert client.get(f"{address}/ended").one("h1").get_text() == "This screen is cleared"
    assert "Add a comment" not in client.get(f"{address}/parts/culture", 410).text


def test_signing_in_and_out_on_it_ends_the_screen(client: PageClient, name: str):
    set_up(client, name, KIOSK)
    assert client.get(f"/budgets/{name}").soup.select(".screen-header")
    sign_in(client, "officer")
    client.post("/staff/sign-out", {}, 303, page="/staff")
    assert not client.get(f"/budgets/{name}").soup.select(".screen-header")


@pytest.mark.parametrize(
    ("given", "says"),
    [({"place": "nowhere"}, "Choose where this screen stands"), ({"budget": "none"}, "Choose a budget that is open")],
)
def test_what_no_screen_can_be_set_up_for_is_refused(client: PageClient, name: str, given: dict, says: str):
    sign_in(client, "steward")
    page = client.post(SET_UP, {"budget": name, "place": KIOSK} | given, 422)
    assert says in page.one(".govuk-error-summary").get_text()
    assert not client.get(f"/budgets/{name}").soup.select(".screen-header")


def test_without_an_open_budget_the_page_says_when_one_can(client: PageClient):
    sign_in(client, "steward")
    assert "No budget is open" in client.get(SET_UP).text


@pytest.mark.parametrize(
    ("kept", "budget", "day", "found"),
    [
        (screen_as_kept(Screen("b", KIOSK, "2027-03-03")), "b", TOMORROW, KIOSK),
        (screen_as_kept(Screen("b", ROADSHOW, "2027-03-03")), "b", TODAY, ROADSHOW),
        (screen_as_kept(Screen("b", ROADSHOW, "2027-03-03")), "b", TOMORROW, None),
        (screen_as_kept(Screen("b", KIOSK, "2027-03-03")), "other", TODAY, None),
        ({"budget": "b", "channel": "paper"}, "b", TODAY, None),
        ("kiosk", "b", TODAY, None),
        (None, "b", TODAY, None),
    ],
)
def test_a_screen_is_for_one_budget_and_at_a_road_show_for_one_day(kept, budget: str, day: date, found: str | None):
    screen = screen_in(kept, budget, day)
    assert (screen.channel if screen else None) == found
