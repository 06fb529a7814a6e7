"""Population figures as a council sends them: one row per ward, dimension and group.

    ward_code,dimension,group,count
    E05000416,age,0-15,1204          Bishop's has 1,204 residents under 16

A file is usable as a whole or not at all. Every problem is named by its row; a group that is missing is not nobody.
Source: the upload format of the capture guard, section 8.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from itertools import combinations

from pbudget.wards.rules.names import DEMO_SOURCE, OVER_16, tidy, why_not_a_name, why_not_a_ward_code
from pbudget.wards.rules.tables import FileNotUsable, RaggedRow, Row, Table, read_table

REQUIRED = ("ward_code", "dimension", "group", "count")
ALL_AGES, AGED_16 = "all", "16+"
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_COUNT = 1_000_000
MOST_WARDS = 200
PROBLEMS_SHOWN = 50
TOTALS_MAY_DIFFER_BY = 0.05
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")


@dataclass(frozen=True)
class Figure:
    """Residents of one ward in one group of one dimension; `base` is `all` ages or `16+`."""

    ward_code: str
    ward_name: str
    dimension: str
    group: str
    count: int
    source: str
    date: date | None
    base: str


@dataclass(frozen=True)
class Problem:
    """What is wrong and what to do. `row` is the spreadsheet's row number, None when it concerns a whole ward."""

    row: int | None
    message: str

    def __str__(self) -> str:
        """The line of the report: `Row 7: …`."""
        return f"Row {self.row}: {self.message}" if self.row else self.message


