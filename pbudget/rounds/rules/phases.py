"""Where a round stands for the people who look at it: what officers have done, and the clock.

stage_of("open", opens_at=9am, closes_at=5pm, now=8:59:59am)  ->  "not-yet"
stage_of("open", opens_at=9am, closes_at=5pm, now=5pm)        ->  "closed": the second itself is too late
"""

from datetime import datetime

SET_UP, NOT_YET, OPEN, CLOSED = "set-up", "not-yet", "open", "closed"
PUBLISHED, SEALED, ANNULLED = "published", "sealed", "annulled"
DECIDED = (PUBLISHED, SEALED)
"""Phases in which a result is out."""


def stage_of(phase: str, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> str:
    """The stage at a moment (UTC): the phase, except that an `open` round is not open before or after its hours."""
    if phase != OPEN:
        return phase
    if opens_at and now < opens_at:
        return NOT_YET
    return CLOSED if closes_at and now >= closes_at else OPEN
