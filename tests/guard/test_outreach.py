"""While voting is open officers see who is missing, never what anybody chose; what they did is on the record."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from pbudget.db import db
from pbudget.guard.live import report_round
from pbudget.guard.models import AccessRecord, GuardSnapshot
from pbudget.guard.outreach import FEWEST, take_weekly_snapshots
from pbudget.guard.queries import access_records, latest_snapshot
from pbudget.guard.rules.outreach import more_to_par
from pbudget.results.counting import count_round
from tests.guard.test_live import older_people_came, open_with_questions, voted
from tests.support.pages import PageClient
from tests.support.staff import sign_in

RECORD = {
    "what": "A morning at the food bank",
    "done_on": ["4", "3", "2027"],
    "ward": "",
    "by_whom": "Community worker",
    "forms": "Another language",
    "they_said": "Nobody had heard of the vote.",
}


def test_how_many_more_bring_a_group_to_its_share():
    assert more_to_par(10, 100, 0.25) == 20
    assert more_to_par(25, 100, 0.25) == 0
    assert more_to_par(0, 100, 0.5) == 100
    assert more_to_par(0, 0, 0.5) == 0
    assert more_to_par(3, 10, 1.0) == 0


@pytest.fixture
def missing(app):
    """An open round in which the young are missing, looked at once."""
    vote = open_with_questions(app, older_people_came())
    take_weekly_snapshots()
    return vote


def test_the_young_are_missing_and_it_says_how_many_more_would_be_their_share(missing):
    found = latest_snapshot(missing.id)
    young = next(each for each in found.content["missing"] if each["group"] == "16–34")
    assert young["more"] == 90  # with 100 of 200 they would be half
    assert found.content["ballots"] >= FEWEST


def test_a_snapshot_says_nothing_of_choices(missing):
    stored = json.dumps(db.session.scalars(sa.select(GuardSnapshot.content)).one())
    for word in ("skate", "pocket", "swings"):
        assert word not in stored


def test_it_is_looked_at_once_a_week(missing):
    take_weekly_snapshots()
    assert len(db.session.scalars(sa.select(GuardSnapshot)).all()) == 1
    missing.move_clock(datetime(2027, 3, 7, 12, tzinfo=UTC) + timedelta(days=7) - timedelta(hours=20))
    take_weekly_snapshots()
    assert len(db.session.scalars(sa.select(GuardSnapshot)).all()) == 1


def test_too_early_there_is_no_list_and_the_page_says_when(app):
    vote = open_with_questions(app, older_people_came(20))
    take_weekly_snapshots()
    client = PageClient(app)
    sign_in(client, "officer")
    assert "There is no list yet" in client.get(f"/staff/rounds/{vote.slug}/outreach").text


def add_record(client: PageClient, slug: str, status: int = 303, **changed: object):
    address = f"/staff/rounds/{slug}/outreach"
    token = client.get(address).soup.select_one("input[name=csrf_token]")["value"]
    return client._fetch("POST", address, status, data={"csrf_token": token, **RECORD, **changed})


def test_what_was_done_stands_on_the_record_and_in_the_impact_pack(app):
    vote = voted(app, older_people_came(20))
    client = PageClient(app)
    sign_in(client, "officer")
    pack = f"/staff/rounds/{vote.slug}/equality-impact"
    assert "Watch: no outreach is recorded" in client.get(pack).text
    add_record(client, vote.slug)
    assert access_records(vote.id)[0].what == "A morning at the food bank"
    assert "Nobody had heard of the vote." in client.get(pack).text
    count_round(vote.id, "system")
    list(report_round(vote.id))
    assert "20 votes" in client.get(pack).text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"what": ""}, "Say what was done"),
        ({"what": "x" * 201}, "200 characters or fewer"),
        ({"done_on": ["31", "2", "2027"]}, "day"),
        ({"by_whom": " "}, "Say by whom"),
        ({"ward": "999999"}, "Not a valid choice"),
    ],
)
def test_a_record_that_lacks_something_is_asked_for_it_and_nothing_is_kept(app, changed, says):
    vote = voted(app, older_people_came(1))
    client = PageClient(app)
    sign_in(client, "officer")
    assert says in add_record(client, vote.slug, 422, **changed).text
    assert db.session.scalars(sa.select(AccessRecord)).all() == []
