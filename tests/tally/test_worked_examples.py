"""Published examples of each rule, worked through by their authors, and the examples in the modules of the rules."""

from fractions import Fraction

import pytest

from pbudget.tally.election import Election
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule
from tests.tally.builders import make_election

TOWN = {"bike path": 700, "outdoor gym": 400, "new park": 250, "new playground": 200, "library": 100}
"""equalshares.net, "Explanation", examples 1 and 2: 11 voters, €1100."""


def town(last_voter: str) -> Election:
    """The town of the two examples; only what its last voter wants differs."""
    bike, gym, park, playground, library = range(5)
    wanted = [
        *[(bike, gym), (bike, gym, park), (bike, gym), (bike, gym, park), (bike, gym, park), (bike, gym)],
        *[(park, playground, library), (playground,), (playground, library), (park, playground, library)],
        (list(TOWN).index(last_voter),),
    ]
    ids = {str(place): cost for place, cost in enumerate(TOWN.values())}
    return make_election(1100, ids, [" ".join(map(str, ballot)) for ballot in wanted])


def bought(election: Election, rule: Rule) -> list[str]:
    return [list(TOWN)[int(winner)] for winner in count(election, rule).winners]


def test_equal_shares_example_1_funds_bike_path_playground_and_library() -> None:
    assert bought(town("bike path"), Rule("equal-shares")) == ["bike path", "new playground", "library"]


def test_greedy_funds_bike_path_and_gym_in_the_same_town() -> None:
    assert bought(town("bike path"), Rule("greedy")) == ["bike path", "outdoor gym"]


def test_equal_shares_example_1_charges_what_the_authors_say() -> None:
    prices = [payment.price / 100 for payment in count(town("bike path"), Rule("equal-shares")).payments]
    assert prices == [100, 50, Fraction(100, 3)]


def test_equal_shares_example_2_funds_gym_park_and_playground() -> None:
    assert bought(town("outdoor gym"), Rule("equal-shares")) == ["outdoor gym", "new park", "new playground"]


def test_equal_shares_example_2_lets_three_poor_supporters_of_the_park_pay_all_they_have() -> None:
    park = count(town("outdoor gym"), Rule("equal-shares")).payments[1]
    left = 100 - Fraction(400, 7)
    assert (park.full_payers, park.partial_payers, park.partial_paid / 100) == (2, 3, 3 * left)
    assert park.price / 100 == (250 - 3 * left) / 2


COMMITTEE = ["a b"] * 3 + ["a c"] * 3 + ["a d"] * 2 + ["b c f", "e", "f", "g"]
"""Lackner and Skowron, "Multi-Winner Voting with Approval Preferences" (2023), example 1: 12 voters, 4 seats."""


def committee(seats: int) -> Election:
    return make_election(seats, dict.fromkeys("abcdefgh", 1), COMMITTEE)


def test_phragmen_fills_the_four_seats_of_the_textbook_committee_at_the_textbook_loads() -> None:
    outcome = count(committee(4), Rule("phragmen"))
    assert outcome.winners == ("a", "b", "c", "d")
    loads = [Fraction(1, 8), Fraction(11, 32), Fraction(55, 128), Fraction(5, 8)]
    assert [step.earned / 100 for step in outcome.steps] == loads


def test_equal_shares_can_pay_only_for_the_first_seat_of_the_textbook_committee() -> None:
    outcome = count(committee(4), Rule("equal-shares"))
    assert [(payment.price / 100, payment.full_payers) for payment in outcome.payments] == [(Fraction(1, 8), 8)]
    assert outcome.winners == ("a",)


def test_the_example_in_equal_shares_holds() -> None:
    outcome = count(make_election(12, {"A": 6, "B": 4, "C": 2}, ["A", "A", "A B", "B C"]), Rule("equal-shares"))
    assert outcome.winners == ("A", "B")
    assert [(p.price, p.full_payers, p.partial_paid) for p in outcome.payments] == [(200, 3, 0), (300, 1, 100)]


def test_the_example_in_phragmen_holds() -> None:
    outcome = count(make_election(9, {"A": 6, "B": 3}, ["A", "A", "A B", "B"]), Rule("phragmen"))
    assert [(step.earned, step.left) for step in outcome.steps] == [(150, 600), (250, 0)]


@pytest.mark.parametrize(
    ("rule", "winners"),
    [
        (Rule("greedy"), ("A", "C")),
        (Rule("greedy", unaffordable="stop"), ("A",)),
        (Rule("greedy-value"), ("C", "A")),
    ],
)
def test_the_example_in_greedy_holds(rule: Rule, winners: tuple[str, ...]) -> None:
    election = make_election(100, {"A": 60, "B": 50, "C": 30}, ["A"] * 5 + ["B"] * 4 + ["C"] * 3)
    assert count(election, rule).winners == winners


def test_the_example_in_scores_holds_first_place_is_worth_the_allowed_length() -> None:
    election = make_election(10, {"A": 1, "B": 1}, ["A B", "B"], ballot_type="ranked", length=3)
    assert [(line.project.id, line.score, line.votes) for line in count(election, Rule()).lines] == [
        ("B", 5, 2),
        ("A", 3, 1),
    ]
