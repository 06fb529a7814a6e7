"""Time: kept in UTC, said in Europe/London, always from a clock that is handed in."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Anything that tells the time, in UTC."""

    def now(self) -> datetime:
        """The present moment with tzinfo UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment with tzinfo UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still: for tests and for pages that must come out byte for byte the same."""

    moment: datetime

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment


def steady_seconds() -> float:
    """Seconds by a clock that nobody can set, sleep included where the system counts it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class StepWatch:
    """Notices when somebody sets the machine's clock, by a clock that nobody can set. Look at it every few seconds.

    moved() -> 0.0, 0.0, then 600.0 from the look after it was put ten minutes forward, until it is put back.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = steady_seconds, least: float = 2.0
    ) -> None:
        """`least`: seconds between two looks that are a step; less is a clock being led slowly to the right time."""
        self._wall, self._steady, self._least = wall, steady, least
        self._ahead, self._moved = wall() - steady(), 0.0

    def moved(self) -> float:
        """By how many seconds the clock was set since the beginning; below zero for backwards."""
        ahead = self._wall() - self._steady()
        if abs(ahead - self._ahead) > self._least:
            self._moved += ahead - self._ahead
        self._ahead = ahead
        return self._moved


def say_day(day: date) -> str:
    """A date as GOV.UK writes it: `14 March 2027`."""
    return f"{day.day} {day:%B %Y}"


def say_dates(begins: date | None, ends: date | None, otherwise: str = "") -> str:
    """A span of days: `1 March 2027 to 14 March 2027`, one day where both are the same, `otherwise` where unknown."""
    days = [say_day(day) for day in (begins, ends) if day]
    return " to ".join(dict.fromkeys(days)) or otherwise


def say_moment(moment: datetime) -> str:
    """A moment in London time as GOV.UK writes it: `5pm on Sunday 14 March 2027`, `midday`, `midnight`."""
    local = moment.astimezone(LONDON)
    return f"{_say_hour(local)} on {local:%A} {say_day(local.date())}"


def _say_hour(local: datetime) -> str:
    if local.minute == 0 and local.hour in (0, 12):
        return "midnight" if local.hour == 0 else "midday"
    hour = (local.hour - 1) % 12 + 1
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{hour}{minutes}{'am' if local.hour < 12 else 'pm'}"
