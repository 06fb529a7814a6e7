"""Doing what is due by the clock, once, whichever worker comes first."""

import structlog

from pbudget.db import database_now, db, transaction
from pbudget.jobs.locks import only_one
from pbudget.jobs.models import DutyRecord
from pbudget.jobs.registry import Duty
from pbudget.jobs.rules import Daily, retry_of_duty
from pbudget.kit.errors import PbudgetError

UNFORESEEN = "Something went wrong that pbudget did not foresee. Look in the worker's log for “duty {name}”."


def do_if_due(duty: Duty) -> bool:
    """Do the duty if its time has come and nobody else is at it; whether it says that there is more to do at once.

    The time is read again once the lock is held: whoever held it before may have done the duty.
    """
    if isinstance(duty.when, Daily) and _is_ahead(duty):
        return False
    with only_one(f"duty {duty.name}", duty.per_machine) as ours:
        if not ours or (isinstance(duty.when, Daily) and (_is_ahead(duty) or _was_planned(duty))):
            return False
        more, problem = _done(duty)
        _note(duty, problem)
        return more


def _is_ahead(duty: Duty) -> bool:
    """Whether a duty's moment is written down and has not come yet."""
    db.session.rollback()  # what another worker wrote since is to be seen
    record = db.session.get(DutyRecord, duty.name)
    return bool(record and record.next_run and record.next_run > database_now(db.session()))


def _was_planned(duty: Duty) -> bool:
    """Write the moment of a new duty down, which is never at once; False when it had one."""
    with transaction() as session:
        record = session.get(DutyRecord, duty.name) or DutyRecord(name=duty.name, problem="")
        if record.next_run is not None:
            return False
        record.next_run = duty.when.next_after(database_now(session))
        session.add(record)
        return True


def _done(duty: Duty) -> tuple[bool, str]:
    """Do it: whether there is more to do, and one line for the officers when it went badly. The log has the rest."""
    try:
        return bool(duty.run()), ""
    except PbudgetError as error:
        structlog.get_logger().warning(f"duty {duty.name}: not done", error=type(error).__name__)
        return False, str(error)
    except Exception as error:
        structlog.get_logger().error(f"duty {duty.name}: failed", error=type(error).__name__, exc_info=True)
        return False, UNFORESEEN.format(name=duty.name)


def _note(duty: Duty, problem: str) -> None:
    """Write down how it went. A duty done every few seconds is only written about when that changes."""
    db.session.rollback()
    earlier = db.session.get(DutyRecord, duty.name)
    daily = isinstance(duty.when, Daily)
    if not daily and (earlier.problem if earlier else "") == problem:
        return
    with transaction() as session:
        now = database_now(session)
        planned = duty.when.next_after(now)
        record = session.get(DutyRecord, duty.name) or DutyRecord(name=duty.name)
        record.problem = problem
        record.last_run = record.last_run if problem else now
        record.next_run = (retry_of_duty(planned, now) if problem else planned) if daily else None
        session.add(record)
