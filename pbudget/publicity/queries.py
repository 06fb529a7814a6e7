"""Whether publicity is held back, and the record of when it was."""

import time
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from pbudget.db import database_now, db
from pbudget.kit.clock import LONDON, Clock, SystemClock
from pbudget.publicity.models import PreElection
from pbudget.publicity.rules import is_within


@dataclass(frozen=True)
class Period:
    """One pre-election period. `started_by` and `ended_by` are ids of staff; `ended_at` is UTC."""

    id: int
    first_day: date
    last_day: date
    reason: str
    started_by: str
    standing: bool
    ended_at: datetime | None
    ended_by: str | None


KEPT, KEPT_SECONDS = "pre_election", 30.0
PERIODS = select(*(getattr(PreElection, name) for name in Period.__dataclass_fields__))


def standing_period() -> Period | None:
    """The period that is set, whether it has begun or not; None where none is."""
    row = db.session.execute(PERIODS.where(PreElection.standing)).first()
    return Period(*row) if row else None


def period_now(now: datetime | None = None) -> Period | None:
    """The period that holds at this moment; None where publicity is free."""
    period = standing_period()
    if period is None:
        return None
    return period if is_within(period.first_day, period.last_day, now or database_now(db.session())) else None


def period_for_pages() -> Period | None:
    """The period that holds now, as pages say it: read again once half a minute is over, because every page asks."""
    kept: tuple[float, Period | None] | None = current_app.extensions.get(KEPT)
    if kept is None or time.monotonic() - kept[0] >= KEPT_SECONDS:
        try:
            kept = (time.monotonic(), standing_period())
        except SQLAlchemyError:
            return None
        current_app.extensions[KEPT] = kept
    period = kept[1]
    return period if period and is_within(period.first_day, period.last_day, _now()) else None


def today() -> date:
    """The day it is in London."""
    return _now().astimezone(LONDON).date()


def _now() -> datetime:
    clock: Clock = current_app.extensions.get("clock") or SystemClock()
    return clock.now()


def is_held_back(now: datetime | None = None) -> bool:
    """Whether publicity is held back at this moment."""
    return period_now(now) is not None


def earlier_periods(limit: int = 20) -> list[Period]:
    """Periods that were ended, the latest first."""
    chosen = PERIODS.where(~PreElection.standing).order_by(PreElection.id.desc()).limit(limit)
    return [Period(*row) for row in db.session.execute(chosen)]
