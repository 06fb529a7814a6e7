"""Sequential Phragmén: voters get money at the same speed; a project is bought once its supporters saved its cost.

Worked example (pot £9): A costs £6 with voters 1, 2, 3; B costs £3 with voters 3 and 4. B's two supporters have saved
£3 when everybody has been given £1.50; A's three need £2 each: B is bought first and voter 3 starts again from £1.50.
A now needs voters 1, 2, 3 to save £6 together: t + t + (t - 1.50) = 6, so t = £2.50. It fits (9 = 6 + 3): both win.

Source: Los, Christoff and Grossi 2022, "Proportional budget allocations: towards a systematization" (IJCAI). As in
pabutools: projects dearer than the pot leave first, and the rule stops as soon as any of the projects that are next
(several, when they tie) would not fit the pot. Approval ballots only.

Exact: times are fractions. What a voter had been given when they last bought is the time of an earlier step, so a
project's supporters are counted by step. Times never fall, so a project is looked at again only when it may be next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pbudget.tally.election import Election
from pbudget.tally.rules.outcome import Step


@dataclass(frozen=True, slots=True)
class Savings:
    """What the rule bought and where it stopped."""

    steps: tuple[Step, ...]
    stopped_at: tuple[int, ...]
    """The next projects when one of them did not fit (that one first, by tie order); empty when all were bought."""
    needed: dict[int, Fraction]
    """For every project not bought: what each voter would have had to be given for its supporters to have its cost."""
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
        self.due = {i: Fraction(self.costs[i], self.voters[i]) for i in self.supporters}
        self.steps: list[Step] = []
        self.ties: list[tuple[int, ...]] = []
        self.left = election.pot

    def run(self) -> Savings:
        """Buy what is due next until it does not fit or nothing is left to buy."""
        stopped: tuple[int, ...] = ()
        while self.due and not stopped:
            nexts = self._next()
            stopped = tuple(sorted((i for i in nexts if self.costs[i] > self.left), key=self.tie_rank.__getitem__))
            if not stopped:
                self._buy(nexts)
        return Savings(tuple(self.steps), stopped, self._all_due(), tuple(self.ties), self.left)

    def _next(self) -> list[int]:
        """Find the projects due first, in tie order. Times never fall, so stale ones are brought up to date lazily."""
        fresh: set[int] = set()
        while True:
            earliest = min(self.due.values())
            nexts = [i for i, due in self.due.items() if due == earliest]
            stale = [i for i in nexts if i not in fresh]
            if not stale:
                return sorted(nexts, key=self.tie_rank.__getitem__)
            for i in stale:
                self.due[i] = self._due(i)
                fresh.add(i)

    def _due(self, i: int) -> Fraction:
        """Say when the supporters of `i` will have saved its cost, after what they spent already."""
        by_step: dict[int, int] = {}
        for position in self.supporters[i]:
            step = self.last[position]
            by_step[step] = by_step.get(step, 0) + self.counts[position]
        spent = sum((self.times[step] * voters for step, voters in by_step.items()), Fraction(0))
        return (spent + self.costs[i]) / self.voters[i]

    def _all_due(self) -> dict[int, Fraction]:
        """Bring every remaining project up to date."""
        return {i: self._due(i) for i in self.due}

    def _buy(self, nexts: list[int]) -> None:
        """Buy the first of the projects that are due; its supporters start saving again from this moment."""
        if len(nexts) > 1:
            self.ties.append(tuple(nexts))
        bought = nexts[0]
        self.times.append(self.due.pop(bought))
        for position in self.supporters[bought]:
            self.last[position] = len(self.times) - 1
        self.left -= self.costs[bought]
        self.steps.append(Step(bought, self.times[-1], self.left))


def _supporters(election: Election, candidates: Sequence[int]) -> dict[int, list[int]]:
    """List the classes that support each candidate."""
    found: dict[int, list[int]] = {i: [] for i in candidates}
    for position, ballot in enumerate(election.classes):
        for i in ballot.choices:
            if i in found:
                found[i].append(position)
    return found
