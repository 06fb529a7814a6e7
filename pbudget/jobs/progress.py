"""What a job's function is given: where it got to, how to say so, and when to stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from sqlalchemy.orm import Session

from pbudget.db import db, transaction
from pbudget.jobs.holding import note_progress


class WorkerStopping(Exception):
    """The worker was asked to end: the job goes back to the queue and is carried on by the next worker."""


class Progress:
    """How far a job is. `done` and `total` are as the last start left them, 0 at first.

        with progress.step(done=200, total=1000) as session:
            session.execute(…)

    The step counts if and only if the job is still this worker's: after a pause in which another took it over, the
    block is rolled back and JobLost ends the function.
    """

    def __init__(self, job_id: int, holder: str, done: int, total: int, stopping: Event) -> None:
        self.job_id, self._holder, self._stopping = job_id, holder, stopping
        self.done, self.total = done, total

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far the work is; inside a transaction, as part of it."""
        with self.step(done, total, message):
            pass

    @contextmanager
    def step(self, done: int, total: int | None = None, message: str = "") -> Iterator[Session]:
        """One transaction that does a part of the work and says so."""
        with transaction() as session:
            yield session
            total = self.total if total is None else total
            note_progress(session, self.job_id, self._holder, done, total, message)
        self.done, self.total = done, total
        if self._stopping.is_set() and not db.session().info.get("writing"):
            raise WorkerStopping
