"""The phone number with its hours and the nearest hub on every page; officers keep them."""

import pytest
from sqlalchemy import select, text

from pbudget.audit.models import AuditEntry
from pbudget.db import db, transaction
from pbudget.hubs.actions import HubGiven, HubNameTaken, remove_hub, save_help_line, save_hub
from pbudget.hubs.models import NearestHub
from pbudget.hubs.queries import forget_help, help_known
from pbudget.hubs.rules import nearest
from pbudget.wards.models import Borough, Ward
from pbudget.wards.rules.boundaries import pack
from tests.ballots.voter import Voter
from tests.support.open_round import open_round
from tests.support.pages import PageClient, counted_queries
from tests.support.staff import sign_in

PHONE, HOURS = "01632 960 001", "Monday to Friday, 9am to 5pm"


def square(west: float) -> str:
    south, east, north = 51.5, west + 0.01, 51.51
    return pack(((((west, south), (east, south), (east, north), (west, north)),),))


@pytest.fixture
def wards(app) -> list[int]:
    """Three wards from west to east, and one without a map."""
    with transaction() as session:
        borough = Borough(slug="testtown", name="Testtown")
        session.add(borough)
        session.flush()
        shapes = [square(-0.10), square(-0.09), square(-0.02), None]
        made = [
            Ward(code=f"X9900000{n}", name=f"Ward {n}", borough_id=borough.id, boundary=shape)
            for n, shape in enumerate(shapes, 1)
        ]
        session.add_all(made)
        session.flush()
        return [ward.id for ward in made]


def hub(ward_id: int, name: str = "Test library") -> HubGiven:
    return HubGiven(name, "1 Test Street", HOURS, "Level entrance", ward_id)


def near() -> dict[int, int]:
    db.session.rollback()
    return dict(db.session.execute(select(NearestHub.ward_id, NearestHub.hub_id)).all())


def test_nearest_is_as_the_crow_flies_and_a_wards_own_hub_comes_first():
    middles = {1: (-0.10, 51.50), 2: (-0.08, 51.50), 3: (-0.02, 51.50)}
    assert nearest(middles, {7: 1, 8: 3}) == {1: 7, 2: 7, 3: 8}
    assert nearest(middles, {9: 2, 8: 2}) == {1: 8, 2: 8, 3: 8}
    assert nearest({}, {7: 1}) == {1: 7}
    assert nearest(middles, {}) == {}
    assert nearest({1: (0.0, 60.0), 2: (0.1, 60.0), 3: (0.0, 60.06)}, {5: 2, 6: 3})[1] == 5


def test_each_ward_has_its_nearest_hub_and_a_change_works_it_out_again(wards):
    west, middle, east, unmapped = wards
    save_hub(None, hub(west, "West"), "a")
    assert set(near()) == {west, middle, east}
    save_hub(None, hub(east, "East"), "a")
    ids = {each.name: each.id for each in help_known().hubs}
    assert near() == {west: ids["West"], middle: ids["West"], east: ids["East"]}
    save_hub(ids["West"], hub(unmapped, "West"), "a")
    assert near() == {west: ids["East"], middle: ids["East"], east: ids["East"], unmapped: ids["West"]}
    remove_hub(ids["East"], "a")
    remove_hub(ids["East"], "a")
    assert near() == {unmapped: ids["West"]}


def test_two_hubs_have_two_names(wards):
    save_hub(None, hub(wards[0]), "a")
    with pytest.raises(HubNameTaken):
        save_hub(None, hub(wards[1]), "a")


def test_every_act_is_in_the_audit_log(wards):
    save_help_line(PHONE, HOURS, "a")
    save_hub(None, hub(wards[0]), "a")
    remove_hub(help_known().hubs[0].id, "a")
    assert db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq)).all() == [
        "help line changed",
        "hub added",
        "hub removed",
    ]


def test_the_footer_names_the_phone_line_and_the_way_to_the_hubs(wards, app):
    client = PageClient(app)
    save_help_line(PHONE, HOURS, "a")
    save_hub(None, hub(wards[0], "West library"), "a")
    footer = client.get("/about").one("footer").get_text(" ", strip=True)
    assert f"Phone {PHONE} ({HOURS})" in " ".join(footer.split())
    assert "Come and see us:" in footer
    save_hub(None, hub(wards[2], "East library"), "a")
    footer = client.get("/about").one("footer")
    assert footer.select_one("a[href='/contact#hubs']").get_text() == "Find your nearest hub"
    page = client.get("/contact")
    assert "West library" in page.one("main").get_text()
    assert page.one("#hubs")


