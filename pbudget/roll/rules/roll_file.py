"""A roll as somebody sends it, checked row by row: who, where, how many codes, or what is wrong with the row.

    check_roll(open_table(file), RollTerms({"E05000416": 1}, {"SE17AB": "E05000416"})).problems
        -> ("Row 7: ward E05000999 is not in this round. Use the codes of its wards.",)

One problem is given for a row. A file with any problem is not loaded at all.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice

from email_validator import EmailNotValidError, validate_email

from pbudget.kit.errors import BadInput
from pbudget.roll.rules.roll_columns import RollColumns, find_columns
from pbudget.wards.rules.postcodes import NotAPostcode, normalise, spaced
from pbudget.wards.rules.tables import OpenTable, RaggedRow, Row

PROBLEMS_SHOWN = 50
ROWS_SHOWN = 20
MOST_CODES = 50
MOST_PLACES = 1_000_000
LONGEST_NAME, LONGEST_ADDRESS = 200, 500
LINES_IN_THE_WINDOW = 6
UNREADABLE = re.compile(r"[\x00-\x1f\x7f]+")


class RowNotUsable(BadInput):
    """One row cannot be used; the message is the sentence after its row number."""

    said = "that cannot be read"


class RowRepeated(RowNotUsable):
    """The same person or address as an earlier row, or as an entry that is on the roll already."""

    said = "given twice"


class RowTooYoung(RowNotUsable):
    """Somebody who will be too young to vote on the day that counts."""

    said = "under age"


class RowTooOld(RowNotUsable):
    """Somebody who will be too old to vote in a round with an oldest age."""

    said = "over age"


class RowElsewhere(RowNotUsable):
    """A ward or postcode that is not in this round."""

    said = "outside the wards of the round"


@dataclass(frozen=True)
class RollTerms:
    """What a row is held against: ward ids by code, ward codes by postcode, the ages that may vote and on which day."""

    wards: Mapping[str, int]
    postcodes: Mapping[str, str]
    youngest: int = 0
    on: date = date.max
    check_emails: bool = True
    oldest: int | None = None


@dataclass(frozen=True)
class RollRow:
    """One usable row. `address` has one line a line; `codes` of them are made for it."""

    number: int
    ward_code: str
    name: str
    address: str
    postcode: str
    email: str
    codes: int


@dataclass
class RollReport:
    """What a file holds, whether it can be loaded, its first rows and its first problems."""

    kind: str
    encoding: str
    separator: str
    used: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: int = 0
    codes: int = 0
    emails: int = 0
    by_ward: Counter[str] = field(default_factory=Counter)
    """Codes by ward code."""
    first_rows: list[RollRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    number_of_problems: int = 0
    problems_by_kind: Counter[str] = field(default_factory=Counter)
    """How many rows are given twice, under age, outside the wards of the round, or cannot be read."""
    is_whole: bool = True
    """Whether the whole file was looked at, or only its first rows."""

    @property
    def usable(self) -> bool:
        """Whether the file can be loaded."""
        return self.rows > 0 and self.number_of_problems == 0


class Seen:
    """Which people or addresses came before, in 20 bytes a row and a set, so that a million rows stay small."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._keys, self._numbers = array("q"), array("l")

    def add(self, key: str, number: int) -> int | None:
        """Remember a row; the number of the first row with the same key, or None."""
        mark = hash(key)
        if mark in self._known:
            return self._numbers[self._keys.index(mark)]
        self._known.add(mark)
        self._keys.append(mark)
        self._numbers.append(number)
        return None


def identity_of(name: str | None, address: str | None, postcode: str | None) -> str:
    """What makes two rows the same person or address, whatever their capitals, commas and spaces."""
    return re.sub(r"\W+", " ", f"{name or ''}\n{address or ''}\n{postcode or ''}".casefold())


