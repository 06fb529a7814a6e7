"""Ties are broken by a written rule and stated where they decided money."""

from hashlib import sha256

import pytest

from pbudget.kit.errors import BadInput
from pbudget.tally.rules.count import count
from pbudget.tally.rules.outcome import Tie
from pbudget.tally.rules.rule import Rule
from tests.tally.builders import make_election

TWINS = make_election(100, {"B": 70, "A": 80}, ["A B", "A B"])


@pytest.mark.parametrize(("ties", "winner"), [("id", "A"), ("cheaper", "B")])
def test_a_tie_goes_to_the_smaller_id_or_to_the_cheaper_project(ties: str, winner: str) -> None:
    assert count(TWINS, Rule(ties=ties)).winners == (winner,)


def test_ids_compare_as_text_so_10_comes_before_9() -> None:
    election = make_election(10, {"9": 10, "10": 10}, ["9 10"])
    assert count(election, Rule()).winners == ("10",)


@pytest.mark.parametrize("seed", ["1", "2", "2026-05-07", "zażółć"])
def test_a_lot_can_be_repeated_by_hand_with_sha256(seed: str) -> None:
    drawn = min("AB", key=lambda key: sha256(seed.encode() + b"\0" + key.encode()).hexdigest())
    assert count(TWINS, Rule(ties=f"lot:{seed}")).winners == (drawn,)


def test_two_seeds_can_draw_differently() -> None:
    assert {count(TWINS, Rule(ties=f"lot:{seed}")).winners for seed in range(20)} == {("A",), ("B",)}


@pytest.mark.parametrize("ties", ["", "lot", "lot:", "dearer", "ID"])
def test_a_tie_rule_that_does_not_exist_is_refused(ties: str) -> None:
    with pytest.raises(BadInput, match="is not a tie rule"):
        Rule(ties=ties)


@pytest.mark.parametrize("name", ["greedy", "equal-shares"])
def test_a_tie_that_decided_money_is_stated(name: str) -> None:
    election = make_election(100, {"A": 100, "B": 100}, ["A", "B", "A B"] if name == "greedy" else ["A B"])
    assert count(election, Rule(name)).ties == (Tie(("A",), ("B",), "id"),)


def test_a_tie_is_not_stated_when_both_projects_fit() -> None:
    assert count(make_election(200, {"A": 100, "B": 100}, ["A B"]), Rule()).ties == ()


def test_a_tie_is_not_stated_when_the_loser_did_not_fit_anyway() -> None:
    assert count(make_election(150, {"A": 100, "B": 160}, ["A B"]), Rule()).ties == ()


def test_phragmen_states_the_tie_between_projects_due_at_the_same_time() -> None:
    election = make_election(4, {"A": 2, "B": 2, "C": 2}, ["A", "B", "C"])
    outcome = count(election, Rule("phragmen"))
    assert (outcome.winners, outcome.ties) == (("A", "B"), (Tie(("A",), ("C",), "id"), Tie(("B",), ("C",), "id")))


def test_a_project_whose_price_rises_to_that_of_another_ties_with_it() -> None:
    """After Z, one supporter of B has £2 left and the other pays £3: now B costs £3 each, as A did all along."""
    election = make_election(20, {"A": 6, "B": 5, "Z": 4}, ["A", "A", "B Z", "B", "Z"])
    assert count(election, Rule("equal-shares", "cardinality")).winners == ("Z", "A", "B")
    assert count(election, Rule("equal-shares", "cardinality", ties="cheaper")).winners == ("Z", "B", "A")
