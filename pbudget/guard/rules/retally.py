"""Counting again with weights, many times at once: what would have been funded if these ballots weighed so much.

Worked example (pot £100; A costs £60, B £50, C £30; three ballots {A}, {B}, {B, C}): weighed 1 each, B has 2 and is
funded, then A no longer fits, then C fits. Weighed 3, 1, 1 and brought back to a mean of 1 (1.8, 0.6, 0.6), A has 1.8
and B 1.2: A and C are funded. Nothing here touches the count itself: these are what-ifs.

Greedy by votes is counted for all replicates together; every other rule through the tally, which counts whole ballots:
a weight becomes that many ten-thousandths of a ballot. Under Equal Shares and Phragmén a voter's weight so scales their
share, or their part of the load.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from pbudget.guard.rules.contest import Contest, Flags, Floats, Integers
from pbudget.tally.election import BallotClass, Election
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import GREEDY, Rule
from pbudget.tally.rules.scores import ballot_scores
from pbudget.tally.rules.ties import tie_ranks

DECIMALS = 9
"""Scores are rounded to so many decimals, so that equal support is a tie whatever the order of adding up."""
PARTS = 10_000
ADD1_REPLICATES = 50
"""`add1` counts an election up to 400 times; more replicates would take a minute a ward."""


class Retally(Protocol):
    """Counts a contest by the round's own rule under any weights."""

    def winners(self, weights: Floats) -> Flags:
        """Say what is funded (replicates × projects) for each row of ballot weights (replicates × ballots)."""


def contest_of_election(election: Election, class_of: Sequence[int]) -> Contest:
    """See an election the way the guard does; `class_of` gives the class of every ballot in order."""
    classes = [_said(election, ballot) for ballot in election.classes]
    projects = tuple(project.id for project in election.projects)
    costs = tuple(project.cost for project in election.projects)
    return Contest(projects, costs, tuple(classes), np.array(class_of, dtype=np.int64))


def _said(election: Election, ballot: BallotClass) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Which projects a ballot names, ascending, and the score it gives each."""
    if election.ballot_type == "approval":
        return ballot.choices, (1.0,) * len(ballot.choices)
    said = sorted(zip(ballot.choices, map(float, ballot_scores(election, ballot)), strict=True))
    return tuple(p for p, _ in said), tuple(score for _, score in said)


def retally_for(election: Election, rule: Rule, contest: Contest) -> Retally:
    """Choose the quickest way to count this contest again by its rule."""
    if rule.name != GREEDY:
        return TallyAgain(election, rule, contest.class_of)
    ranks = np.array(tie_ranks(election.projects, rule.ties), dtype=np.int64)
    return GreedyAgain(contest, election.pot, ranks, rule.unaffordable == "stop", float(rule.minimum_score))


@dataclass(frozen=True, eq=False)
class GreedyAgain:
    """Greedy by votes: highest score first; a project that does not fit is passed over, or ends the count (`stop`)."""

    contest: Contest
    pot: int
    tie_rank: Integers
    stop: bool = False
    minimum: float = 0.0

    def winners(self, weights: Floats) -> Flags:
        """Fund the projects in order of their weighted scores, for all rows at once."""
        return self._funded(self.scores(weights))

    def scores(self, weights: Floats) -> Floats:
        """Add up what the ballots give each project, with the weights of a row brought to a mean of 1."""
        totals = np.zeros((len(weights), len(self.contest.projects)))
        for project, (ballots, scores) in enumerate(self.contest.backers):
            totals[:, project] = weights[:, ballots] @ scores
        weighed = weights.sum(axis=1)
        scale = np.divide(self.contest.ballots, weighed, out=np.zeros_like(weighed), where=weighed > 0)
        return np.asarray(np.round(totals * scale[:, None], DECIMALS))

    def _funded(self, scores: Floats) -> Flags:
        """Walk down every row's order of projects together, place by place."""
        rows = np.arange(len(scores))
        order = np.lexsort((np.broadcast_to(self.tie_rank, scores.shape), -scores), axis=-1)
        costs = np.array(self.contest.costs, dtype=np.int64)
        left = np.full(len(scores), self.pot, dtype=np.int64)
        counting = np.ones(len(scores), dtype=bool)
        funded = np.zeros(scores.shape, dtype=bool)
        for place in range(scores.shape[1]):
            project = order[:, place]
            score, cost = scores[rows, project], costs[project]
            admitted = (score > 0) & (score >= self.minimum)
            fits = cost <= left
            taken = counting & admitted & fits
            funded[rows, project] = taken
            left -= np.where(taken, cost, 0)
            if self.stop:
                counting &= fits
        return funded


@dataclass(frozen=True, eq=False)
class TallyAgain:
    """Any other rule, counted exactly by the tally on ten-thousandths of ballots."""

    election: Election
    rule: Rule
    class_of: Integers

    def winners(self, weights: Floats) -> Flags:
        """Count every row by itself."""
        return np.array([self._row(row) for row in weights], dtype=bool).reshape(len(weights), -1)

    def _row(self, weights: Floats) -> list[bool]:
        total = weights.sum()
        if total <= 0:
            return [False] * len(self.election.projects)
        parts, per_ballot = _whole_ballots(weights)
        times = np.bincount(self.class_of, weights=parts, minlength=len(self.election.classes))
        classes = tuple(
            ballot._replace(times=round(number))
            for ballot, number in zip(self.election.classes, times.tolist(), strict=True)
            if round(number)
        )
        rule = replace(self.rule, minimum_score=Fraction(self.rule.minimum_score) * per_ballot)
        funded = set(count(replace(self.election, classes=classes, voters=()), rule).winners)
        return [project.id in funded for project in self.election.projects]


def _whole_ballots(weights: Floats) -> tuple[Floats, Fraction]:
    """Give weights as numbers of ballots, whole where they are whole, and how many of them are one ballot as cast."""
    total = weights.sum()
    if (weights == np.rint(weights)).all():
        return weights, Fraction(int(total), len(weights))
    return weights * (len(weights) * PARTS / total), Fraction(PARTS)
