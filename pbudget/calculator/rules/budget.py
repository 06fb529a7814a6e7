"""What residents balance: a budget year with its lines, its council tax and its borrowing schemes.

Amounts are whole pence, percentages whole hundredths of a per cent, the tax base hundredths of a Band D home.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from pbudget.calculator.rules.numbers import WHOLE

TAX = "council-tax"
"""The key of council tax, beside the keys of lines and schemes."""
SERVICE, INCOME = "service", "income"
BANDS: Mapping[str, int] = {"A": 6, "B": 7, "C": 8, "D": 9, "E": 11, "F": 13, "G": 15, "H": 18}
"""Ninths of the Band D charge (Local Government Finance Act 1992, section 5)."""


@dataclass(frozen=True)
class Step:
    """One offered change with its consequence, both sides, and who answers for the words."""

    change: int
    lost: str = ""
    gained: str = ""
    signed_off_by_role: str = ""
    signed_off_on: str = ""
    """A date as 2027-01-14; empty where nobody signed it off."""

    @property
    def is_signed_off(self) -> bool:
        """Whether the words, if there are any, have somebody who answers for them."""
        return bool(self.signed_off_by_role and self.signed_off_on) or not (self.lost or self.gained)


def step_towards_zero(steps: tuple[Step, ...], change: int) -> Step | None:
    """The step whose words fit a change: the furthest one that does not go beyond it.

    Steps 0, -5 and -10: for -7.5 it is -5, for -10 it is -10, for +3 it is 0.
    """
    between = [step for step in steps if min(0, change) <= step.change <= max(0, change)]
    return max(between, key=lambda step: abs(step.change), default=None)


@dataclass(frozen=True)
class Line:
    """A service, or an income, and how far it can be changed; `least` and `most` in hundredths of a per cent."""

    key: str
    kind: str
    group: str
    name: str
    gross: int
    income: int
    share: int
    least: int
    most: int
    floor_reason: str
    steps: tuple[Step, ...]

    @property
    def net(self) -> int:
        """What the service costs after its own income; for an income line, what comes in."""
        return self.income if self.kind == INCOME else self.gross - self.income

    @property
    def changeable(self) -> Fraction:
        """The part of it that a percentage is taken of, in pence, not rounded."""
        return Fraction(self.net * self.share, WHOLE)

    @property
    def is_fixed(self) -> bool:
        """Whether nothing can be chosen here."""
        return self.least == self.most == 0


@dataclass(frozen=True)
class Tax:
    """Council tax: what a Band D home pays a year now, and how far it can be changed."""

    name: str
    band_d: int
    least: int
    most: int
    floor_reason: str
    steps: tuple[Step, ...]

    @property
    def is_fixed(self) -> bool:
        """Whether nothing can be chosen here."""
        return self.least == self.most == 0


@dataclass(frozen=True)
class Scheme:
    """Something built with borrowed money. `planned` is how much of its cost is in the budget already.

    Steps, `least` and `most` are its size in hundredths of a per cent of `cost`; `rate` is a year's interest likewise.
    """

    key: str
    group: str
    name: str
    cost: int
    planned: int
    life: int
    rate: int
    least: int
    most: int
    floor_reason: str
    steps: tuple[Step, ...]

    @property
    def least_amount(self) -> int:
        """The smallest amount that can be chosen, in pence."""
        return self.cost * self.least // WHOLE

    @property
    def most_amount(self) -> int:
        """The largest amount that can be chosen, in pence."""
        return self.cost * self.most // WHOLE

    def amount_at(self, step: Step) -> int:
        """What the scheme costs at the size of a step, in pence."""
        return self.cost * step.change // WHOLE

    def step_at(self, amount: int) -> Step | None:
        """The step whose words fit an amount."""
        return step_towards_zero(self.steps, amount * WHOLE // self.cost if self.cost else 0)


@dataclass(frozen=True)
class Budget:
    """A budget year as residents see it: one version, whole."""

    title: str
    council: str
    year: str
    gap: int
    tax_base: int
    core_limit: int
    care_limit: int
    tolerance: int
    closes: str
    """When it closes, as 2027-03-14T17:00 in London; empty where it is not settled."""
    lines: tuple[Line, ...]
    tax: Tax
    schemes: tuple[Scheme, ...] = field(default=())
    opens: str = ""
    """From when it may be opened, written likewise; empty where that is not settled."""

    @property
    def has_tax(self) -> bool:
        """Whether council tax is part of it at all: an exercise on spending alone has no Band D charge."""
        return self.tax.band_d > 0

    @cached_property
    def line_by_key(self) -> Mapping[str, Line]:
        """Every line by its key."""
        return {line.key: line for line in self.lines}

    @cached_property
    def scheme_by_key(self) -> Mapping[str, Scheme]:
        """Every scheme by its key."""
        return {scheme.key: scheme for scheme in self.schemes}

    @cached_property
    def groups(self) -> Mapping[str, tuple[Line, ...]]:
        """The lines of every group, groups and lines in the order of the file; fixed lines last."""
        names = dict.fromkeys(line.group for line in self.lines)
        return {
            name: tuple(sorted((line for line in self.lines if line.group == name), key=lambda line: line.is_fixed))
            for name in names
        }

    @property
    def net_spend(self) -> int:
        """What all services cost a year after their own income, in pence."""
        return sum(line.net for line in self.lines if line.kind == SERVICE)

    @property
    def warned_limit(self) -> int:
        """The council tax rise from which the law asks for a referendum."""
        return self.core_limit + self.care_limit


def budget_as_json(budget: Budget) -> dict[str, Any]:
    """A budget as it is kept: plain lists, texts and whole numbers."""
    return asdict(budget)


def budget_from_json(kept: Mapping[str, Any]) -> Budget:
    """A budget as it was kept."""
    lines = tuple(Line(**{**line, "steps": _steps(line)}) for line in kept["lines"])
    tax = Tax(**{**kept["tax"], "steps": _steps(kept["tax"])})
    schemes = tuple(Scheme(**{**scheme, "steps": _steps(scheme)}) for scheme in kept["schemes"])
    return Budget(**{**kept, "lines": lines, "tax": tax, "schemes": schemes})


def _steps(kept: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple(Step(**step) for step in kept["steps"])
