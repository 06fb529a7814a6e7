"""Taking a job, keeping it, saying how far it is, ending it. All inside the caller's transaction.

Every change of a running job names its holder: one that was taken over by another worker is not touched.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.orm import Session

from pbudget.db import database_now
from pbudget.jobs.models import Job
from pbudget.jobs.rules import LEASE, MOST_ATTEMPTS, pause_after

GIVEN_UP = (
    f"This was started {MOST_ATTEMPTS} times and never got further. Look in the worker's log for the words "
    "“job {id}”, mend the cause, then ask for it again."
)


class JobLost(Exception):
    """Another worker has taken the job over: whoever held it stops at once and writes nothing more."""


class Claimed(NamedTuple):
    """A job in this worker's hands, as its last start left it."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    progress: int
    total: int
    attempts: int


def claim(session: Session, holder: str, kinds: Collection[str]) -> Claimed | None:
    """Take the oldest job that waits or whose worker has gone; None when there is none."""
    now = database_now(session)
    waiting = select(Job).where(Job.kind.in_(kinds), _may_be_taken(now)).order_by(Job.id).limit(1)
    while job := session.scalars(waiting.with_for_update(skip_locked=True)).first():
        if job.attempts < MOST_ATTEMPTS:
            job.state, job.holder, job.lease_until, job.attempts = "running", holder, now + LEASE, job.attempts + 1
            return Claimed(job.id, job.kind, job.payload, job.progress, job.total, job.attempts)
        job.state, job.message, job.holder, job.lease_until = "failed", GIVEN_UP.format(id=job.id), None, None
        session.flush()
    return None


def _may_be_taken(now: datetime) -> ColumnElement[bool]:
    queued = and_(Job.state == "queued", Job.not_before <= now)
    return or_(queued, and_(Job.state == "running", Job.lease_until < now))


def keep(session: Session, holders: Collection[str]) -> None:
    """Prolong the lease of every job in these hands."""
    held = update(Job).where(Job.state == "running", Job.holder.in_(holders))
    session.execute(held.values(lease_until=database_now(session) + LEASE))


def note_progress(session: Session, job_id: int, holder: str, done: int, total: int, message: str = "") -> None:
    """Write how far a job is; one that has moved on has all its attempts again. Raises JobLost."""
    attempts = case((Job.progress < done, 1), else_=Job.attempts)
    lease = database_now(session) + LEASE
    _change(session, job_id, holder, progress=done, total=total, message=message, attempts=attempts, lease_until=lease)


def finish(session: Session, job_id: int, holder: str) -> None:
    """The work is done. Raises JobLost."""
    _change(session, job_id, holder, state="done", message="", holder=None, lease_until=None)


def fail(session: Session, job_id: int, holder: str, message: str) -> None:
    """The work cannot be done; the message is what the person reads. Raises JobLost."""
    _change(session, job_id, holder, state="failed", message=message, holder=None, lease_until=None)


def try_later(session: Session, job: Claimed, holder: str) -> None:
    """Something unforeseen went wrong: back to the queue after a pause, or given up. Raises JobLost."""
    if job.attempts >= MOST_ATTEMPTS:
        return fail(session, job.id, holder, GIVEN_UP.format(id=job.id))
    later = database_now(session) + pause_after(job.attempts)
    return _change(session, job.id, holder, state="queued", holder=None, lease_until=None, not_before=later)


def hand_back(session: Session, job: Claimed, holder: str) -> None:
    """The worker ends: back to the queue at once, and this start does not count. Raises JobLost."""
    attempts = case((Job.attempts > 0, Job.attempts - 1), else_=0)
    _change(session, job.id, holder, state="queued", holder=None, lease_until=None, attempts=attempts)


def _change(session: Session, job_id: int, ours: str, **values: Any) -> None:
    held = update(Job).where(Job.id == job_id, Job.holder == ours, Job.state == "running")
    changed = session.execute(held.values(**values))
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts its rows
        raise JobLost(f"Job {job_id} is no longer held by this worker.")
