"""A budget as a council sends it: one CSV row for each step, read whole or refused row by row.

    kind,group,line,gross,income,min_change,max_change,step,lost,gained,value
    year,,title,,,,,,,,Budget 2027
    year,,gap,,,,,,,,"£6,200,000"
    service,Culture,Libraries,"£4,500,000","£500,000",-25,10,-10,Two libraries close on Saturdays,"",

A line's own cells (gross, income, share, limits) stand in its first row; in its others they are empty or the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pbudget.calculator.rules.blocks import Block, RowNotUsable, blocks_of, line_of, scheme_of, tax_of
from pbudget.calculator.rules.budget import INCOME, SERVICE, TAX, Budget, Line, Scheme, Step, Tax
from pbudget.calculator.rules.cells import CellNotUsable
from pbudget.calculator.rules.settings import WITH_COMMAS, read_settings, setting_named, with_defaults
from pbudget.kit.errors import BadInput
from pbudget.kit.slugs import slug
from pbudget.wards.rules.tables import FileNotUsable, RaggedRow, Row, Table, read_table

COLUMNS = (
    *("kind", "group", "line", "gross", "income", "changeable_share", "min_change", "max_change", "floor_reason"),
    *("step", "lost", "gained", "signed_off_by_role", "signed_off_on", "value", "life", "rate"),
)
REQUIRED = ("kind", "line", "step", "value")
YEAR = "year"
KINDS = (YEAR, SERVICE, INCOME, "tax", "scheme")
BESIDE_A_VALUE = ("step", "lost", "gained", "min_change", "max_change")
COUNCIL_TAX, NO_TAX = "Council tax", "Council tax is not part of this exercise."
MOST_LINES = 250
LARGEST_FILE = 2 * 1024 * 1024


class BudgetNotUsable(BadInput):
    """Some rows of a budget's file cannot be used; `problems` has a sentence for each. Nothing is loaded."""

    def __init__(self, problems: Sequence[str]) -> None:
        found = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"The file has {found}. Nothing has been loaded.")
        self.problems = tuple(problems)


def read_budget(content: bytes) -> Budget:
    """The budget in a file. Raises FileNotUsable (no such table) and BudgetNotUsable (rows)."""
    table = read_table(content)
    _refuse_other_tables(table)
    rows = [_as_meant(row) for row in table.rows if not _is_too_long(row)]
    problems = [_too_long(row) for row in table.rows if _is_too_long(row)]
    problems += [problem for row in rows if (problem := _problem_of_row(row))]
    blocks = [block for block in blocks_of(row for row in rows if row.cells["line"]) if block.kind in KINDS]
    found = read_settings([block for block in blocks if block.kind == YEAR], problems)
    parts = _Parts([block for block in blocks if block.kind != YEAR], problems)
    tax = _tax(parts.taxes, found, problems)
    if problems:
        raise BudgetNotUsable(sorted(dict.fromkeys(problems), key=_row_number))
    return Budget(**with_defaults(found), lines=tuple(parts.lines), tax=tax, schemes=tuple(parts.schemes))


def _refuse_other_tables(table: Table) -> None:
    missing = [name for name in REQUIRED if name not in table.headings]
    unknown = [name for name in table.headings if name and name not in COLUMNS]
    if missing:
        raise FileNotUsable(
            f"There is no column {missing[0]}. The first row must have the headings {', '.join(COLUMNS)}."
        )
    if unknown:
        raise FileNotUsable(f"There is a column “{unknown[0][:40]}”, which means nothing here. Remove or rename it.")
    if not table.rows:
        raise FileNotUsable("The table has headings and no rows. Add a row for each step of each line.")


def _is_too_long(row: Row | RaggedRow) -> bool:
    return isinstance(row, RaggedRow) and row.found > row.expected


def _too_long(row: Row | RaggedRow) -> str:
    found = f"has {row.found} cells and the heading {row.expected}" if isinstance(row, RaggedRow) else "is too long"
    return f"Row {row.number} {found}. Put quotation marks around {WITH_COMMAS}."


