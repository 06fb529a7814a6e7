"""Changing the words of one part of a budget, and starting a new year from an old one.

inflated(budget, 300)   3 %: a service of £4,000,000 gross is £4,120,000, and nobody has signed its words off yet
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from pbudget.calculator.rules import cells
from pbudget.calculator.rules.budget import TAX, Budget, Scheme, Step, Tax
from pbudget.calculator.rules.cells import CellNotUsable
from pbudget.calculator.rules.choices import Part
from pbudget.calculator.rules.numbers import WHOLE, rounded
from pbudget.kit.errors import BadInput

WORDS = ("lost", "gained", "signed_off_by_role", "signed_off_on")
A_POUND = 100


class WordsNotUsable(BadInput):
    """Some words cannot be used; `problems` says why for each, by the name of its field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("Some of the words cannot be used. Nothing has been saved.")
        self.problems = problems


def with_words(budget: Budget, key: str, typed: Mapping[str, str]) -> Budget:
    """The budget with other words for one part: fields `floor_reason` and `lost.0`, `gained.0` … by place of the step.

    Raises WordsNotUsable.
    """
    part = budget.tax if key == TAX else budget.line_by_key.get(key) or budget.scheme_by_key[key]
    problems: dict[str, str] = {}
    reason = _read("floor_reason", "floor_reason", typed, problems)
    steps = tuple(_step(step, place, typed, problems) for place, step in enumerate(part.steps))
    if not isinstance(part, Scheme) and part.is_fixed and not reason:
        problems["floor_reason"] = "Say why this cannot be changed. Residents read it"
    if problems:
        raise WordsNotUsable(problems)
    return _with_part(budget, replace(part, floor_reason=reason, steps=steps))


def _step(step: Step, place: int, typed: Mapping[str, str], problems: dict[str, str]) -> Step:
    return Step(step.change, *(_read(name, f"{name}.{place}", typed, problems) for name in WORDS))


def _read(name: str, field: str, typed: Mapping[str, str], problems: dict[str, str]) -> str:
    read = cells.day if name == "signed_off_on" else cells.text
    try:
        return read({name: typed.get(field, "").strip()}, name)
    except CellNotUsable as error:
        said = str(error)
        problems[field] = said[:1].upper() + said[1:]
        return ""


def _with_part(budget: Budget, part: Part) -> Budget:
    if isinstance(part, Tax):
        return replace(budget, tax=part)
    if isinstance(part, Scheme):
        return replace(budget, schemes=tuple(part if each.key == part.key else each for each in budget.schemes))
    return replace(budget, lines=tuple(part if each.key == part.key else each for each in budget.lines))


def inflated(budget: Budget, title: str, year: str, rate: int) -> Budget:
    """Next year's budget: amounts grown by a rate in hundredths of a per cent, to the pound; words to sign anew."""
    grown = Fraction(WHOLE + rate, WHOLE)
    lines = tuple(
        replace(line, gross=_grown(line.gross, grown), income=_grown(line.income, grown), steps=_unsigned(line.steps))
        for line in budget.lines
    )
    tax = replace(budget.tax, steps=_unsigned(budget.tax.steps))
    schemes = tuple(replace(scheme, steps=_unsigned(scheme.steps)) for scheme in budget.schemes)
    return replace(budget, title=title, year=year, closes="", opens="", lines=lines, tax=tax, schemes=schemes)


def _grown(pence: int, rate: Fraction) -> int:
    return rounded(Fraction(pence, A_POUND) * rate) * A_POUND


def _unsigned(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(replace(step, signed_off_by_role="", signed_off_on="") for step in steps)
