"""The rows of one line, its own cells and its steps, turned into a part of the budget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pbudget.calculator.rules import cells
from pbudget.calculator.rules.budget import INCOME, SERVICE, Line, Scheme, Step, Tax
from pbudget.calculator.rules.cells import CellNotUsable
from pbudget.calculator.rules.numbers import WHOLE, say_percent
from pbudget.wards.rules.tables import Row

OF_STEP = frozenset({"step", "lost", "gained", "signed_off_by_role", "signed_off_on"})
MOST_STEPS = 15
LONGEST_LIFE = 80
HIGHEST_RATE = 30
ANY_CHANGE = {"min_change": "-100", "max_change": "100"}


class RowNotUsable(CellNotUsable):
    """One row cannot be used; the message begins with its number."""


@dataclass(frozen=True)
class Block:
    """The rows of one line, tax or scheme, in file order."""

    kind: str
    name: str
    rows: tuple[Row, ...]

    @property
    def number(self) -> int:
        """The row it begins in."""
        return self.rows[0].number


def blocks_of(rows: Iterable[Row]) -> list[Block]:
    """Rows of the same kind and name put together, in the order in which each is first named."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.cells["kind"].lower(), row.cells["line"].casefold()), []).append(row)
    return [Block(kind, rows[0].cells["line"], tuple(rows)) for (kind, _), rows in found.items()]


def own_cells(block: Block) -> Mapping[str, str]:
    """The cells that are the line's own: from the first row that fills them. Raises RowNotUsable on two answers."""
    own: dict[str, str] = {}
    for row in block.rows:
        for name, cell in row.cells.items():
            if name in OF_STEP or not cell:
                continue
            if own.setdefault(name, cell) != cell and name not in ("line", "kind"):
                raise RowNotUsable(
                    f"Row {row.number}: the {name} of “{block.name}” is “{cell[:40]}” here and “{own[name][:40]}” "
                    f"above. Leave it empty after the first row"
                )
    return own


def steps_of(block: Block, problems: list[str]) -> tuple[Step, ...]:
    """The steps, largest first; a step 0 without words is put in where there is none."""
    steps: dict[int, Step] = {}
    for row in block.rows:
        try:
            step = _step(row.cells)
            if step.change in steps:
                raise CellNotUsable(f"“{block.name}” has the step {say_percent(step.change)} twice")
            steps[step.change] = step
        except CellNotUsable as error:
            problems.append(f"Row {row.number}: {error}.")
    if len(steps) > MOST_STEPS:
        problems.append(f"Row {block.number}: “{block.name}” has {len(steps)} steps and may have {MOST_STEPS}.")
    steps.setdefault(0, Step(0))
    return tuple(steps[change] for change in sorted(steps, reverse=True))


def _step(row: Mapping[str, str]) -> Step:
    return Step(
        cells.percent(row, "step", default=0),
        cells.text(row, "lost"),
        cells.text(row, "gained"),
        cells.text(row, "signed_off_by_role"),
        cells.day(row, "signed_off_on"),
    )


def line_of(block: Block, key: str, problems: list[str]) -> Line:
    """A service or an income. Raises CellNotUsable."""
    own, steps = own_cells(block), steps_of(block, problems)
    gross, income = _amounts(block, own)
    least, most = _limits(own, steps)
    return Line(
        key=key,
        kind=block.kind,
        group=cells.needed(own, "group"),
        name=cells.needed(own, "line"),
        gross=gross,
        income=income,
        share=cells.share(own, "changeable_share", default=WHOLE),
        least=least,
        most=most,
        floor_reason=_reason(own, fixed=least == most == 0),
        steps=steps,
    )


def _amounts(block: Block, own: Mapping[str, str]) -> tuple[int, int]:
    """Gross and income; what an income brings in may stand under either. Raises CellNotUsable."""
    gross, income = cells.money(own, "gross", default=0), cells.money(own, "income", default=0)
    if block.kind == INCOME and (not income or gross == income):
        gross, income = 0, gross or income
    _refuse_amounts(block, gross, income)
    return gross, income


