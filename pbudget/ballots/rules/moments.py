"""Whether one can vote now: the round's phase and the clock together, to the second.

opens 9:00, closes 17:00, phase open:  8:59:59 not-yet · 9:00:00 open · 16:59:59 open · 17:00:00 closed
the same, more time to be decided by 17:00 on the next day:  17:00:00 deciding, and no ballot is taken
"""

from datetime import datetime, timedelta

IDLE = timedelta(hours=2)
GRAIN = timedelta(minutes=5)


def standing(
    phase: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
    decide_by: datetime | None = None,
) -> str:
    """`none` (nobody votes here: a replay), `not-yet`, `open`, `deciding`, `closed` or `annulled`. All times in UTC."""
    if phase == "annulled":
        return "annulled"
    if opens_at is None or closes_at is None:
        return "none"
    if phase == "set-up" or now < opens_at:
        return "not-yet"
    if phase == "open" and now < closes_at:
        return "open"
    return "deciding" if phase == "open" and decide_by and now < decide_by else "closed"


def rounded_up(moment: datetime) -> datetime:
    """The next full five minutes: 10:01 is 10:05, 10:05 stays."""
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not over else moment - over + GRAIN
