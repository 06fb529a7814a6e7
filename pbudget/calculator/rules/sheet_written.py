"""A budget as the file it could have come from, to be changed in a spreadsheet and loaded again.

read_budget(csv_bytes(rows_of(budget))) == budget
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pbudget.calculator.rules.budget import INCOME, Budget, Line, Scheme, Step
from pbudget.calculator.rules.numbers import say_percent
from pbudget.calculator.rules.sheet import COLUMNS
from pbudget.kit.money import amount_text

Row = Mapping[str, object]


def rows_of(budget: Budget) -> list[Sequence[object]]:
    """The headings, then a row for each setting and each step; a line's own cells stand in its first row."""
    rows = [*_year(budget), *(row for line in budget.lines for row in _line(line)), *_tax(budget)]
    rows += [row for scheme in budget.schemes for row in _scheme(scheme)]
    return [COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in rows)]


def _year(budget: Budget) -> Iterator[Row]:
    values = {
        "title": budget.title,
        "council": budget.council,
        "year": budget.year,
        "gap": amount_text(budget.gap),
        "tax_base": amount_text(budget.tax_base),
        "core_limit": _number(budget.core_limit),
        "care_limit": _number(budget.care_limit),
        "tolerance": amount_text(budget.tolerance),
        "opens": budget.opens.replace("T", " "),
        "closes": budget.closes.replace("T", " "),
    }
    for name, value in values.items():
        if value:
            yield {"kind": "year", "line": name, "value": value}


def _tax(budget: Budget) -> list[Row]:
    tax = budget.tax
    if not budget.has_tax:
        return []
    own = {"value": amount_text(tax.band_d), "floor_reason": tax.floor_reason, **_limits(tax.least, tax.most)}
    return _steps("tax", tax.name, tax.steps, own)


def _line(line: Line) -> list[Row]:
    own = {
        "group": line.group,
        "gross": "" if line.kind == INCOME else amount_text(line.gross),
        "income": amount_text(line.income) if line.income else "",
        "changeable_share": _share(line.share),
        "floor_reason": line.floor_reason,
        **_limits(line.least, line.most),
    }
    return _steps(line.kind, line.name, line.steps, own)


def _scheme(scheme: Scheme) -> list[Row]:
    own = {
        "group": scheme.group,
        "gross": amount_text(scheme.planned) if scheme.planned else "",
        "value": amount_text(scheme.cost),
        "life": scheme.life,
        "rate": _number(scheme.rate),
        "floor_reason": scheme.floor_reason,
        **_limits(scheme.least, scheme.most),
    }
    return _steps("scheme", scheme.name, scheme.steps, own)


def _limits(least: int, most: int) -> Row:
    return {"min_change": _number(least), "max_change": _number(most)}


def _steps(kind: str, name: str, steps: Sequence[Step], own: Row) -> list[Row]:
    rows: list[Row] = [
        {
            "kind": kind,
            "line": name,
            "step": _number(step.change),
            "lost": step.lost,
            "gained": step.gained,
            "signed_off_by_role": step.signed_off_by_role,
            "signed_off_on": step.signed_off_on,
        }
        for step in steps
    ]
    return [{**own, **rows[0]}, *rows[1:]]


def _number(hundredths: int) -> Decimal:
    """A percentage as a number, so that no spreadsheet takes its minus for the start of a formula."""
    return Decimal(say_percent(hundredths))


def _share(hundredths: int) -> Decimal | str:
    """A share as a number, with its sign where that could be taken for a fraction."""
    return f"{say_percent(hundredths)}%" if 0 < hundredths <= 100 else _number(hundredths)