def _refuse_amounts(block: Block, gross: int, income: int) -> None:
    if block.kind == SERVICE and gross < income:
        raise CellNotUsable("the income is more than the gross. Put what brings money in into a row of kind income")
    if block.kind == SERVICE and not gross:
        raise CellNotUsable("the gross is empty or nought. Write what the service costs a year")
    if block.kind == INCOME and gross:
        raise CellNotUsable("the gross and the income are two amounts. Write what comes in a year under income alone")
    if block.kind == INCOME and not income:
        raise CellNotUsable("the income is empty or nought. Write what comes in a year")


def _limits(own: Mapping[str, str], steps: tuple[Step, ...]) -> tuple[int, int]:
    """The smallest and largest change: as stated, else as far as the steps go. Every step must lie between them."""
    least = cells.percent(own, "min_change", default=min(step.change for step in steps))
    most = cells.percent(own, "max_change", default=max(step.change for step in steps))
    if least < -WHOLE:
        raise CellNotUsable(f"the min_change {say_percent(least)} takes more than all of it. It may be -100 or more")
    if not least <= 0 <= most:
        raise CellNotUsable("min_change must be 0 or less and max_change 0 or more: no change is always allowed")
    outside = [step for step in steps if not least <= step.change <= most]
    if outside:
        limits = f"{say_percent(least)} to {say_percent(most)}"
        raise CellNotUsable(f"the step {say_percent(outside[0].change)} is outside {limits}")
    return least, most


def _reason(own: Mapping[str, str], *, fixed: bool) -> str:
    reason = cells.text(own, "floor_reason")
    if fixed and not reason:
        raise CellNotUsable("this cannot be changed, and floor_reason does not say why. Residents read the reason")
    return reason


def tax_of(block: Block, problems: list[str]) -> Tax:
    """Council tax: `value` is what a Band D home pays a year now; nought where the year's rows say it.

    Without a step, a limit or a reason, any change may be typed. Raises CellNotUsable.
    """
    own, steps = own_cells(block), steps_of(block, problems)
    if len(steps) == 1 and not any(own.get(name) for name in ("min_change", "max_change", "floor_reason")):
        own = {**own, **ANY_CHANGE}
    least, most = _limits(own, steps)
    band_d = cells.money(own, "value", default=0)
    if own.get("value") and not band_d:
        raise CellNotUsable("the value is nought. Write what a Band D home pays a year now")
    reason = _reason(own, fixed=least == most == 0)
    return Tax(cells.needed(own, "line"), band_d, least, most, reason, steps)


def scheme_of(block: Block, key: str, problems: list[str]) -> Scheme:
    """A borrowing scheme: `value` is its cost, `gross` how much is in the budget already. Raises CellNotUsable."""
    own, steps = own_cells(block), steps_of(block, problems)
    cost, planned = cells.money(own, "value"), cells.money(own, "gross", default=0)
    least = cells.between(own, "min_change", 0, 100, default=0)
    most = cells.between(own, "max_change", 0, 300, default=max(WHOLE, *(step.change for step in steps)))
    if not cost:
        raise CellNotUsable("the value is nought. Write what the scheme costs")
    if any(step.change < 0 or step.change > most for step in steps):
        raise CellNotUsable(f"a scheme's steps are its size, from 0 to {say_percent(most)} % of its value")
    if planned > cost * most // WHOLE or planned < cost * least // WHOLE:
        raise CellNotUsable("the gross, which is what is in the budget already, is outside what can be chosen")
    return Scheme(
        key=key,
        group=cells.text(own, "group"),
        name=cells.needed(own, "line"),
        cost=cost,
        planned=planned,
        life=cells.number(own, "life", 1, LONGEST_LIFE),
        rate=cells.between(own, "rate", 0, HIGHEST_RATE),
        least=least,
        most=most,
        floor_reason=cells.text(own, "floor_reason"),
        steps=_sized(steps, least, most),
    )


def _sized(steps: tuple[Step, ...], least: int, most: int) -> tuple[Step, ...]:
    """The steps within the limits, with "all of it" where the file has no step but nought."""
    usable = tuple(step for step in steps if step.change >= least)
    return usable if any(step.change for step in usable) else (Step(most), *usable)