def test_a_page_that_knows_the_ward_names_the_nearest_hub(wards, app):
    save_hub(None, hub(wards[0], "West library"), "a")
    save_hub(None, hub(wards[2], "East library"), "a")
    client = PageClient(app)
    for code, name in (("X99000002", "West library"), ("X99000003", "East library")):
        footer = client.get(f"/wards/{code}").one("footer").get_text()
        assert f"Your nearest hub: {name}" in " ".join(footer.split())


def test_the_ballot_names_the_hub_of_the_voters_ward(app):
    vote = open_round(app)
    save_hub(None, hub(vote.wards[0], "Riverside library"), "a")
    save_hub(None, hub(vote.wards[1], "Hilltop library"), "a")
    voter = Voter(app, vote).begin()
    for where in ("/your-ward", "/how-to-vote", "/projects/riverside", "/check"):
        footer = " ".join(voter.at(where).one("footer").get_text().split())
        assert "Your nearest hub: Riverside library" in footer, where
    assert "come to Riverside library" in voter.at("/wrong-ward").text


def test_the_number_of_the_settings_stands_in_where_officers_gave_none(app):
    import dataclasses

    app.extensions["settings"] = dataclasses.replace(app.extensions["settings"], contact_phone="999 (always)")
    assert help_known().line == "999 (always)"
    save_help_line(PHONE, HOURS, "a")
    assert help_known().line == f"{PHONE} ({HOURS})"
    save_help_line("", "", "a")
    assert help_known().line == "999 (always)"


def test_help_costs_one_statement_a_minute(app):
    forget_help()
    with counted_queries() as first:
        help_known()
    with counted_queries() as second:
        help_known()
    assert len([query for query in first if "help_line" in query]) == 1
    assert second == []


def test_a_page_for_errors_asks_nothing_of_the_database_and_still_says_who_helps(sqlite_app):
    save_help_line(PHONE, HOURS, "a")
    client = PageClient(sqlite_app)
    client.get("/about")
    page = client.get("/no-such-page", 404)
    assert not page.queries
    assert PHONE in page.one("footer").get_text()
    forget_help()
    with counted_queries() as queries:
        assert client.http.get("/no-such-page").status_code == 404
    assert queries == []


def test_a_database_that_is_away_does_not_keep_a_page_from_being_shown(sqlite_app):
    with db.engine.connect().execution_options(writing=True) as connection:
        connection.execute(text("DROP TABLE nearest_hub"))
        connection.execute(text("DROP TABLE hub"))
        connection.commit()
    PageClient(sqlite_app).get("/about")


@pytest.fixture
def officer(wards, app) -> PageClient:
    client = PageClient(app)
    sign_in(client)
    return client


def test_an_officer_keeps_the_phone_line(officer):
    assert "There is no hub yet" in officer.get("/staff/help").text
    wrong = officer.post("/staff/help", {"phone": "ask Ann", "hours": HOURS}, 422)
    assert "Enter a phone number" in wrong.one(".govuk-error-summary").get_text()
    assert wrong.one("#phone")["value"] == "ask Ann"
    assert "Enter when somebody answers" in officer.post("/staff/help", {"phone": PHONE, "hours": ""}, 422).text
    officer.post("/staff/help", {"phone": PHONE, "hours": HOURS}, 303)
    assert PHONE in officer.get("/").one("footer").get_text()


def test_an_officer_keeps_the_hubs(officer, wards):
    new = {"name": "Test library", "address": "1 Test Street", "hours": HOURS, "access": "", "ward": str(wards[0])}
    wrong = officer.post("/staff/help/hubs/new", {**new, "name": "", "ward": ""}, 422)
    assert "Enter the name of the hub" in wrong.text
    assert "Choose the ward it is in" in wrong.text
    officer.post("/staff/help/hubs/new", new, 303)
    assert "There is a hub with this name already" in officer.post("/staff/help/hubs/new", new, 422).text
    (made,) = help_known().hubs
    there = f"/staff/help/hubs/{made.id}"
    assert officer.get(there).one("#name")["value"] == "Test library"
    officer.post(there, {**new, "hours": "Always"}, 303)
    assert help_known().hubs[0].hours == "Always"
    officer.post(f"{there}/remove", {}, 303, page=there)
    db.session.rollback()
    assert help_known().hubs == ()
    officer.get(there, 404)