def check_roll(table: OpenTable, terms: RollTerms, seen: Seen | None = None, most: int | None = None) -> RollReport:
    """Go through a whole file, or its first `most` rows. `seen` holds who is on the roll already (row number 0)."""
    columns = find_columns(table.headings)
    report = RollReport(columns.kind, table.encoding, table.separator, columns.used, columns.ignored)
    seen = seen or Seen()
    for row in islice(table.rows, most):
        try:
            _note(report, _new_row(row, columns, terms, seen))
        except RowNotUsable as problem:
            _note_problem(report, row.number, problem)
    report.is_whole = most is None or next(table.rows, None) is None
    if not report.rows and not report.number_of_problems:
        _note_problem(report, 1, RowNotUsable("is the heading and there is nothing below it. Add the roll"))
    return report


def rows_of(table: OpenTable, terms: RollTerms) -> Iterator[RollRow]:
    """The rows of a file that `check_roll` found usable."""
    columns = find_columns(table.headings)
    for row in table.rows:
        yield read_row(row, columns, terms)


def read_row(row: Row | RaggedRow, columns: RollColumns, terms: RollTerms) -> RollRow:
    """One row as the roll keeps it. Raises RowNotUsable with what is wrong."""
    if isinstance(row, RaggedRow):
        raise RowNotUsable(f"has {row.found} cells where the heading has {row.expected}. Check its separators")
    cells = row.cells
    postcode = _postcode(cells, columns)
    return RollRow(
        number=row.number,
        ward_code=_ward(cells, columns, terms, postcode),
        name=_name(cells, columns),
        address=_address(cells, columns),
        postcode=spaced(postcode) if postcode else "",
        email=_email(cells, columns, check=terms.check_emails),
        codes=_codes(cells, columns),
    )


def _new_row(row: Row | RaggedRow, columns: RollColumns, terms: RollTerms, seen: Seen) -> RollRow:
    """A row that is usable, old enough and not a repeat of an earlier one."""
    found = read_row(row, columns, terms)
    assert isinstance(row, Row)
    _refuse_other_ages(row.cells, columns, terms)
    key = found.ward_code if columns.kind == "count" else identity_of(found.name, found.address, found.postcode)
    born = row.cells[columns.born] if columns.born else ""
    earlier = seen.add(f"{key}\n{born}", found.number)
    if earlier is not None:
        raise RowRepeated(_same_as(columns.kind, earlier))
    return found


def _same_as(kind: str, earlier: int) -> str:
    where = f"row {earlier}" if earlier else "an entry that is on the roll already"
    if kind == "named":
        return f"is the same name and address as {where}. Remove it, or tell the two people apart by a middle name"
    if kind == "address":
        return f"is the same address as {where}. Keep one and give it the number of codes it should get"
    return f"is the same ward as {where}. Keep one row for each ward"


def _note(report: RollReport, row: RollRow) -> None:
    report.rows += 1
    report.codes += row.codes
    report.emails += bool(row.email)
    report.by_ward[row.ward_code] += row.codes
    if len(report.first_rows) < ROWS_SHOWN:
        report.first_rows.append(row)


def _note_problem(report: RollReport, number: int, problem: RowNotUsable) -> None:
    report.number_of_problems += 1
    report.problems_by_kind[problem.said] += 1
    if len(report.problems) < PROBLEMS_SHOWN:
        report.problems.append(f"Row {number}: {problem}." if number > 1 else f"Row 1 {problem}.")


def _postcode(cells: Mapping[str, str], columns: RollColumns) -> str:
    typed = cells[columns.postcode] if columns.postcode else ""
    if not typed:
        return ""
    try:
        return _normal_postcode(typed)
    except NotAPostcode as error:
        raise RowNotUsable(f"“{typed[:12]}” is not a full postcode, like SE1 7AB") from error


@lru_cache(maxsize=1024)
def _normal_postcode(typed: str) -> str:
    """Neighbours stand beside each other in a roll and share a postcode."""
    return normalise(typed)


def _ward(cells: Mapping[str, str], columns: RollColumns, terms: RollTerms, postcode: str) -> str:
    code = cells[columns.ward].upper() if columns.ward else ""
    if code:
        if code not in terms.wards:
            raise RowElsewhere(f"ward {code[:12]} is not in this round. Use the ONS codes of its wards")
        return code
    found = terms.postcodes.get(postcode, "")
    if found in terms.wards:
        return found
    if not postcode:
        raise RowNotUsable("has neither a ward code nor a postcode. Add one of them")
    raise RowElsewhere(f"postcode {spaced(postcode)} is in no ward of this round. Check it, or give the ward code")


