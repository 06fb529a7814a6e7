"""What does my council tax buy? A home's council tax for one day, shared out as the council spends.

£3.65 a day; net spending: care £60m, roads £40m  ->  care £2.19, roads £1.46

The parts add up to the whole: what rounding leaves over goes to the largest remainders (Hamilton).
"""

from dataclasses import dataclass
from fractions import Fraction

from pbudget.calculator.rules.balance import DAYS, charge_of_band
from pbudget.calculator.rules.budget import SERVICE, Budget
from pbudget.calculator.rules.numbers import rounded


@dataclass(frozen=True)
class ReceiptLine:
    """A group of services and the pence a day that go to it."""

    group: str
    pence: int


@dataclass(frozen=True)
class Receipt:
    """One day's council tax of a band: in pence, largest first."""

    band: str
    total: int
    lines: tuple[ReceiptLine, ...]


def receipt_of(budget: Budget, band: str) -> Receipt:
    """A day's council tax by group of services; groups that cost nothing on balance are left out."""
    total = rounded(charge_of_band(budget, band) / DAYS)
    spent = {
        group: net
        for group, lines in budget.groups.items()
        if (net := sum(line.net for line in lines if line.kind == SERVICE)) > 0
    }
    parts = shared(total, spent)
    lines = tuple(ReceiptLine(group, pence) for group, pence in sorted(parts.items(), key=lambda part: -part[1]))
    return Receipt(band, total, lines)


def shared(total: int, weights: dict[str, int]) -> dict[str, int]:
    """A whole number shared out in proportion, so that the parts add up to it."""
    whole = sum(weights.values())
    if not whole:
        return {}
    exact = {name: Fraction(total * weight, whole) for name, weight in weights.items()}
    parts = {name: part.numerator // part.denominator for name, part in exact.items()}
    left = total - sum(parts.values())
    for name in sorted(exact, key=lambda name: parts[name] - exact[name])[:left]:
        parts[name] += 1
    return parts
