"""Whether one can vote now: the round's phase and the clock together, to the second.

opens 9:00, closes 17:00, phase open:  8:59:59 not-yet · 9:00:00 open · 16:59:59 open · 17:00:00 closed
"""

from datetime import datetime, timedelta

IDLE = timedelta(hours=2)
GRAIN = timedelta(minutes=5)


def standing(phase: str, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> str:
    """`none` (nobody votes here: a replay), `not-yet`, `open`, `closed` or `annulled`. All times in UTC."""
    if phase == "annulled":
        return "annulled"
    if opens_at is None or closes_at is None:
        return "none"
    if phase == "set-up" or now < opens_at:
        return "not-yet"
    return "open" if phase == "open" and now < closes_at else "closed"


def rounded_up(moment: datetime) -> datetime:
    """The next full five minutes: 10:01 is 10:05, 10:05 stays."""
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not over else moment - over + GRAIN
