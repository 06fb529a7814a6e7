"""What each choice does to the gap: the worked example of docs/calculator.md, to the penny.

gap £6,200,000 · libraries £4,000,000 at -10 % · parking income £2,000,000 at +5 % · council tax +2.99 % of
50,000 x £1,800 · £5,000,000 over 25 years at 4 %
    ->  6,200,000 - 400,000 - 100,000 - 2,691,000 + 320,059.81  =  £3,329,059.81 still to find

Every effect is computed exactly and rounded once, half away from zero; the balance is their sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pbudget.calculator.rules.budget import BANDS, INCOME, TAX, Budget, Line, Scheme
from pbudget.calculator.rules.numbers import WHOLE, rounded

WEEKS, DAYS = 52, 365


@dataclass(frozen=True)
class Choices:
    """What somebody changed, and nothing else: lines and council tax in hundredths of a per cent, schemes in pence."""

    lines: Mapping[str, int] = field(default_factory=dict)
    tax: int = 0
    schemes: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was changed."""
        return not (self.lines or self.tax or self.schemes)


@dataclass(frozen=True)
class Balance:
    """Where a budget stands: what every choice adds to the gap (below zero: takes from it), and what is left."""

    effects: Mapping[str, int]
    still_to_find: int
    tolerance: int = 0

    @property
    def is_balanced(self) -> bool:
        """Whether nothing is left to find: nought or to spare, or within the tolerance."""
        return self.still_to_find <= self.tolerance


def choices_as_json(choices: Choices) -> dict[str, Any]:
    """Choices as they are kept."""
    return {"lines": dict(choices.lines), "tax": choices.tax, "schemes": dict(choices.schemes)}


def choices_from_json(kept: Mapping[str, Any]) -> Choices:
    """Choices as they were kept."""
    return Choices(kept.get("lines", {}), kept.get("tax", 0), kept.get("schemes", {}))


def balance_of(budget: Budget, choices: Choices) -> Balance:
    """What is still to find after these choices. What the budget does not know has no effect."""
    effects = {key: effect_of_line(budget.line_by_key[key], change) for key, change in choices.lines.items()}
    if choices.tax:
        effects[TAX] = effect_of_tax(budget, choices.tax)
    effects |= {key: effect_of_scheme(budget.scheme_by_key[key], amount) for key, amount in choices.schemes.items()}
    return Balance(effects, budget.gap + sum(effects.values()), budget.tolerance)


def effect_of_line(line: Line, change: int) -> int:
    """What a change of a line adds to the gap, in pence: less spending and more income take from it."""
    effect = rounded(line.changeable * Fraction(change, WHOLE))
    return -effect if line.kind == INCOME else effect


def effect_of_tax(budget: Budget, change: int) -> int:
    """What a change of council tax adds to the gap, in pence; a rise takes from it."""
    return -rounded(Fraction(budget.tax_base, 100) * budget.tax.band_d * Fraction(change, WHOLE))


def effect_of_scheme(scheme: Scheme, amount: int) -> int:
    """What borrowing this much, instead of what is planned, adds to the gap each year, in pence."""
    return rounded(yearly_cost(amount - scheme.planned, scheme.rate, scheme.life))


def yearly_cost(borrowed: int, rate: int, years: int) -> Fraction:
    """What a loan costs a year when it is paid back in equal parts: P·r / (1 - (1 + r)^-n), exactly; P / n at 0 %."""
    interest = Fraction(rate, WHOLE)
    if not interest:
        return Fraction(borrowed, years)
    return borrowed * interest / (1 - (1 + interest) ** -years)


def charge_of_band(budget: Budget, band: str) -> Fraction:
    """What a home of this band pays a year now, in pence, not rounded."""
    return Fraction(budget.tax.band_d * BANDS[band], 9)


def extra_a_year(budget: Budget, band: str, change: int) -> int:
    """What a change of council tax means for a home of this band a year, in pence."""
    return rounded(charge_of_band(budget, band) * Fraction(change, WHOLE))


def extra_a_week(budget: Budget, band: str, change: int) -> int:
    """The same a week, in pence: a year has 52."""
    return rounded(charge_of_band(budget, band) * Fraction(change, WHOLE) / WEEKS)
