"""The logic-and-accuracy test passes on a sound round of every ballot type, and notices a count that is not."""

import pytest

from pbudget.ballots.rules.paper import Contest, Option
from pbudget.db import db, transaction
from pbudget.ledger.queries import verify_ledger
from pbudget.rehearsals.actions import NothingToTest, run_test
from pbudget.rehearsals.rules import differences, expected_scores
from pbudget.rounds.models import Pot, Round
from pbudget.rounds.queries import pots_of, round_by_slug, set_up_by_slug
from pbudget.rounds.readiness import parts_of
from pbudget.rounds.readiness import test_state as state_of_test
from pbudget.rounds.setting_up import change_pot, create_round
from tests.rounds.building import ready_round
from tests.support.pages import PageClient
from tests.support.staff import sign_in

LIMITS = {"approval": (1, None), "knapsack": (None, None), "ranked": (2, None), "points": (None, 10)}


@pytest.mark.parametrize("kind", LIMITS)
def test_known_ballots_of_every_kind_come_out_as_expected(app, kind):
    ready = ready_round(app)
    with transaction() as session:
        pot = session.query(Pot).filter_by(round_id=ready.id).one()
        pot.ballot_type, (pot.most_choices, pot.most_points) = kind, LIMITS[kind]
    assert run_test(ready.id, ready.a.id)
    rehearsal = db.session.query(Round).filter_by(rehearsal_of=ready.id).one()
    assert verify_ledger(rehearsal.id).ok
    assert round_by_slug(rehearsal.slug) is None
    statement = set_up_by_slug(ready.slug).l_and_a
    assert (statement["passed"], statement["voters"]) == (True, 100)


def test_one_vote_too_few_is_named():
    contest = Contest("riverside", "Riverside", "approval", 100, options=(Option("a", "A", 1), Option("b", "B", 1)))
    expected = expected_scores(contest, [["a", "b"], ["b"]])
    assert expected == {"a": 1, "b": 2}
    assert differences(contest, expected, {"a": 1, "b": 2}) == []
    assert differences(contest, expected, {"a": 1, "b": 1}) == ["Riverside, b: 2 expected, 1 counted."]


def test_a_first_place_gives_as_many_points_as_a_ballot_has_places():
    options = tuple(Option(name, name, 1) for name in "abc")
    contest = Contest("riverside", "Riverside", "ranked", 100, most=2, options=options)
    assert expected_scores(contest, [["c", "a"]]) == {"a": 1, "b": 0, "c": 2}


def test_a_changed_pot_makes_the_test_stale(app):
    ready = ready_round(app)
    run_test(ready.id, ready.a.id)
    pot = pots_of(ready.id)[0]
    change_pot(ready.id, pot.id, pot.name, pot.amount + 1, ready.a.id)
    parts = parts_of(ready.id)
    assert state_of_test(set_up_by_slug(ready.slug), parts.pots, parts.proposals) == "stale"


def test_a_round_without_proposals_has_nothing_to_test(app):
    ready = ready_round(app)
    empty = create_round("Empty", "Testtown", ready.a.id)
    with pytest.raises(NothingToTest):
        run_test(set_up_by_slug(empty).id, ready.a.id)


def test_an_officer_runs_it_and_the_rehearsal_is_not_public(sqlite_app):
    ready = ready_round(sqlite_app)
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=ready.a.id)
    here = f"/staff/rounds/{ready.slug}/test"
    client.post(here, {}, status=303)
    assert "Passed" in client.get(here).text
    client.get(f"/rounds/{ready.slug}-rehearsal-1", status=404)
    assert not list((sqlite_app.extensions["settings"].keys_folder / f"{ready.slug}-rehearsal-1").glob("*.key"))