@dataclass(frozen=True)
class BaselineReport:
    """What a file holds and everything wrong with it. It may be loaded only when there is no problem."""

    figures: tuple[Figure, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    rows: int
    encoding: str

    @property
    def usable(self) -> bool:
        """Whether the file may be loaded."""
        return not self.problems

    @property
    def wards(self) -> tuple[str, ...]:
        """The ward codes of the file, in file order."""
        return tuple(dict.fromkeys(figure.ward_code for figure in self.figures))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions of the file, in file order."""
        return tuple(dict.fromkeys(figure.dimension for figure in self.figures))

    @property
    def version(self) -> str:
        """SHA-256 of the figures in file order, as 64 hexadecimal digits: the same figures, the same version."""
        rows = [[str(value) for value in astuple(figure)] for figure in self.figures]
        return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def read_baseline(content: bytes, *, demo: bool = False) -> BaselineReport:
    """Read and check a whole file of population figures.

    Raises FileNotUsable when it is not a CSV file with the four columns; other problems are in the report.
    """
    if len(content) > LARGEST_FILE:
        raise FileNotUsable(
            f"The file is larger than {LARGEST_FILE // 1024**2} MB. Send one borough's wards at a time."
        )
    table = read_table(content)
    _refuse_wrong_size_or_columns(table)
    numbered, problems = _figures(table, demo=demo)
    problems += [*_duplicates(numbered), *_contradictions(numbered)]
    figures = [figure for _, figure in numbered]
    if not problems:
        problems += _gaps(figures)
    ordered = sorted(problems, key=lambda problem: problem.row or len(table.rows) + 2)
    return BaselineReport(tuple(figures), tuple(ordered), tuple(_odd_totals(figures)), len(table.rows), table.encoding)


def _refuse_wrong_size_or_columns(table: Table) -> None:
    missing = [name for name in REQUIRED if name not in table.headings]
    if missing:
        found = ", ".join(name for name in table.headings if name)[:200] or "nothing"
        columns = f"column {missing[0]} is" if len(missing) == 1 else f"columns {', '.join(missing)} are"
        raise FileNotUsable(f"The {columns} missing from the heading row, which has: {found}.")
    codes = len({row.cells["ward_code"] for row in table.rows if isinstance(row, Row)})
    if codes > MOST_WARDS:
        raise FileNotUsable(
            f"The file holds {codes:,} wards and a borough has at most {MOST_WARDS}. Send one borough's."
        )
    if not table.rows:
        raise FileNotUsable("The file has a heading and no rows. Add a row for each ward, dimension and group.")


def _figures(table: Table, *, demo: bool) -> tuple[list[tuple[int, Figure]], list[Problem]]:
    numbered, problems = [], []
    for row in table.rows:
        wrong = _why_not_a_figure(row, demo=demo)
        problems += [Problem(row.number, message) for message in wrong]
        if not wrong and isinstance(row, Row):
            numbered.append((row.number, _figure(row)))
    return numbered, problems


def _why_not_a_figure(row: Row | RaggedRow, *, demo: bool) -> list[str]:
    """Everything wrong with one row, in the order of its columns."""
    if isinstance(row, RaggedRow):
        return [f"it has {row.found} cells and the heading has {row.expected}. Is a separator missing or too many?"]
    cell = row.cells.get
    checks = (
        why_not_a_ward_code(row.cells["ward_code"], demo=demo),
        _why_not_a_label("dimension", row.cells["dimension"]),
        _why_not_a_label("group", row.cells["group"]),
        why_not_a_count(row.cells["count"]),
        why_not_a_name(tidy(cell("ward_name", ""))),
        why_not_a_name(tidy(cell("source", ""))),
        _why_not_a_date(cell("date", "")),
        _why_not_a_base(cell("population_base", "")),
        _why_not_demo(cell("source", "")) if demo else None,
    )
    return [message for message in checks if message]


def _why_not_a_label(column: str, text: str) -> str | None:
    return why_not_a_name(tidy(text)) if text else f"the {column} is missing."


def why_not_a_count(text: str) -> str | None:
    """What is wrong with a number of residents, or None: `1204` is right, `1,204`, `-3` and `*` are not."""
    if re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return f"{int(text):,} is more people than any ward has." if int(text) > LARGEST_COUNT else None
    if not text:
        return "the count is missing. Write 0 if nobody lives there."
    if re.fullmatch(r"\d{1,3}([,. \u00a0]\d{3})+", text):
        return f"the count “{text}” has a thousands separator. Write {re.sub(r'[^0-9]', '', text)}."
    if re.fullmatch(r"-\s*\d+(\.\d+)?", text):
        return f"the count “{text[:20]}” is below zero."
    return f"the count “{text[:20]}” is not a whole number. Suppressed figures cannot be used: find a fuller table."


def _why_not_a_date(text: str) -> str | None:
    return None if not text or _date(text) else f"the date “{text[:20]}” does not look like 2021-03-21 or 21/03/2021."


def _why_not_a_base(text: str) -> str | None:
    known = not text or text.lower() in {ALL_AGES, AGED_16}
    return None if known else f"the population base “{text[:20]}” is neither “all” nor “16+”."


def _why_not_demo(source: str) -> str | None:
    return None if source == DEMO_SOURCE else f"the source of made-up figures must be “{DEMO_SOURCE}”."


def _date(text: str) -> date | None:
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day, not a moment
        except ValueError:
            continue
    return None


def _figure(row: Row) -> Figure:
    cell = row.cells.get
    dimension = re.sub(r"\s+", "_", tidy(row.cells["dimension"]).lower())
    implied = AGED_16 if dimension.endswith(OVER_16) else ALL_AGES
    return Figure(
        ward_code=row.cells["ward_code"],
        ward_name=tidy(cell("ward_name", "")),
        dimension=dimension,
        group=tidy(row.cells["group"]),
        count=int(row.cells["count"]),
        source=tidy(cell("source", "")),
        date=_date(cell("date", "")),
        base=cell("population_base", "").lower() or implied,
    )


def _duplicates(numbered: Sequence[tuple[int, Figure]]) -> Iterator[Problem]:
    first: dict[tuple[str, str, str], int] = {}
    for number, figure in numbered:
        key = (figure.ward_code, figure.dimension, figure.group.casefold())
        if key in first:
            what = f"ward {figure.ward_code}, {figure.dimension}, “{figure.group}”"
            yield Problem(number, f"{what} is already in row {first[key]}. Remove one of the two.")
        first.setdefault(key, number)


def _contradictions(numbered: Sequence[tuple[int, Figure]]) -> Iterator[Problem]:
    """A ward with two names, or a dimension with two bases."""
    names: dict[str, tuple[int, str]] = {}
    bases: dict[str, tuple[int, str]] = {}
    for number, figure in numbered:
        row, name = names.setdefault(figure.ward_code, (number, figure.ward_name))
        if name != figure.ward_name:
            yield Problem(number, f"ward {figure.ward_code} is “{figure.ward_name}” here and “{name}” in row {row}.")
        row, base = bases.setdefault(figure.dimension, (number, figure.base))
        if base != figure.base:
            yield Problem(number, f"{figure.dimension} counts “{figure.base}” here and “{base}” in row {row}.")


def _gaps(figures: Sequence[Figure]) -> list[Problem]:
    """Wards without a row for a group that other wards have: missing is not the same as nobody."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    present = {(figure.ward_code, figure.dimension, figure.group) for figure in figures}
    wards = {figure.ward_code: figure.ward_name for figure in figures}
    for figure in figures:
        groups[figure.dimension].setdefault(figure.group)
    return [
        Problem(None, _gap_message(code, name, dimension, missing))
        for code, name in wards.items()
        for dimension in groups
        if (missing := [group for group in groups[dimension] if (code, dimension, group) not in present])
    ]


def _gap_message(code: str, name: str, dimension: str, missing: list[str]) -> str:
    ward = f"Ward {code} {name}".strip()
    listed = ", ".join(f"“{group}”" for group in missing[:5]) + (" and others" if len(missing) > 5 else "")
    return f"{ward} has no row for {dimension} {listed}. Add it, with 0 if nobody lives there."


def _odd_totals(figures: Iterable[Figure]) -> Iterator[Problem]:
    """Warnings: two dimensions of the same people whose totals differ by more than 5 %, and wards with nobody."""
    totals: Counter[tuple[str, str, str]] = Counter()
    for figure in figures:
        totals[figure.ward_code, figure.base, figure.dimension] += figure.count
    by_ward: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (code, base, dimension), total in totals.items():
        by_ward[code, base][dimension] = total
        if total == 0:
            yield Problem(None, f"Ward {code} has nobody at all in {dimension}.")
    for (code, _), by_dimension in by_ward.items():
        yield from _pairs_apart(code, by_dimension)


def _pairs_apart(code: str, totals: dict[str, int]) -> Iterator[Problem]:
    for (one, first), (other, second) in combinations(totals.items(), 2):
        if abs(first - second) > TOTALS_MAY_DIFFER_BY * max(first, second):
            apart = abs(first - second) / max(first, second)
            yield Problem(
                None, f"Ward {code}: {one} adds up to {first:,} and {other} to {second:,}, which is {apart:.0%} apart."
            )
