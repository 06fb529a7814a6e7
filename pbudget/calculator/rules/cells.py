"""Single cells of a budget's file: texts, amounts, percentages, whole numbers, days.

money({"gross": "£4,500,000"}, "gross") -> 450000000      percent({"step": "-10%"}, "step") -> -1000
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from pbudget.calculator.rules.numbers import WHOLE, read_percent, read_pounds
from pbudget.kit.errors import BadInput
from pbudget.kit.spreadsheets import FORMULA_STARTS
from pbudget.kit.texts import is_hidden, whole_number

Cells = Mapping[str, str]
LONGEST = {
    "group": 80,
    "line": 120,
    "floor_reason": 600,
    "lost": 1_500,
    "gained": 1_500,
    "signed_off_by_role": 120,
    "value": 200,
}
LARGEST_PERCENT = 10 * WHOLE
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y")
TIMES = (re.compile(r",? ?[ T](\d\d?):(\d\d)(?::00)?$"), re.compile(r",? (\d\d?)(?:[.:](\d\d))? ?([ap])m$", re.I))
FRACTION = re.compile(r"0?\.[0-9]{1,4}|1(?:\.0{1,4})?")
NOON = 12


class CellNotUsable(BadInput):
    """A cell cannot be used; the message is the sentence after its row number."""


def text(cells: Cells, name: str) -> str:
    """A text in one line, without characters nobody can see."""
    found = " ".join(cells.get(name, "").split())
    if found[:1] == "'" and found[1:2] in FORMULA_STARTS:  # our own files keep spreadsheets from running it
        found = found[1:]
    if len(found) > LONGEST[name]:
        raise CellNotUsable(f"the {name} has {len(found):,} characters and may have {LONGEST[name]:,}")
    if any(is_hidden(letter) for letter in found):
        raise CellNotUsable(f"the {name} has characters that cannot be seen. Type it again")
    return found


def needed(cells: Cells, name: str) -> str:
    """A text that must be there."""
    found = text(cells, name)
    if not found:
        raise CellNotUsable(f"the {name} is empty")
    return found


def money(cells: Cells, name: str, default: int | None = None) -> int:
    """An amount in pence; `default` where the cell is empty, if there is one."""
    typed = cells.get(name, "")
    if not typed and default is not None:
        return default
    try:
        return read_pounds(typed)
    except BadInput as error:
        raise CellNotUsable(
            f"the {name} “{typed[:40]}” is no amount. Write pounds, such as 12,000 or 12000.50"
        ) from error


def percent(cells: Cells, name: str, default: int | None = None) -> int:
    """A percentage in hundredths; `default` where the cell is empty, if there is one."""
    typed = cells.get(name, "")
    if not typed and default is not None:
        return default
    try:
        found = read_percent(typed)
    except BadInput as error:
        raise CellNotUsable(
            f"the {name} “{typed[:40]}” is no percentage. Write a number, such as -10 or 2.5"
        ) from error
    if abs(found) > LARGEST_PERCENT:
        raise CellNotUsable(f"the {name} {typed} is too large. It may be from -1000 to 1000")
    return found


def between(cells: Cells, name: str, least: int, most: int, default: int | None = None) -> int:
    """A percentage within limits, which are whole per cents."""
    found = percent(cells, name, default)
    if not least * 100 <= found <= most * 100:
        raise CellNotUsable(f"the {name} must be from {least} to {most}")
    return found


def share(cells: Cells, name: str, default: int) -> int:
    """A part of the whole in hundredths of a per cent: `62.5`, `62.5%` or `0.625`; `1` is all of it, `1%` is not."""
    typed = cells.get(name, "")
    if FRACTION.fullmatch(typed):
        return int(Decimal(typed) * WHOLE)
    return between(cells, name, 0, 100, default)


def number(cells: Cells, name: str, least: int, most: int) -> int:
    """A whole number within limits."""
    found = whole_number(cells.get(name, ""))
    if found is None or not least <= found <= most:
        raise CellNotUsable(f"the {name} “{cells.get(name, '')[:40]}” must be a whole number from {least} to {most}")
    return found


def day(cells: Cells, name: str) -> str:
    """A date as 2027-01-14, from any of the usual ways to write one; empty where the cell is."""
    typed = cells.get(name, "")
    for pattern in DAYS:
        try:
            return datetime.strptime(typed, pattern).date().isoformat()  # noqa: DTZ007  a day, not a moment
        except ValueError:
            continue
    if typed:
        raise CellNotUsable(f"the {name} “{typed[:40]}” is no date. Write it like 14/01/2027")
    return ""


def moment(cells: Cells, name: str) -> str:
    """A date with the time of day, as 2027-03-14T17:00; 5pm where no time stands there. Empty where the cell is."""
    typed = cells.get(name, "")
    time = TIMES[0].search(typed) or TIMES[1].search(typed)
    found = day({name: typed[: time.start()] if time else typed}, name)
    hour, minute = _time_of_day(time) if time else (17, 0)
    if hour > 23 or minute > 59:
        raise CellNotUsable(f"the {name} “{typed[:40]}” has no time of day. Write it like 14/03/2027 17:00")
    return f"{found}T{hour:02}:{minute:02}" if found else ""


def _time_of_day(found: re.Match[str]) -> tuple[int, int]:
    """17:00, 5pm and 5.30pm in hours and minutes; past 23 where there is no such time."""
    hour, minute = int(found[1]), int(found[2] or 0)
    if found.re is TIMES[0]:
        return hour, minute
    if not 1 <= hour <= NOON:
        return 24, 0
    return hour % NOON + (NOON if found[3].lower() == "p" else 0), minute
