"""A tie drawn by lot in public: the count waits for it, two officers enter it, and every recount finds the same."""

import json
from dataclasses import replace

import pytest

import pbudget.results.recount as alone
from pbudget.db import db
from pbudget.ledger.queries import acts, verify_ledger
from pbudget.results.counting import LotNeeded, count_round
from pbudget.results.drawing import drawn_in, draws_awaited, subject_of_draw
from pbudget.results.queries import contest_content, contest_files, count_of, is_counted
from pbudget.rounds.acts import ActNotPossible
from pbudget.tally.rules.rule import Rule
from tests.results.closed_round import voted_round
from tests.results.test_staff_pages import RESULT, approve_latest, tags, work
from tests.support.open_round import OWN
from tests.support.pages import PageClient
from tests.support.staff import sign_in

DRAWN = replace(OWN, rule=Rule(ties="drawn"))
LEVEL = [["skate"], ["pocket"], ["swings"], ["swings"]]
"""Skate park and Pocket park are level; after the swings there is money for one of them."""
WHERE = "Town hall, 3pm on 16 March 2027, before the monitoring officer"


def payload(*order: str) -> dict:
    return {"pot": "riverside", "order": list(order), "where": WHERE}


def drawn(app, vote, *order: str) -> PageClient:
    """The round counted up to the tie, and the lots entered by two officers."""
    client = PageClient(app)
    sign_in(client)
    client.post(f"{RESULT}/count", {}, 303, page=RESULT)
    work(app)
    places = {f"place_{n}": str(order.index(name) + 1) for n, (name, _, _) in enumerate(by_page(vote))}
    asked = client.post(f"{RESULT}/lots/riverside", {**places, "where": WHERE}, 303).response.location
    approve_latest(client, app, asked)
    db.session.rollback()  # what was approved is to be seen
    return client


def by_page(vote):
    (draw,) = draws_awaited(vote.id)
    return [(reference, title, None) for reference, title in draw.projects]


def contest_of(vote) -> dict:
    db.session.rollback()  # what the worker wrote since is to be seen
    (contest,) = json.loads(count_of(vote.id).outcome)["contests"]
    return contest


def test_a_tie_that_decides_money_stops_the_count_and_the_ledger_says_so(app):
    vote = voted_round(app, LEVEL, pots=[DRAWN])
    for _ in range(2):
        with pytest.raises(LotNeeded, match="“Pocket park” and “Skate park” are level"):
            count_round(vote.id, "system")
    assert not is_counted(vote.id)
    said = [each.body for each in acts(vote.id) if each.kind == "reconcile" and each.body["check"] == "ties"]
    assert {tuple(body["contests"]) for body in said} == {("riverside",)}
    assert [draw.pot for draw in draws_awaited(vote.id)] == ["riverside"]


@pytest.mark.parametrize("order", [("pocket", "swings", "skate"), ("swings", "skate", "pocket")])
def test_the_project_drawn_first_is_funded_and_every_recount_finds_the_same(sqlite_app, order):
    vote = voted_round(sqlite_app, LEVEL, pots=[DRAWN])
    client = drawn(sqlite_app, vote, *order)
    client.post(f"{RESULT}/count", {}, 303, page=RESULT)
    work(sqlite_app)
    assert tags(client.get(RESULT))[:2] == ["Done", "Done"]
    first = next(name for name in order if name != "swings")
    contest = contest_of(vote)
    assert contest["funded"] == ["swings", first]
    assert contest["rule"]["count_ties"] == f"drawn:{','.join(order)}"
    (file,) = contest_files(vote.id)
    again = alone.Contest(contest_content(file.pot_id))
    assert alone.recount(again, again.meta) == contest["funded"]
    assert alone.agrees(again, contest)
    assert drawn_in(vote.id) == {"riverside": list(order)}
    assert verify_ledger(vote.id).ok
    said = client.get(f"{RESULT}/declaration").text
    assert "lots are drawn in public" in said
    assert f"Order drawn: {', '.join(order)}." in said


def test_a_tie_that_decides_nothing_needs_no_lot(app):
    vote = voted_round(app, [["skate", "swings"]], pots=[DRAWN])
    count_round(vote.id, "system")
    assert contest_of(vote)["funded"] == ["skate", "swings"]
    assert contest_of(vote)["rule"]["count_ties"] == "drawn"


def test_lots_are_entered_once_for_a_pot_that_waits_for_them_and_name_every_project(sqlite_app):
    vote = voted_round(sqlite_app, LEVEL, pots=[DRAWN])
    with pytest.raises(ActNotPossible, match="No lot is needed here"):
        subject_of_draw(vote.id, payload("skate", "pocket", "swings"))
    with pytest.raises(LotNeeded):
        count_round(vote.id, "system")
    for wrong in (("skate", "pocket"), ("skate", "skate", "swings"), ("skate", "pocket", "swings", "moon")):
        with pytest.raises(ActNotPossible, match="every project its place"):
            subject_of_draw(vote.id, payload(*wrong))
    drawn(sqlite_app, vote, "skate", "pocket", "swings")
    with pytest.raises(ActNotPossible, match="No lot is needed here"):
        subject_of_draw(vote.id, payload("pocket", "skate", "swings"))


def test_the_page_says_how_to_draw_and_refuses_a_number_given_twice(sqlite_app):
    vote, client = voted_round(sqlite_app, LEVEL, pots=[DRAWN]), PageClient(sqlite_app)
    sign_in(client)
    client.get(f"{RESULT}/lots/riverside", 404)
    with pytest.raises(LotNeeded):
        count_round(vote.id, "system")
    page = client.get(f"{RESULT}/lots/riverside")
    assert "each of the 3 projects" in page.text
    twice = {"place_0": "1", "place_1": "1", "place_2": "2", "where": WHERE}
    assert "Give each number once" in client.post(f"{RESULT}/lots/riverside", twice, 422).text
    assert "1 to 3" in client.post(f"{RESULT}/lots/riverside", {**twice, "place_1": "9"}, 422).text
