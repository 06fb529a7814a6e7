"""Where a round stands for the people who look at it: what officers have done, and the clock.

stage_of("open", opens_at=9am, closes_at=5pm, now=8:59:59am)  ->  "not-yet"
stage_of("open", opens_at=9am, closes_at=5pm, now=5pm)        ->  "closed": the second itself is too late
stage_of("open", 9am, 5pm, now=5pm, decide_by=5pm tomorrow)   ->  "deciding": no votes, and perhaps more time
"""

from datetime import datetime

SET_UP, NOT_YET, OPEN, DECIDING, CLOSED = "set-up", "not-yet", "open", "deciding", "closed"
PUBLISHED, SEALED, ANNULLED = "published", "sealed", "annulled"
DECIDED = (PUBLISHED, SEALED)
"""Phases in which a result is out."""


def stage_of(
    phase: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
    decide_by: datetime | None = None,
) -> str:
    """The stage at a moment (UTC): the phase, except that an `open` round is not open before or after its hours.

    After them it is `deciding` until `decide_by`, where two officers may still extend voting.
    """
    if phase != OPEN:
        return phase
    if opens_at and now < opens_at:
        return NOT_YET
    if closes_at is None or now < closes_at:
        return OPEN
    return DECIDING if decide_by and now < decide_by else CLOSED
