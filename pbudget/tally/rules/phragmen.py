"""Sequential Phragmén: voters get money at the same speed; a project is bought once its supporters saved its cost.

Worked example (pot £9): A costs £6 with voters 1, 2, 3; B costs £3 with voters 3 and 4. B's two supporters have saved
£3 when everybody has been given £1.50; A's three need £2 each: B is bought first and voter 3 starts again from £1.50.
A now needs voters 1, 2, 3 to save £6 together: t + t + (t - 1.50) = 6, so t = £2.50. It fits (9 = 6 + 3): both win.

Source: Los, Christoff and Grossi 2022, "Proportional budget allocations: towards a systematization" (IJCAI). As in
pabutools: projects dearer than the pot leave first, and the rule stops as soon as any of the projects that are next
(several, when they tie) would not fit the pot. Approval ballots only.

Exact: times are fractions. What a voter had been given when they last bought is the time of an earlier step, so a
project's supporters are counted by step. Times never fall, so an earlier float of a project's time says whether it may
be next; those within a hair of the earliest are then compared as fractions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import inf

from pbudget.tally.election import Election
from pbudget.tally.rules.outcome import Step

HAIR = 1 + 1e-9
"""Floats closer than this may be the same time, or the other way round; far more than their error."""


@dataclass(frozen=True, slots=True)
class Savings:
    """What the rule bought and where it stopped."""

    steps: tuple[Step, ...]
    stopped_at: tuple[int, ...]
    """The next projects when one of them did not fit (that one first, by tie order); empty when all were bought."""
    ties: tuple[tuple[int, ...], ...]
    left: int


def phragmen(election: Election, candidates: Sequence[int], tie_rank: Sequence[int]) -> Savings:
    """Run the rule on the candidates (positions of projects with support that cost no more than the pot)."""
    return _Clock(election, candidates, tie_rank).run()


class _Clock:
    """Time is money given to every voter; each class remembers the step at which it last spent its savings."""

    def __init__(self, election: Election, candidates: Sequence[int], tie_rank: Sequence[int]) -> None:
        self.costs = [project.cost for project in election.projects]
        self.counts = [ballot.times for ballot in election.classes]
        self.tie_rank = tie_rank
        self.supporters = _supporters(election, candidates)
        self.voters = {i: sum(self.counts[position] for position in found) for i, found in self.supporters.items()}
        self.last = [0] * len(self.counts)
        self.times = [Fraction(0)]
        self.rough_times = [0.0]
        self.queue = [(self.costs[i] / self.voters[i], i) for i in self.supporters]
        heapify(self.queue)
        self.steps: list[Step] = []
        self.ties: list[tuple[int, ...]] = []
        self.left = election.pot

    def run(self) -> Savings:
        """Buy what is due next until it does not fit or nothing is left to buy."""
        stopped: tuple[int, ...] = ()
        while self.queue and not stopped:
            near = self._take_near()
            due = {i: self._due(i) for i in near}
            nexts = sorted((i for i in near if due[i] == min(due.values())), key=self.tie_rank.__getitem__)
            stopped = tuple(i for i in nexts if self.costs[i] > self.left)
            if not stopped:
                self._buy(nexts, due[nexts[0]])
                self._put_back(near, due)
        return Savings(tuple(self.steps), stopped, tuple(self.ties), self.left)

    def _take_near(self) -> list[int]:
        """Take from the queue the projects whose float is within a hair of the earliest, each brought up to date."""
        fresh: set[int] = set()
        near: list[int] = []
        limit = inf
        while self.queue and self.queue[0][0] <= limit:
            rough, i = heappop(self.queue)
            if i in fresh:
                near.append(i)
                limit = min(limit, rough * HAIR)
            else:
                fresh.add(i)
                heappush(self.queue, (self._rough_due(i), i))
        return near

    def _put_back(self, near: list[int], due: dict[int, Fraction]) -> None:
        """Return what was near and not bought to the queue."""
        for i in near:
            if i != self.steps[-1].project:
                heappush(self.queue, (float(due[i]), i))

    def _due(self, i: int) -> Fraction:
        """Say when the supporters of `i` will have saved its cost, after what they spent already."""
        spent = sum((self.times[step] * voters for step, voters in self._by_step(i).items()), Fraction(0))
        return (spent + self.costs[i]) / self.voters[i]

    def _rough_due(self, i: int) -> float:
        """Say the same to about 15 digits."""
        spent = sum(self.rough_times[step] * voters for step, voters in self._by_step(i).items())
        return (spent + self.costs[i]) / self.voters[i]

    def _by_step(self, i: int) -> dict[int, int]:
        """Count the supporters of `i` by the step at which they last bought."""
        by_step: dict[int, int] = {}
        for position in self.supporters[i]:
            step = self.last[position]
            by_step[step] = by_step.get(step, 0) + self.counts[position]
        return by_step

    def _buy(self, nexts: list[int], time: Fraction) -> None:
        """Buy the first of the projects that are due; its supporters start saving again from this moment."""
        if len(nexts) > 1:
            self.ties.append(tuple(nexts))
        bought = nexts[0]
        self.times.append(time)
        self.rough_times.append(float(time))
        for position in self.supporters[bought]:
            self.last[position] = len(self.times) - 1
        self.left -= self.costs[bought]
        self.steps.append(Step(bought, time, self.left))


def _supporters(election: Election, candidates: Sequence[int]) -> dict[int, list[int]]:
    """List the classes that support each candidate."""
    found: dict[int, list[int]] = {i: [] for i in candidates}
    for position, ballot in enumerate(election.classes):
        for i in ballot.choices:
            if i in found:
                found[i].append(position)
    return found