def _name(cells: Mapping[str, str], columns: RollColumns) -> str:
    name = _plain(" ".join(cells[heading] for heading in columns.name))
    if columns.kind == "named" and not name:
        raise RowNotUsable("has no name")
    if len(name) > LONGEST_NAME:
        raise RowNotUsable(f"has a name longer than {LONGEST_NAME} characters")
    return name


def _address(cells: Mapping[str, str], columns: RollColumns) -> str:
    """The lines of an address; a single cell is cut at its line ends, or at its commas."""
    parts = [cells[heading] for heading in columns.address]
    if len(parts) == 1:
        parts = re.split(r"\s*[\r\n]+\s*", parts[0]) if re.search(r"[\r\n]", parts[0]) else parts[0].split(",")
    lines = [line for line in map(_plain, parts) if line]
    if columns.kind == "address" and not lines:
        raise RowNotUsable("has no address")
    if len(lines) > LINES_IN_THE_WINDOW:
        lines = [*lines[: LINES_IN_THE_WINDOW - 1], ", ".join(lines[LINES_IN_THE_WINDOW - 1 :])]
    address = "\n".join(lines)
    if len(address) > LONGEST_ADDRESS:
        raise RowNotUsable(f"has an address longer than {LONGEST_ADDRESS} characters")
    return address


def _email(cells: Mapping[str, str], columns: RollColumns, *, check: bool) -> str:
    """In small letters: no mailbox in use tells them apart, and nobody is to be reminded twice."""
    typed = cells[columns.email] if columns.email else ""
    if not typed or not check:
        return typed.lower()
    try:
        validate_email(typed, check_deliverability=False)
    except EmailNotValidError as error:
        raise RowNotUsable(f"“{typed[:60]}” is not an email address. Correct it, or leave the cell empty") from error
    return typed.lower()


def _codes(cells: Mapping[str, str], columns: RollColumns) -> int:
    if columns.codes is None:
        return 1
    most = MOST_PLACES if columns.kind == "count" else MOST_CODES
    typed = cells[columns.codes].replace(",", "")
    number = int(typed) if re.fullmatch(r"[0-9]{1,7}", typed) else 0
    if not 1 <= number <= most:
        raise RowNotUsable(
            f"“{cells[columns.codes][:12]}” in the column {columns.codes} is no number from 1 to {most:,}"
        )
    return number


def _refuse_other_ages(cells: Mapping[str, str], columns: RollColumns, terms: RollTerms) -> None:
    if not terms.youngest and terms.oldest is None:
        return
    age = _age(cells, columns, terms)
    if age is not None and age < terms.youngest:
        raise RowTooYoung(f"is for somebody under {terms.youngest}. Remove the row, or change the youngest age")
    if age is not None and terms.oldest is not None and age > terms.oldest:
        raise RowTooOld(f"is for somebody over {terms.oldest}. Remove the row, or change the round’s oldest age")


def _age(cells: Mapping[str, str], columns: RollColumns, terms: RollTerms) -> int | None:
    """Whole years on the day that counts, from the date of birth or the age; None where neither is given."""
    if columns.born and cells[columns.born]:
        born = _day(cells[columns.born])
        return terms.on.year - born.year - ((terms.on.month, terms.on.day) < (born.month, born.day))
    if columns.age and cells[columns.age]:
        if not re.fullmatch(r"[0-9]{1,3}", cells[columns.age]):
            raise RowNotUsable(f"“{cells[columns.age][:12]}” in the column age is no age")
        return int(cells[columns.age])
    return None


def _day(typed: str) -> date:
    """`2008-03-14` or `14/03/2008`: day first, as in the United Kingdom."""
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", typed) or re.fullmatch(
        r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", typed
    )
    if parts:
        year, month, day = parts.groups() if len(parts[1]) == 4 else parts.groups()[::-1]
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            pass
    raise RowNotUsable(f"“{typed[:12]}” is no date of birth like 14/03/2008 (day, month, year)")


def _plain(text: str) -> str:
    """One line without control characters or repeated spaces."""
    return " ".join((text if text.isprintable() else UNREADABLE.sub(" ", text)).split())
