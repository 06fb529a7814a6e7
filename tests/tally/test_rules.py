"""Which rules there are, which apply to which ballots, and what a file says it was counted by."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from pbudget.kit.errors import BadInput
from pbudget.tally.pabulib import read
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule, rule_in_file, rules_that_apply
from tests.tally.builders import make_election


@pytest.mark.parametrize(
    "options",
    [
        {"name": "borda"},
        {"utility": "happiness"},
        {"completion": "later"},
        {"unaffordable": "maybe"},
        {"step": Fraction(0)},
        {"runs": 0},
    ],
)
def test_a_rule_that_does_not_exist_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Rule(**options)  # type: ignore[arg-type]


def test_phragmen_is_for_approval_ballots_only_and_says_so() -> None:
    with pytest.raises(BadInput, match=r"test\.pb has points ballots, and Phragmén's rule needs approval ballots"):
        count(make_election(10, {"A": 1}, [{"A": 1}], ballot_type="points"), Rule("phragmen"))


def test_points_as_utility_are_for_ballots_that_give_points_and_it_says_so() -> None:
    with pytest.raises(BadInput, match=r"test\.pb has approval ballots, which give no points"):
        count(make_election(10, {"A": 1}, ["A"]), Rule("equal-shares", "score"))


@pytest.mark.parametrize("ballot_type", ["approval", "ranked", "points"])
def test_every_rule_that_applies_can_count_and_is_described(ballot_type: str) -> None:
    ballot = {"A": 1} if ballot_type == "points" else "A"
    election = make_election(10, {"A": 1}, [ballot], ballot_type=ballot_type)
    rules = rules_that_apply(election)
    assert len({rule.label() for rule in rules}) == len(rules)
    for rule in rules:
        assert count(election, rule).winners == ("A",)
        assert rule.description().endswith("A project that nobody supports is not funded.")


def test_the_description_names_the_minimum_the_fit_the_completion_and_the_lot() -> None:
    stop = Rule(unaffordable="stop", minimum_score=50, ties="lot:7 May")
    assert "stops at the first project that does not fit" in stop.description()
    assert "a score of at least 50" in stop.description()
    assert "a lot worked out from the words “7 May”" in stop.description()
    assert (
        stop.label() == "Greedy by votes, stops at the first that does not fit; at least 50 needed; ties: lot “7 May”"
    )
    shares = Rule("equal-shares", "cardinality", "add1", ties="cheaper")
    assert shares.label() == (
        "Method of Equal Shares, every project worth the same, shares raised (add1), completed by votes; "
        "ties: cheaper, then by reference"
    )


@pytest.mark.parametrize(
    ("stated", "rule"),
    [
        ("greedy", Rule()),
        ("greedy-no-skip", Rule(unaffordable="stop")),
        ("greedy-threshold", Rule()),
        ("unknown", Rule()),
        ("", Rule()),
        ("equalshares/add1", Rule("equal-shares", completion="add1")),
        ("equalshares", Rule("equal-shares")),
    ],
)
def test_the_rule_a_file_states_is_understood(stated: str, rule: Rule) -> None:
    assert rule_in_file({"rule": stated}) == rule


@pytest.mark.parametrize(("stated", "minimum"), [("50", 50), ("2.5", Fraction(5, 2)), ("", 0)])
def test_the_minimum_score_a_file_states_is_understood(stated: str, minimum: int) -> None:
    assert rule_in_file({"min_project_score_threshold": stated}, "cheaper").minimum_score == minimum


def test_a_minimum_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadInput, match="min_project_score_threshold is “many”"):
        rule_in_file({"min_project_score_threshold": "many"})


@pytest.mark.parametrize("stem", ["Poland_Gdynia_2022_Chylonia__large", "Poland_Katowice_2020", "Poland_Lodz_2022"])
def test_a_file_counted_as_it_states_funds_what_the_city_funded(shared_data: Path, stem: str) -> None:
    election = read(shared_data / "pabulib" / f"{stem}.pb")
    selected = {project.id for project in election.projects if project.columns["selected"] == "1"}
    assert set(count(election, rule_in_file(election.meta)).winners) == selected


def test_add1_stops_at_the_first_run_that_costs_more_than_the_pot() -> None:
    election = make_election(10, {"A": 6, "B": 6}, ["A", "B"])
    outcome = count(election, Rule("equal-shares", completion="add1", step=Fraction(1, 100)))
    assert (outcome.add1_runs, outcome.add1_raised) == (20, Fraction(19, 100))
    assert outcome.winners == ("A",)


def test_add1_makes_no_more_runs_than_it_may() -> None:
    election = make_election(10, {"A": 1}, ["A", ""])
    outcome = count(election, Rule("equal-shares", completion="add1", runs=7))
    assert (outcome.add1_runs, outcome.winners) == (7, ("A",))


@pytest.mark.parametrize("stem", ["Poland_Gdynia_2022_Chylonia__small", "Poland_Katowice_2025_Giszowiec"])
def test_add1_in_finer_steps_makes_more_runs(shared_data: Path, stem: str) -> None:
    election = read(shared_data / "pabulib" / f"{stem}.pb")
    coarse, fine = (
        count(election, Rule("equal-shares", completion="add1", step=Fraction(1, step))) for step in (100, 1000)
    )
    assert fine.add1_runs > coarse.add1_runs
    assert fine.spent <= election.pot


def test_the_recipes_of_the_guard_give_its_check_values(shared_data: Path) -> None:
    vectors = shared_data.parent / "vectors" / "guard.json"
    if not vectors.is_file():
        pytest.skip(f"No file {vectors}: put the check values there to run this test")
    cases = [case for case in json.loads(vectors.read_text(encoding="utf-8"))["cases"] if case["kind"] == "file"]
    assert cases
    for case in cases:
        election = read(shared_data / "pabulib" / case["file"])
        shares = Rule("equal-shares", completion="add1", ties="cheaper")
        assert sorted(count(election, shares).winners) == sorted(case["expected"]["mes_winners"])
        stated = rule_in_file(election.meta, "cheaper")
        assert sorted(count(election, stated).winners) == sorted(case["expected"]["winners"])
