"""Ashmere's budget to balance, as the CSV file a council would send: see budget_lines.py for its lines."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from pbudget.calculator.rules.sheet import COLUMNS
from pbudget.demo.ashmere.budget_lines import LINES

LAST_YEAR, THIS_YEAR, NEXT_YEAR = "2026 to 2027", "2027 to 2028", "2028 to 2029"
SIGNED = {"signed_off_by_role": "Director of Finance", "signed_off_on": "2026-11-02"}
TAX = (
    ("0", "We can do less.", "Nobody pays more."),
    ("2", "", "£1.8 million for services."),
    ("2.99", "", "£2.7 million for services."),
    ("4.99", "Some households would find it hard to pay.", "£4.5 million for services."),
)
SCHEMES = (
    ("New primary school", "6000000", "6000000", "30", "4",
     (("0", "Children from the new homes go to school up to 3 miles away.", "We borrow less."),
      ("100", "", "A school for 420 children."))),
    ("Flood wall along the river", "2400000", "", "40", "4",
     (("0", "180 homes stay at risk of flooding.", "We borrow less."),
      ("100", "", "180 homes are safer, and insurance may cost them less."))),
    ("Walking and cycling routes", "3000000", "", "20", "4",
     (("0", "Some main roads stay hard to cross.", "We borrow less."),
      ("50", "Routes to three schools only.", "Safer ways to three schools."),
      ("100", "Roadworks for a year.", "Safer ways to seven schools and the station."))),
)  # fmt: skip
Row = dict[str, str]


def budget_csv(year: str, closes: date) -> bytes:
    """The whole file of a year, for a budget that closes at 5pm on a day."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    for rows in (_year(year, closes), _lines(), _tax(), _schemes()):
        writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _year(year: str, closes: date) -> Iterator[Row]:
    settings = {
        "title": f"Ashmere budget {year}",
        "council": "Ashmere Council",
        "year": year,
        "gap": "6200000" if year == THIS_YEAR else "4800000",
        "tax_base": "50000",
        "core_limit": "2.99",
        "care_limit": "2",
        "closes": f"{closes.isoformat()} 17:00",
    }
    for name, value in settings.items():
        yield {"kind": "year", "line": name, "value": value}


def _lines() -> Iterator[Row]:
    """Rows of every line: its own cells stand in its first row, which is the step 0."""
    group = role = name = kind = ""
    for text in LINES.strip().splitlines():
        cells = [cell.strip() for cell in text.split("|")]
        if text.startswith("# "):
            group, role = cells[0][2:], cells[1]
        elif text.startswith("  "):
            step, lost, gained = cells
            signed = {"signed_off_by_role": role, "signed_off_on": SIGNED["signed_off_on"]}
            yield {"kind": kind, "line": name, "step": step, "lost": lost, "gained": gained, **signed}
        elif cells[0]:
            name, kind = cells[0], "service" if cells[1] else "income"
            yield {"kind": kind, "group": group, "line": name, "step": "0", **_own(cells)}


def _own(cells: list[str]) -> Row:
    _, gross, income, share, limits, reason = cells
    least, most = limits.split("..")
    return {
        "gross": f"{gross}000" if gross else "",
        "income": f"{income}000" if income != "0" else "",
        "changeable_share": share,
        "min_change": least,
        "max_change": most,
        "floor_reason": reason,
    }


def _tax() -> Iterator[Row]:
    for step, lost, gained in TAX:
        yield {
            "kind": "tax",
            "line": "Council tax",
            "step": step,
            "lost": lost,
            "gained": gained,
            "value": "1800",
            "max_change": "7",
            **SIGNED,
        }


def _schemes() -> Iterator[Row]:
    for name, cost, planned, life, rate, steps in SCHEMES:
        for step, lost, gained in steps:
            own = {"value": cost, "gross": planned, "life": life, "rate": rate}
            yield {"kind": "scheme", "line": name, "step": step, "lost": lost, "gained": gained, **own, **SIGNED}
