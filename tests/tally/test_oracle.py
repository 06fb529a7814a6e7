"""pbudget funds what pabutools funds: on every real file it reads and on random elections."""

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

from pbudget.tally.election import Election
from pbudget.tally.pabulib import read
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule
from tests.tally import oracle
from tests.tally.strategies import elections

SHARED = Path(__file__).parents[3] / "shared" / "data" / "pabulib"
STORED = Path(__file__).parents[1] / "golden" / "tally.json"
LARGE = ("Poland_Katowice_2020", "Poland_Lodz_2022")
SMALL = sorted(path.stem for path in SHARED.glob("*.pb") if path.stem not in LARGE) or ["(no files)"]

RULES = [
    Rule("greedy"),
    Rule("greedy-value"),
    Rule("equal-shares", "cost"),
    Rule("equal-shares", "cost", "greedy"),
    Rule("equal-shares", "cardinality"),
    Rule("equal-shares", "cardinality", "greedy"),
    Rule("phragmen"),
]
RAISED = [Rule("equal-shares", utility, "add1", step=Fraction(1, 5), runs=20) for utility in ("cost", "cardinality")]
BY_SCORE = [Rule("equal-shares", "score"), Rule("equal-shares", "score", "greedy")]


def rule_name(rule: Rule) -> str:
    """A rule in one word: "equal-shares/cost/greedy"."""
    return f"{rule.name}/{rule.utility}/{rule.completion}" if rule.name == "equal-shares" else rule.name


@cache
def real(stem: str) -> Election:
    return read(SHARED / f"{stem}.pb")


@pytest.mark.parametrize("stem", SMALL)
def test_a_real_file_is_counted_as_pabutools_counts_it(shared_data: Path, stem: str) -> None:
    applicable = [rule for rule in RULES if rule.name != "phragmen" or real(stem).ballot_type == "approval"]
    found = {rule_name(rule): sorted(count(real(stem), rule).winners) for rule in applicable}
    assert found == {rule_name(rule): oracle.winners_in_file(SHARED / f"{stem}.pb", rule) for rule in applicable}


@pytest.mark.parametrize("stem", ["France_Toulouse_2019", "Poland_Krakow_2020_Bronowice", "Switzerland_Zurich_D5"])
def test_equal_shares_with_points_as_utility_is_counted_as_pabutools_counts_it(shared_data: Path, stem: str) -> None:
    rule = Rule("equal-shares", "score")
    assert sorted(count(real(stem), rule).winners) == oracle.winners_in_file(SHARED / f"{stem}.pb", rule)


@pytest.mark.parametrize("stem", LARGE)
def test_the_largest_files_are_counted_as_pabutools_once_counted_them(shared_data: Path, stem: str) -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))["winners"][stem]
    rules = [rule for rule in RULES if rule_name(rule) in stored]
    assert {rule_name(rule): sorted(count(real(stem), rule).winners) for rule in rules} == stored


@pytest.mark.full
@pytest.mark.parametrize("rule", RULES, ids=rule_name)
@pytest.mark.parametrize("stem", LARGE)
def test_the_stored_outcomes_are_what_pabutools_finds_today(shared_data: Path, stem: str, rule: Rule) -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))["winners"][stem]
    assert oracle.winners_in_file(SHARED / f"{stem}.pb", rule) == stored.get(rule_name(rule))


@pytest.mark.parametrize("rule", [*RULES, *RAISED], ids=rule_name)
@settings(max_examples=100)
@given(election=elections(ballot_types=("approval",)))
def test_a_random_election_is_counted_as_pabutools_counts_it(rule: Rule, election: Election) -> None:
    assert sorted(count(election, rule).winners) == oracle.winners(oracle.from_election(election), rule)


@pytest.mark.parametrize("rule", [*RULES[:-1], *RAISED, *BY_SCORE], ids=rule_name)
@settings(max_examples=100)
@given(election=elections(ballot_types=("ranked", "points")))
def test_random_points_and_ranks_are_counted_as_pabutools_counts_them(rule: Rule, election: Election) -> None:
    election = replace(election, length=len(election.projects))
    assert sorted(count(election, rule).winners) == oracle.winners(oracle.from_election(election), rule)
