"""Moments as officers type them: London time, kept as UTC, never guessed where the clocks change.

read_moment("28", "3", "2027", "1:30am")   refused: 1:30am does not exist, the clocks go forward from 1am to 2am
read_moment("31", "10", "2027", "1:30am")  refused: it comes twice, the clocks go back from 2am to 1am
read_moment("14", "3", "2027", "5pm")      14 March 2027, 17:00 UTC
"""

import re
from datetime import UTC, date, datetime, time

from pbudget.kit.clock import LONDON, say_day, say_moment
from pbudget.kit.errors import BadInput
from pbudget.kit.texts import whole_number

EARLIEST, LATEST = 2020, 2100
TIME = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*([ap])\.?m\.?|(\d{1,2})[:.](\d\d)")


class DateNotUsable(BadInput):
    """A date that was typed does not exist or is not complete; the message says what to type."""


class TimeNotUsable(BadInput):
    """A time that was typed cannot be used, or the clocks change at it; the message asks what is meant."""


def read_moment(day: str, month: str, year: str, hour: str) -> datetime:
    """The moment (UTC) of a London date and time. Raises DateNotUsable and TimeNotUsable."""
    return moment_of(read_date(day, month, year), read_time(hour))


def read_date(day: str, month: str, year: str) -> date:
    """The date of three typed numbers. Raises DateNotUsable."""
    parts = [part.strip() for part in (day, month, year)]
    if not all(parts):
        missing = [name for name, part in zip(("a day", "a month", "a year"), parts, strict=True) if not part]
        raise DateNotUsable(f"The date must include {' and '.join(missing)}")
    try:
        found = date(*(min(whole_number(part) or 0, 9999) for part in reversed(parts)))
    except ValueError as error:
        raise DateNotUsable("Enter a real date, for example 14 3 2027") from error
    if not EARLIEST <= found.year <= LATEST:
        raise DateNotUsable(f"The year must be between {EARLIEST} and {LATEST}")
    return found


def read_time(typed: str) -> time:
    """The time of day that was typed: `5pm`, `9:30am`, `17:00`, `midday`, `midnight`. Raises TimeNotUsable."""
    text = typed.strip().lower()
    if text in ("midday", "noon", "midnight"):
        return time(0 if text == "midnight" else 12)
    found = TIME.fullmatch(text)
    hour, minute = _hour_and_minute(found) if found else (24, 0)
    if not (0 <= hour < 24 and 0 <= minute < 60):
        raise TimeNotUsable("Enter a time, for example 5pm, 9:30am or 17:00")
    return time(hour, minute)


def _hour_and_minute(found: re.Match[str]) -> tuple[int, int]:
    if found[4]:
        return int(found[4]), int(found[5])
    hour = int(found[1])
    if not 1 <= hour <= 12:
        return 24, 0
    return hour % 12 + (12 if found[3] == "p" else 0), int(found[2] or 0)


def moment_of(day: date, at: time) -> datetime:
    """The moment (UTC) of a London date and time. Raises TimeNotUsable for an hour that is missing or comes twice."""
    local = datetime.combine(day, at, LONDON)
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise TimeNotUsable(
            f"There is no {_clock_face(at)} on {say_day(day)}: the clocks go forward from 1am to 2am. "
            "Did you mean before or after? Choose a time before 1am, or 2am or later"
        )
    if first != second:
        raise TimeNotUsable(
            f"{_clock_face(at)} comes twice on {say_day(day)}: the clocks go back from 2am to 1am. "
            "Which one do you mean? Choose a time before 1am, or 2am or later"
        )
    return first


def _clock_face(at: time) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02}{'am' if at.hour < 12 else 'pm'}"


def say_with_zone(moment: datetime) -> str:
    """A moment with its weekday and zone: `5pm on Sunday 31 October 2027 (GMT)`."""
    return f"{say_moment(moment)} ({moment.astimezone(LONDON):%Z})"


def say_utc(moment: datetime) -> str:
    """A moment in UTC as the manifest has it: `2027-03-14T17:00:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def typed_parts(moment: datetime | None) -> dict[str, str]:
    """A moment as it fills the boxes of a form again: day, month, year and time; empty where there is none."""
    if moment is None:
        return {"day": "", "month": "", "year": "", "time": ""}
    local = moment.astimezone(LONDON)
    return {
        "day": str(local.day),
        "month": str(local.month),
        "year": str(local.year),
        "time": say_moment(moment).partition(" on ")[0],
    }
