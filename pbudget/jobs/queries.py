"""Reading jobs, duties and signs of life."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pbudget.db import database_now, db
from pbudget.jobs.models import DutyRecord, Job, WorkerRecord
from pbudget.jobs.rules import is_worker_missing, say_progress, say_worker_missing


@dataclass(frozen=True)
class JobView:
    """A job as pages show it."""

    id: int
    kind: str
    round_id: int | None
    state: str
    progress: int
    total: int
    message: str
    attempts: int

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ("done", "failed")

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        return say_progress(self.state, self.progress, self.total, self.message)


@dataclass(frozen=True)
class DutyView:
    """A duty as pages show it; moments in UTC."""

    name: str
    next_run: datetime | None
    last_run: datetime | None
    problem: str


def job(job_id: int) -> JobView | None:
    """One job, or None."""
    row = db.session.get(Job, job_id, populate_existing=True)
    return _job_view(row) if row else None


def jobs_of_round(round_id: int, limit: int = 20) -> list[JobView]:
    """A round's jobs, the latest first."""
    chosen = select(Job).where(Job.round_id == round_id).order_by(Job.id.desc()).limit(limit)
    return [_job_view(row) for row in db.session.scalars(chosen)]


def duty_records() -> list[DutyView]:
    """Every duty that has a record, by name; one that never failed and keeps no time of day has none."""
    rows = db.session.scalars(select(DutyRecord).order_by(DutyRecord.name))
    return [DutyView(row.name, row.next_run, row.last_run, row.problem) for row in rows]


def worker_last_seen() -> datetime | None:
    """When any worker last gave a sign of life, in UTC; None when none ever did."""
    return db.session.scalar(select(WorkerRecord.seen_at).order_by(WorkerRecord.seen_at.desc()).limit(1))


def is_work_being_done() -> bool:
    """Whether a worker was seen in the last two minutes; if not, e-mail, jobs and checkpoints wait."""
    return not is_worker_missing(worker_last_seen(), database_now(db.session()))


def trouble_of_duty(name: str) -> str:
    """What kept a duty from being done the last time; empty when nothing did."""
    return db.session.scalar(select(DutyRecord.problem).where(DutyRecord.name == name)) or ""


def troubles() -> list[str]:
    """What officers have to see to, a sentence each: no worker, or a duty that was not done. Empty when all is well."""
    seen = worker_last_seen()
    missing = is_worker_missing(seen, database_now(db.session()))
    words = [say_worker_missing(seen)] if missing else []
    return words + [f"{record.name.capitalize()}: {record.problem}" for record in duty_records() if record.problem]


def _job_view(row: Job) -> JobView:
    return JobView(**{name: getattr(row, name) for name in JobView.__dataclass_fields__})
