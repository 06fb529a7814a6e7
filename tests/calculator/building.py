"""Budgets for tests, each through the CSV a council would send."""

import csv
import io
from collections.abc import Iterable, Mapping

from pbudget.calculator.rules.budget import Budget
from pbudget.calculator.rules.sheet import COLUMNS, read_budget

YEAR = {
    "title": "Test budget",
    "council": "Test council",
    "year": "2027 to 2028",
    "gap": "£6,200,000",
    "tax_base": "50,000",
    "core_limit": "2.99",
    "care_limit": "2",
}
Row = Mapping[str, str]


def year_rows(**changed: str) -> list[Row]:
    return [{"kind": "year", "line": name, "value": value} for name, value in (YEAR | changed).items()]


def steps(kind: str, line: str, changes: Iterable[int | str], **own: str) -> list[Row]:
    words = {"signed_off_by_role": "Test director", "signed_off_on": "14/01/2027"}
    rows: list[dict[str, str]] = []
    for change in changes:
        said = {"lost": f"{line} loses at {change}", "gained": f"{line} gains at {change}", **words}
        rows.append({"kind": kind, "line": line, "step": str(change), **(said if change else {})})
    rows[0] |= own
    return rows


LIBRARIES = steps("service", "Libraries", (10, 0, -10, -25), group="Culture", gross="£4,500,000", income="£500,000")
PARKING = steps("income", "Parking charges", (10, 5, 0), group="Highways", income="£2,000,000")
TAX = steps("tax", "Council tax", ("4.99", "2.99", 0), value="£1,800.00")
SCHOOL = steps("scheme", "New school", (100, 0), value="£5,000,000", life="25", rate="4")
WORKED = (*LIBRARIES, *PARKING, *TAX, *SCHOOL)


def as_csv(rows: Iterable[Row], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def a_budget(*rows: Row, **changed: str) -> Budget:
    return read_budget(as_csv([*year_rows(**changed), *(rows or WORKED)]))
