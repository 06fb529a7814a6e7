"""Every project gets one plain sentence with the exact figures."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from pbudget.tally.election import Election
from pbudget.tally.rules.count import count
from pbudget.tally.rules.figures import number_text, ordinal, percent
from pbudget.tally.rules.rule import Rule
from tests.tally.builders import make_election

GREEDY = make_election(
    100,
    {"A": 60, "B": 50, "C": 30, "D": 20, "E": 5, "F": 200},
    ["A"] * 5 + ["B"] * 4 + ["C"] * 3 + ["D"] * 2 + ["F"] * 6,
)


def reasons(election: Election, rule: Rule) -> Mapping[str, str]:
    return {line.project.id: line.reason for line in count(election, rule).lines}


def test_greedy_that_skips_says_what_was_left_at_each_turn() -> None:
    assert reasons(GREEDY, Rule()) == {
        "A": "Funded: 5 votes, ranked 2nd; £40 left after it.",
        "B": "Not funded: it costs £50 and £40 was left when its turn came.",
        "C": "Funded: 3 votes, ranked 4th; £10 left after it.",
        "D": "Not funded: it costs £20 and £10 was left when its turn came.",
        "E": "Not funded: it got no votes.",
        "F": "Not funded: it costs £200, more than the whole pot of £100.",
    }


def test_greedy_that_stops_names_the_project_it_stopped_at() -> None:
    without_f = replace(GREEDY, classes=GREEDY.classes[:-1])
    found = reasons(without_f, Rule(unaffordable="stop"))
    assert found["B"] == "Not funded: it costs £50 and £40 was left when its turn came."
    assert found["C"] == (
        "Not funded: the count stopped before its turn, at “Project B”, which costs £50 when £40 was left."
    )


def test_a_count_that_stops_at_once_stops_at_the_project_dearer_than_the_pot() -> None:
    found = reasons(GREEDY, Rule(unaffordable="stop"))
    assert found["F"] == "Not funded: it costs £200, more than the whole pot of £100."
    assert found["A"] == (
        "Not funded: the count stopped before its turn, at “Project F”, which costs £200 when £100 was left."
    )


def test_greedy_by_value_says_the_votes_the_cost_and_the_place() -> None:
    assert (
        reasons(GREEDY, Rule("greedy-value"))["C"] == "Funded: 3 votes for £30, ranked 1st by value; £70 left after it."
    )


def test_a_project_below_the_minimum_says_how_much_was_needed() -> None:
    found = reasons(GREEDY, Rule(minimum_score=3))
    assert found["D"] == "Not funded: 2 votes, and at least 3 were needed."
    assert found["C"].startswith("Funded")


def test_points_are_called_points_and_one_vote_is_a_vote() -> None:
    points = make_election(10, {"A": 1, "B": 1}, [{"A": Fraction(5, 2)}, {"B": 1}], ballot_type="points")
    assert reasons(points, Rule())["A"] == "Funded: 2.5 points, ranked 1st; £9 left after it."
    assert reasons(points, Rule())["B"] == "Funded: 1 point, ranked 2nd; £8 left after it."


SHARES = make_election(12, {"A": 6, "B": 4, "C": 2}, ["A", "A", "A B", "B C"])


def test_equal_shares_says_who_paid_how_much_and_how_far_the_others_came() -> None:
    assert reasons(SHARES, Rule("equal-shares")) == {
        "A": "Funded in round 1: each of 3 supporters paid £2; £6 left after it.",
        "B": "Funded in round 2: 1 of its 2 supporters paid £3 and 1 paid all they had left (£1); £2 left after it.",
        "C": "Not funded: 1 supporter could pay £0 of its £2 from their equal shares.",
    }


def test_completion_says_that_money_left_over_was_used_or_was_not_enough() -> None:
    found = reasons(SHARES, Rule("equal-shares", completion="greedy"))
    assert found["C"] == "Funded from the money left over: 1 vote; £0 left after it."
    dearer = make_election(12, {"A": 6, "B": 4, "C": 3}, ["A", "A", "A B", "B C"])
    assert reasons(dearer, Rule("equal-shares", completion="greedy"))["C"] == (
        "Not funded: 1 supporter could pay £0 of its £3 from their equal shares, and £2 was left when its turn came."
    )


def test_supporters_with_nothing_left_are_counted_apart() -> None:
    election = make_election(6, {"A": 2, "B": 2}, ["A B", "B", "B"])
    found = reasons(election, Rule("equal-shares", "cardinality"))
    assert found["B"] == "Funded in round 1: each of 3 supporters paid £0.67; £4 left after it."
    election = make_election(6, {"A": 4, "B": 2}, ["A", "A B", "B"])
    found = reasons(election, Rule("equal-shares"))
    assert found["B"] == "Funded in round 2: 1 of its 2 supporters paid £2 and 1 had nothing left; £0 left after it."


def test_equal_shares_by_points_says_the_price_of_a_point() -> None:
    election = make_election(8, {"A": 4}, [{"A": 3}, {"A": 1}], ballot_type="points")
    found = reasons(election, Rule("equal-shares", "score"))
    assert found["A"] == "Funded in round 1: each of 2 supporters paid £1 per point; £4 left after it."


def test_add1_says_by_how_much_the_shares_were_raised() -> None:
    election = make_election(10, {"A": 6, "B": 6, "C": 1}, ["A", "B", "B C"])
    outcome = count(election, Rule("equal-shares", completion="add1", step=Fraction(1, 2), runs=400))
    assert (outcome.add1_runs, outcome.add1_raised) == (2, Fraction(1, 2))
    assert outcome.line("A").reason == (
        "Not funded: 1 supporter could pay £5 of its £6 from their equal shares, raised by 50%, "
        "and £3 was left when its turn came."
    )


def test_what_supporters_could_pay_is_never_rounded_up_to_the_cost() -> None:
    election = make_election(100, {"A": 1}, ["A", "A", ""])
    election = replace(election, projects=(replace(election.projects[0], cost=6667),))
    found = reasons(election, Rule("equal-shares"))
    assert found["A"] == "Not funded: 2 supporters could pay £66.66 of its £66.67 from their equal shares."


def test_phragmen_says_when_the_supporters_had_saved_the_cost_and_what_ended_the_count() -> None:
    election = make_election(9, {"A": 6, "B": 3, "C": 4, "D": 8}, ["A", "A", "A B", "B", "C", "D"])
    assert reasons(election, Rule("phragmen")) == {
        "B": "Funded 1st: when every voter had been given £1.50, its 2 supporters had together saved its cost; "
        "£6 left after it.",
        "A": "Funded 2nd: when every voter had been given £2.50, its 3 supporters had together saved its cost; "
        "£0 left after it.",
        "C": "Not funded: it costs £4 and £0 was left when its turn came, which ended the count.",
        "D": "Not funded: the count stopped before its turn, at “Project C”, which costs £4 when £0 was left.",
    }


def test_a_project_that_costs_nothing_is_funded_unless_it_is_worth_nothing() -> None:
    election = make_election(10, {"A": 0, "B": 10}, ["A", "B"])
    for rule in (Rule(), Rule("greedy-value"), Rule("equal-shares", "cardinality"), Rule("phragmen")):
        assert "A" in count(election, rule).winners
    assert reasons(election, Rule("equal-shares"))["A"] == (
        "Not funded: it costs nothing, so with cost utilities it is worth nothing to its supporters."
    )


def test_a_very_long_title_is_shortened_inside_somebody_elses_reason() -> None:
    election = make_election(10, {"A": 20, "B": 5}, ["A", "A", "B"])
    long = replace(election, projects=(replace(election.projects[0], name="Park " * 60), election.projects[1]))
    assert len(reasons(long, Rule(unaffordable="stop"))["B"]) < 180


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (121, "121st")]
)
def test_places_are_said_as_in_english(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_numbers_are_said_exactly() -> None:
    said = [number_text(n) for n in (16904, Fraction(5, 2), Fraction(10001, 8), Fraction(5, 3), Fraction(4, 2))]
    assert said == ["16,904", "2.5", "1,250.125", "5/3", "2"]
    assert (percent(Fraction(12, 100)), percent(Fraction(1, 200))) == ("12%", "0.5%")
