"""Counting again: the same winners as the tally, and weights that mean what they say."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pbudget.guard.rules.retally import GreedyAgain, TallyAgain, contest_of_election, retally_for
from pbudget.tally.election import Election
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule, rules_that_apply
from tests.tally.strategies import elections

TIES = st.sampled_from(["id", "cheaper", "lot:seed"])


def in_order(election: Election) -> list[int]:
    """The class of every ballot, one after the other."""
    return [i for i, ballot in enumerate(election.classes) for _ in range(ballot.times)]


def won(election: Election, rule: Rule, weights: list[float]) -> set[str]:
    contest = contest_of_election(election, in_order(election))
    flags = retally_for(election, rule, contest).winners(np.array([weights], dtype=np.float64))[0]
    return {project for project, funded in zip(contest.projects, flags, strict=True) if funded}


@given(elections(least_cost=0), TIES, st.sampled_from(["skip", "stop"]), st.sampled_from([0, 1, 2, 3]))
def test_ballots_that_weigh_the_same_give_the_tallys_winners(
    election: Election, ties: str, unaffordable: str, minimum: int
) -> None:
    rule = Rule(unaffordable=unaffordable, ties=ties, minimum_score=minimum)
    assert won(election, rule, [1.0] * election.ballots) == set(count(election, rule).winners)


@given(elections(), st.data())
def test_any_other_rule_is_counted_by_the_tally_too(election: Election, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from([rule for rule in rules_that_apply(election) if rule.name != "greedy"]))
    assert won(election, rule, [2.0] * election.ballots) == set(count(election, rule).winners)


@given(elections(), st.data())
def test_a_ballot_of_weight_three_is_three_ballots(election: Election, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(rules_that_apply(election)))
    times = [data.draw(st.integers(0, 3)) for _ in election.classes]
    if not sum(times):
        return
    classes = tuple(b._replace(times=t) for b, t in zip(election.classes, times, strict=True) if t)
    cloned = replace(election, classes=classes)
    single = replace(election, classes=tuple(ballot._replace(times=1) for ballot in election.classes))
    assert won(single, rule, [float(t) for t in times]) == set(count(cloned, rule).winners)


@given(elections(), TIES)
def test_many_rows_are_counted_as_one_by_one(election: Election, ties: str) -> None:
    contest = contest_of_election(election, in_order(election))
    again = retally_for(election, Rule(ties=ties), contest)
    rows = np.random.default_rng(1).integers(0, 4, (7, election.ballots)).astype(float)
    assert [again.winners(row[None, :])[0].tolist() for row in rows] == again.winners(rows).tolist()


def test_a_replicate_without_any_weight_funds_nothing() -> None:
    election = Election(100, (), (), name="empty")
    contest = contest_of_election(election, [])
    assert retally_for(election, Rule(), contest).winners(np.zeros((3, 0))).tolist() == [[], [], []]


def test_greedy_is_counted_here_and_everything_else_by_the_tally() -> None:
    election = Election(100, (), (), name="empty")
    contest = contest_of_election(election, [])
    assert isinstance(retally_for(election, Rule(), contest), GreedyAgain)
    assert isinstance(retally_for(election, Rule("equal-shares"), contest), TallyAgain)
