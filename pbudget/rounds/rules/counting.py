"""A pot's rule, written down and read back exactly.

`Rule("equal-shares", step=Fraction(1, 100))` is stored as `{"name": "equal-shares", "step": "1/100", …}`.
"""

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from pbudget.tally.rules.rule import Rule


def rule_as_json(rule: Rule) -> dict[str, Any]:
    """The rule as JSON can keep it: exact numbers as text."""
    return {name: str(value) if isinstance(value, Fraction) else value for name, value in asdict(rule).items()}


def rule_from_json(written: dict[str, Any]) -> Rule:
    """The rule that `rule_as_json` wrote down."""
    minimum = Fraction(written["minimum_score"])
    exact = {"step": Fraction(written["step"]), "minimum_score": whole_or_fraction(minimum)}
    return Rule(**{**written, **exact})


def whole_or_fraction(number: Fraction) -> int | Fraction:
    """A whole number as an int, anything else as it is."""
    return number.numerator if number.denominator == 1 else number