def _problem_of_row(row: Row) -> str:
    kind = row.cells["kind"]
    if kind.lower() not in KINDS:
        return f"Row {row.number}: “{kind[:40]}” is no kind of row. Write {', '.join(KINDS[:-1])} or {KINDS[-1]}."
    return "" if row.cells["line"] else f"Row {row.number}: the line is empty. Write the name of the {kind.lower()}."


def _as_meant(row: Row | RaggedRow) -> Row:
    """Every column there may be, empty where the row leaves it out; a setting beside council tax is one of the year."""
    found = {name: row.cells.get(name, "") for name in COLUMNS}
    kind = found["kind"].lower()
    if kind == YEAR:
        found["line"] = found["line"] or found["group"]
    elif kind == "tax" and setting_named(found["line"]) and not any(found[name] for name in BESIDE_A_VALUE):
        found["kind"] = YEAR
    elif kind == "tax":
        found["line"] = found["line"] or COUNCIL_TAX
    return Row(row.number, found)


def _tax(taxes: Sequence[Tax], found: Mapping[str, Any], problems: list[str]) -> Tax:
    """Council tax with its Band D charge, from its own rows or the year's; without either nobody can change it."""
    tax = taxes[0] if taxes else Tax(COUNCIL_TAX, 0, 0, 0, NO_TAX, (Step(0),))
    charge = found.get("band_d")
    if charge and tax.band_d and charge != tax.band_d:
        problems.append("The year's band_d and the value of council tax are two charges. Keep the one that is right.")
    tax = replace(tax, band_d=tax.band_d or charge or 0)
    needed = {"gap": True, "tax_base": not tax.is_fixed, "band_d": not tax.is_fixed and not tax.band_d}
    missing = [name for name, is_needed in needed.items() if is_needed and name not in found]
    if missing:
        problems.append(f"The file has no row of kind year for {', '.join(missing)}.")
    return tax


class _Parts:
    """Lines, tax and schemes of a file, each under a key of its own; what is wrong is noted in `problems`."""

    def __init__(self, blocks: Sequence[Block], problems: list[str]) -> None:
        self.lines: list[Line] = []
        self.taxes: list[Tax] = []
        self.schemes: list[Scheme] = []
        self._keys = {TAX}
        self._problems = problems
        self._refuse_shared_names(blocks)
        for block in blocks:
            self._take(block)
        self._refuse_wrong_numbers(blocks)

    def _take(self, block: Block) -> None:
        try:
            if block.kind == "tax":
                self.taxes.append(tax_of(block, self._problems))
            elif block.kind == "scheme":
                self.schemes.append(scheme_of(block, self._new_key(block.name), self._problems))
            else:
                self.lines.append(line_of(block, self._new_key(block.name), self._problems))
        except RowNotUsable as error:
            self._problems.append(f"{error}.")
        except CellNotUsable as error:
            self._problems.append(f"Row {block.number}: {error}.")

    def _new_key(self, name: str) -> str:
        base = slug(name)
        key = next(key for n in range(1, 10_000) if (key := base if n == 1 else f"{base}-{n}") not in self._keys)
        self._keys.add(key)
        return key

    def _refuse_shared_names(self, blocks: Sequence[Block]) -> None:
        """A response names lines by name alone, so that no two may share one."""
        times = Counter(block.name.casefold() for block in blocks)
        for block in blocks:
            if times[block.name.casefold()] > 1:
                self._problems.append(f"Row {block.number}: “{block.name}” is used for two things. Rename one of them.")

    def _refuse_wrong_numbers(self, blocks: Sequence[Block]) -> None:
        taxes = [block for block in blocks if block.kind == "tax"]
        for block in taxes[1:]:
            self._problems.append(f"Row {block.number}: there is a second council tax. Give all its rows one name.")
        if not any(block.kind in (SERVICE, INCOME) for block in blocks):
            self._problems.append("The file has no row of kind service or income.")
        if len(blocks) > MOST_LINES:
            self._problems.append(f"The file has {len(blocks)} lines and may have {MOST_LINES}.")


def _row_number(problem: str) -> int:
    number = problem.removeprefix("Row ").split(":")[0].split(" ")[0]
    return int(number) if number.isdigit() else 0
