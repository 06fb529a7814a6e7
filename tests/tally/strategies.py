"""Random elections for property tests: small, with many ties, blank ballots and projects nobody can pay for."""

from fractions import Fraction

from hypothesis import strategies as st

from pbudget.tally.election import Election
from pbudget.tally.rules.rule import Rule, rules_that_apply
from tests.tally.builders import make_election

IDS = ("1", "10", "2", "9", "A", "a", "B/1", "Ż")
POINTS = st.one_of(st.integers(1, 4), st.sampled_from([Fraction(1, 2), Fraction(5, 3)]))


@st.composite
def elections(
    draw: st.DrawFn, ballot_types: tuple[str, ...] = ("approval", "ranked", "points"), least_cost: int = 1
) -> Election:
    """An election of at most 8 projects and 12 ballots."""
    ids = draw(st.lists(st.sampled_from(IDS), min_size=1, unique=True))
    costs = {project: draw(st.integers(least_cost, 12)) for project in ids}
    ballot_type = draw(st.sampled_from(ballot_types))
    listed = st.lists(st.sampled_from(ids), unique=True).map(" ".join)
    with_points = st.dictionaries(st.sampled_from(ids), POINTS)
    ballot = with_points if ballot_type == "points" else listed
    ballots = draw(st.lists(ballot, min_size=1, max_size=12))
    length = draw(st.integers(1, len(ids)))
    return make_election(draw(st.integers(0, 30)), costs, ballots, ballot_type=ballot_type, length=length)


@st.composite
def counts(draw: st.DrawFn, ties: tuple[str, ...] = ("id", "cheaper", "lot:seed")) -> tuple[Election, Rule]:
    """An election and any rule that applies to it."""
    election = draw(elections(least_cost=0))
    rule = draw(st.sampled_from(rules_that_apply(election)))
    return election, Rule(
        rule.name,
        rule.utility,
        draw(st.sampled_from(["none", "greedy", "add1"])),
        draw(st.sampled_from(["skip", "stop"])),
        draw(st.sampled_from(ties)),
        draw(st.sampled_from([0, 0, 2, Fraction(5, 2)])),
        step=Fraction(1, 5),
        runs=20,
    )
