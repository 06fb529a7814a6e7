"""Jobs and duties of the tests' own, an application that knows them, and real worker processes."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select

from pbudget.config import ROOT
from pbudget.db import db, transaction
from pbudget.jobs.actions import enqueue
from pbudget.jobs.progress import Progress
from pbudget.jobs.queries import JobView, job
from pbudget.jobs.registry import Duty, init_jobs
from pbudget.jobs.rules import Daily
from pbudget.jobs.worker import Worker
from pbudget.kit.errors import BadInput

marks = Table(
    "test_mark",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("what", String(40)),
    Column("step", Integer),
)

SLOW = "slow-duty"


@dataclass
class OffsetClock:
    """A clock that goes, but ahead: it lets leases end without waiting for them."""

    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def count_up(payload: Mapping[str, Any], progress: Progress) -> None:
    """Leaves one mark a step, each in the transaction that says so."""
    for step in range(progress.done, payload["steps"]):
        with progress.step(step + 1, payload["steps"]) as session:
            session.execute(insert(marks).values(what=payload.get("what", "count"), step=step))
        time.sleep(payload.get("pause", 0))


def refuse(payload: Mapping[str, Any], progress: Progress) -> None:
    raise BadInput("The file has no wards. Add them, then ask again.")


def stumble(payload: Mapping[str, Any], progress: Progress) -> None:
    raise ZeroDivisionError("a secret name")


def tick() -> None:
    """Leaves a mark; while there is a file SLOW in the instance, it only begins."""
    if (current_app.extensions["settings"].instance / SLOW).exists():
        with transaction() as session:
            session.execute(insert(marks).values(what="begun", step=0))
        time.sleep(600)
    with transaction() as session:
        session.execute(insert(marks).values(what="tick", step=0))


JOBS = {"count up": count_up, "refuse": refuse, "stumble": stumble}


def with_test_jobs(app: Flask) -> Flask:
    """The application with these jobs in the place of the real ones."""
    init_jobs(app, JOBS, (Duty("tick", Daily(6), tick),))
    return app


def ask_for(kind: str = "count up", **payload: object) -> int:
    with transaction() as session:
        return enqueue(session, kind, payload)


def seen(number: int) -> JobView:
    db.session.rollback()
    found = job(number)
    assert found
    return found


def number_of_marks(what: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(marks.c.what == what)) or 0


def work_now(app: Flask) -> None:
    """Everything that is due, in this process."""
    Worker(app).work_once()


def start_worker(app: Flask, *arguments: str) -> "subprocess.Popen[bytes]":
    """A worker process of its own, with these jobs, on the application's database."""
    settings = app.extensions["settings"]
    command = [sys.executable, "-m", "tests.jobs.worker_process", str(settings.instance), settings.database_url]
    return subprocess.Popen([*command, *arguments], cwd=ROOT, stdin=subprocess.PIPE)


def wait_until(holds: Callable[[], bool], seconds: float = 180.0) -> None:
    """Return when it holds, which takes a busy machine as long as it takes. Raises AssertionError after that."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.02)
