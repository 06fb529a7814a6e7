"""What a count found: who won, what is left, and why, project by project."""

from dataclasses import dataclass
from fractions import Fraction

from pbudget.tally.election import Number, Project
from pbudget.tally.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Line:
    """One project in the outcome, in the order of the count (best first)."""

    project: Project
    votes: int
    """Ballots that name it."""
    score: Number
    """What the ballots give it: votes, or points."""
    rank: int
    """Its place by score, 1 for the highest; the tie rule orders equal scores."""
    funded: bool
    reason: str
    """One plain sentence with the exact figures."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One round of Equal Shares: a project bought by its supporters."""

    project: int
    """Position in `Election.projects`."""
    price: Fraction
    """What one supporter pays for one unit of utility, or for the project where all get the same from it."""
    full_payers: int
    """Supporters who paid their price in full."""
    partial_payers: int
    """Supporters who had less left than the price and paid all of it (those with nothing left are not counted)."""
    partial_paid: Fraction
    """What they paid together, in the smallest unit of the currency."""
    per_point: bool = False
    """Whether the price is per point (utility `score`), so that supporters paid different amounts."""
    left: int = 0
    """What was left of the pot after it. Below zero only inside an `add1` run that no longer fits."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of Phragmén's rule: a project bought as soon as its supporters had saved its cost."""

    project: int
    earned: Fraction
    """What every voter had been given by then, in the smallest unit of the currency."""
    left: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Projects a rule could not tell apart where the order decided money: ids, winners of the tie first."""

    won: tuple[str, ...]
    lost: tuple[str, ...]
    decided_by: str
    """The tie rule: `id`, `cheaper` or `lot:SEED`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a count, complete enough to be printed and stored without the ballots."""

    rule: Rule
    winners: tuple[str, ...]
    """Project ids in the order they were funded."""
    pot: int
    spent: int
    remaining: int
    lines: tuple[Line, ...]
    """Every project once, funded ones first in order of funding, then the others by rank."""
    ballots: int
    classes: int
    payments: tuple[Payment, ...] = ()
    """The rounds of Equal Shares, in order; empty for other rules."""
    steps: tuple[Step, ...] = ()
    """The steps of Phragmén's rule, in order; empty for other rules."""
    completed: tuple[str, ...] = ()
    """Ids funded by the greedy completion, after the shares were used."""
    ties: tuple[Tie, ...] = ()
    add1_runs: int = 0
    """Runs of `add1` that were made, the one that no longer fitted included; 0 for other completions."""
    add1_raised: Fraction = Fraction(0)
    """How much the starting shares were raised in the run that counts: 1/4 means by 25%."""

    def line(self, project_id: str) -> Line:
        """Find the line of one project by its id; `KeyError` where there is none."""
        for line in self.lines:
            if line.project.id == project_id:
                return line
        raise KeyError(project_id)
