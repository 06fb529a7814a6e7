"""Asking for work to be done, signs of life, and clearing away what is over."""

import socket
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from pbudget.db import database_now
from pbudget.jobs.holding import keep
from pbudget.jobs.models import Job, WorkerRecord
from pbudget.jobs.registry import UnknownJobKind, handlers

KEPT = timedelta(days=30)
"""How long a finished job and a worker that is gone are remembered."""


def enqueue(session: Session, kind: str, payload: Mapping[str, Any], round_id: int | None = None) -> int:
    """Queue a job in the caller's transaction: it is there if and only if that commits. The job's id.

    The payload is plain JSON, ids and options: never a name, an address or a code.
    """
    if kind not in handlers():
        raise UnknownJobKind(f"No job is called {kind!r}. Add it to JOBS in app.py.")
    now = database_now(session)
    job = Job(kind=kind, payload=dict(payload), round_id=round_id, not_before=now, created_at=now)
    session.add(job)
    session.flush()
    return job.id


def give_sign_of_life(session: Session, worker: str, holders: Collection[str] = ()) -> None:
    """Say that this worker lives, and keep the jobs in these hands of its."""
    now = database_now(session)
    session.merge(WorkerRecord(id=worker, machine=socket.gethostname()[:120], seen_at=now))
    session.flush()
    keep(session, holders)


def clear_away_old_jobs(session: Session) -> None:
    """Forget jobs that ended and workers that were last seen more than 30 days ago."""
    long_ago = database_now(session) - KEPT
    session.execute(delete(Job).where(Job.state.in_(("done", "failed")), Job.created_at < long_ago))
    session.execute(delete(WorkerRecord).where(WorkerRecord.seen_at < long_ago))
