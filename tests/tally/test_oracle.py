"""pbudget funds what pabutools funds: on every real file it reads and on random elections."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbudget.tally.election import Election
from pbudget.tally.pabulib import read
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule
from tests.tally import oracle
from tests.tally.builders import make_election

SHARED = Path(__file__).parents[3] / "shared" / "data" / "pabulib"
LARGE = {"Poland_Lodz_2022", "Poland_Katowice_2020"}
SMALL_FILES = sorted(path.stem for path in SHARED.glob("*.pb") if path.stem not in LARGE) or ["shared data absent"]

RULES = [
    Rule("greedy"),
    Rule("greedy-value"),
    Rule("equal-shares", "cost"),
    Rule("equal-shares", "cost", "greedy"),
    Rule("equal-shares", "cardinality"),
    Rule("equal-shares", "cardinality", "greedy"),
    Rule("phragmen"),
]


@cache
def oracle_case(stem: str) -> oracle.Case:
    return oracle.from_file(SHARED / f"{stem}.pb")


@cache
def our_case(stem: str) -> Election:
    return read(SHARED / f"{stem}.pb")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}-{rule.utility}-{rule.completion}")
@pytest.mark.parametrize("stem", SMALL_FILES)
def test_a_real_file_is_counted_as_pabutools_counts_it(shared_data: Path, stem: str, rule: Rule) -> None:
    election = our_case(stem)
    if election.ballot_type != "approval":
        rule_by_points(stem, rule)
        return
    assert sorted(count(election, rule).winners) == oracle.winners(oracle_case(stem), rule)


def rule_by_points(stem: str, rule: Rule) -> None:
    """Points and ranks: greedy goes by points, Equal Shares by which projects are on the ballot, Phragmén not at all."""
    if rule.name == "greedy":
        assert sorted(count(our_case(stem), rule).winners) == oracle.greedy_by_points(oracle_case(stem))
    elif rule.name == "equal-shares":
        assert sorted(count(our_case(stem), rule).winners) == oracle.winners(oracle_case(stem), rule)


@pytest.mark.parametrize("stem", [stem for stem in SMALL_FILES if "Toulouse" in stem or "Krakow" in stem])
def test_equal_shares_with_points_as_utility_is_counted_as_pabutools_counts_it(shared_data: Path, stem: str) -> None:
    rule = Rule("equal-shares", "score")
    assert sorted(count(our_case(stem), rule).winners) == oracle.winners(oracle_case(stem), rule)


@st.composite
def elections(draw: st.DrawFn) -> Election:
    """Small approval elections with many ties: few costs, few kinds of ballot, blank ballots among them."""
    ids = draw(st.lists(st.sampled_from(["1", "10", "2", "9", "A", "a", "B/1", "Ż"]), min_size=1, unique=True))
    costs = {project: draw(st.integers(1, 12)) for project in ids}
    ballot = st.lists(st.sampled_from(ids), unique=True).map(" ".join)
    return make_election(draw(st.integers(0, 30)), costs, draw(st.lists(ballot, min_size=1, max_size=12)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}-{rule.utility}-{rule.completion}")
@settings(max_examples=150, deadline=None)
@given(election=elections())
def test_a_random_election_is_counted_as_pabutools_counts_it(rule: Rule, election: Election) -> None:
    assert sorted(count(election, rule).winners) == oracle.winners(oracle.from_election(election), rule)
