"""Turning the pre-election period on and off. Each act is one transaction with its line in the audit log."""

from datetime import date

from flask import current_app
from sqlalchemy import update

from pbudget.audit.actions import record
from pbudget.db import database_now, transaction
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import BadInput
from pbudget.publicity.models import PreElection
from pbudget.publicity.queries import KEPT
from pbudget.publicity.rules import problem_of_days


class DaysNotUsable(BadInput):
    """The days cannot be a pre-election period; the officer reads why."""


def set_period(first_day: date, last_day: date, reason: str, actor: str) -> None:
    """Hold publicity back in these days, in place of the days set before. Raises DaysNotUsable."""
    with transaction() as session:
        now = database_now(session)
        problem = problem_of_days(first_day, last_day, now.astimezone(LONDON).date())
        if problem:
            raise DaysNotUsable(problem)
        session.execute(update(PreElection).where(PreElection.standing).values(standing=False))
        session.add(PreElection(first_day=first_day, last_day=last_day, reason=reason, started_by=actor))
        session.flush()
        days = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
        record(session, actor, "pre-election period set", reason=reason, **days)
    current_app.extensions.pop(KEPT, None)


def end_period(actor: str) -> None:
    """Free publicity now; repeating it does no harm."""
    with transaction() as session:
        ended = {"standing": False, "ended_at": database_now(session), "ended_by": actor}
        done = session.execute(update(PreElection).where(PreElection.standing).values(**ended))
        if done.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result counts its rows
            record(session, actor, "pre-election period ended")
    current_app.extensions.pop(KEPT, None)
