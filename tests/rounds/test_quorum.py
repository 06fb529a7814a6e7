"""The quorum as an officer sets it, and as it stands in the manifest and on the page of the round."""

import json

import pytest

from pbudget.db import db, transaction
from pbudget.ledger.queries import head_of
from pbudget.rounds.forms import per_thousand
from pbudget.rounds.queries import pots_of, set_up_by_id
from pbudget.wards.models import Baseline, BaselineCount, Ward
from pbudget.wards.rules.residents import residents_between
from tests.rounds.building import NOW, Ready, ready_round
from tests.support.pages import PageClient
from tests.support.staff import sign_in

PAGE, PUBLIC = "/staff/rounds/spring-vote-2027/quorum", "/rounds/spring-vote-2027"
AGES = {"0-15": 2_000, "16-34": 5_000, "35+": 5_105}


@pytest.fixture
def ready(sqlite_app) -> Ready:
    return ready_round(sqlite_app)


def load_figures(ready: Ready) -> None:
    """Of every ward that has a pot."""
    wards = [pot.ward_id for pot in pots_of(ready.id)]
    with transaction() as session:
        borough = session.get_one(Ward, wards[0]).borough_id
        figures = Baseline(borough_id=borough, version="a" * 64, loaded_on=NOW.date(), is_current=True)
        session.add(figures)
        session.flush()
        for n, (group, count) in enumerate(AGES.items()):
            row = {"dimension": "age", "group": group, "count": count, "population_base": "all", "position": n}
            same = {"baseline_id": figures.id, "source": "Test figures", **row}
            session.add_all(BaselineCount(ward_id=ward_id, **same) for ward_id in wards)


def frozen_in(ready: Ready) -> dict[str, object]:
    ready.open()
    return json.loads(head_of(ready.id).manifest)["quorum"]


def test_it_is_part_of_the_manifest_with_what_each_contest_needs(ready):
    load_figures(ready)
    needs = {"needed": 203, "of": "residents", "people": 10_105}
    assert frozen_in(ready) == {"votes": 100, "per_thousand": 20, "contests": {"riverside": needs}}


def test_without_figures_and_without_a_roll_the_floor_is_all_there_is(ready):
    assert frozen_in(ready)["contests"] == {"riverside": {"needed": 100, "of": "", "people": 0}}


def test_an_officer_sets_both_numbers_and_residents_read_them_before_it_opens(sqlite_app, ready):
    client = PageClient(sqlite_app)
    sign_in(client, "officer")
    page = client.get(PAGE)
    assert [page.one(f"input[name={name}]")["value"] for name in ("votes", "share")] == ["100", "2"]
    refused = client.post(PAGE, {"votes": "0", "share": "51"}, status=422)
    assert "whole number from 1 to 1,000,000" in refused.text
    assert "must be a number from 0 to 50, such as 2 or 2.5" in refused.text
    assert refused.one("input[name=share]")["value"] == "51", "what was typed is kept"
    client.post(PAGE, {"votes": "150", "share": "2.5 %"}, status=303)
    db.session.expire_all()
    round_ = set_up_by_id(ready.id)
    assert (round_.quorum_votes, round_.quorum_per_thousand) == (150, 25)
    said = "at least 150 votes and votes from at least 2.5%"
    assert said in PageClient(sqlite_app).get(PUBLIC).text
    ready.open()
    assert said in PageClient(sqlite_app).get(PUBLIC).text


def test_once_it_is_open_the_numbers_stay(sqlite_app, ready):
    client = PageClient(sqlite_app)
    ready.open()
    sign_in(client, "officer")
    assert "so this is settled" in client.get(PAGE).text
    refused = client.post(PAGE, {"votes": "1", "share": "0"}, status=422)
    assert "The round has opened" in refused.text
    assert set_up_by_id(ready.id).quorum_votes == 100


@pytest.mark.parametrize(
    ("typed", "read"), [("2", 20), ("2.5", 25), (" 2.5 % ", 25), ("0", 0), ("50", 500), ("0.1", 1), ("2.", 20)]
)
def test_a_percentage_has_at_most_one_decimal(typed, read):
    assert per_thousand(typed) == read


@pytest.mark.parametrize("typed", ["", "-1", "2,5", "2.55", "50.1", "two", "1e1", "２.५５"])
def test_what_is_no_such_percentage_is_refused(typed):
    assert per_thousand(typed) is None


@pytest.mark.parametrize(
    ("groups", "ages", "found"),
    [
        (AGES, (16, None), 10_105),
        (AGES, (0, None), 12_105),
        (AGES, (11, 17), None),
        (AGES, (18, None), None),
        ({"16-34": 5, "35+": 5}, (0, None), None),
        ({"young": 5, "35+": 5}, (35, None), None),
        ({}, (16, None), None),
        ({"0-10": 3, "11-17": 4, "18+": 5}, (11, 17), 4),
    ],
)
def test_residents_of_the_ages_that_may_vote_are_counted_or_unknown(groups, ages, found):
    assert residents_between(groups, *ages) == found
