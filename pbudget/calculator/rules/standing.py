"""Whether one can answer now: the budget's phase and the clock together, to the second.

closes 17:00, phase open:  16:59:59 open · 17:00:00 closed
"""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from pbudget.calculator.rules.budget import Budget, Line, Scheme, Step, Tax

Part = TypeVar("Part", Line, Tax, Scheme)
SET_UP, OPEN, CLOSED = "set-up", "open", "closed"


def standing_of(phase: str, closes_at: datetime | None, now: datetime) -> str:
    """`set-up`, `open` or `closed`. Both times in UTC."""
    if phase == OPEN and closes_at is not None and now >= closes_at:
        return CLOSED
    return phase


def only_words_differ(before: Budget, after: Budget) -> bool:
    """Whether every figure, limit, line and step is the same: then answers given on one are answers to the other."""
    return _figures(before) == _figures(after)


def only_times_differ(before: Budget, after: Budget) -> bool:
    """Whether nothing changed but when it opens and closes: then a page made before still says what is true of it."""
    return replace(before, opens="", closes="") == replace(after, opens="", closes="")


def _figures(budget: Budget) -> Budget:
    return replace(
        budget,
        title="",
        council="",
        year="",
        closes="",
        opens="",
        lines=tuple(_without_words(line) for line in budget.lines),
        tax=_without_words(budget.tax),
        schemes=tuple(_without_words(scheme) for scheme in budget.schemes),
    )


def _without_words(part: Part) -> Part:
    return replace(part, floor_reason="", steps=tuple(Step(step.change) for step in part.steps))


def parts_not_signed_off(budget: Budget) -> list[str]:
    """The names of everything with words that nobody has signed off."""
    parts: list[Line | Tax | Scheme] = [*budget.lines, budget.tax, *budget.schemes]
    return [part.name for part in parts if not all(step.is_signed_off for step in part.steps)]
