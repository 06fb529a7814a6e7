"""Tables of the jobs room: work to do, duties that keep to the clock, and the workers that were seen."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment

STATES = ("queued", "running", "done", "failed")


class Job(Base):
    """One piece of work. A running job has a holder and a lease; when the lease ends unkept, another takes it over."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("(state = 'running') = (holder IS NOT NULL)", name="running_jobs_are_held"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_jobs_have_a_lease"),
        CheckConstraint("progress >= 0 AND total >= 0 AND attempts >= 0", name="counts"),
        Index("ix_job_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids and options; never a name, an address or a code."""
    state: Mapped[str] = mapped_column(String(10), default="queued")
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    holder: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    not_before: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    """Starts since it last moved on."""
    created_at: Mapped[datetime] = mapped_column(Moment)


class DutyRecord(Base):
    """When a duty is next done, when it last was, and what kept it from being done; empty when nothing did."""

    __tablename__ = "duty"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_run: Mapped[datetime | None] = mapped_column(Moment)
    last_run: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(Text, default="")


class WorkerRecord(Base):
    """A worker process and when it last gave a sign of life."""

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    machine: Mapped[str] = mapped_column(String(120))
    seen_at: Mapped[datetime] = mapped_column(Moment)
