"""The worker: gives signs of life, does the duties and carries out the jobs, each in a thread of its own.

So a job of fourteen hours does not delay closing time, nor a slow mail server a job. What goes wrong in one round of a
thread is logged and the next round begins after a pause: a database that restarts is waited for.
"""

import secrets
import threading
from collections.abc import Callable

import structlog
from flask import Flask

from pbudget.db import transaction
from pbudget.jobs.actions import give_sign_of_life
from pbudget.jobs.duties import do_if_due
from pbudget.jobs.holding import Claimed, JobLost, claim, fail, finish, hand_back, try_later
from pbudget.jobs.progress import Progress, WorkerStopping
from pbudget.jobs.registry import Duty, duties, handlers
from pbudget.jobs.rules import BEAT_SECONDS, Daily
from pbudget.kit.errors import PbudgetError

LANES = 2
"""Jobs at a time, so that a short one need not wait for a long one."""
IDLE_SECONDS = 1.0
DAILY_LOOK_SECONDS = 10.0
AFTER_TROUBLE_SECONDS = 5.0

Round = Callable[[], bool]
"""One round of a thread: whether there was something to do, so that the next follows at once."""


class Worker:
    """One worker process. `stopping` is set to end it; the step under way is finished first."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.id = secrets.token_hex(16)
        self._holders: set[str] = set()
        self.stopping = threading.Event()

    def work(self) -> None:
        """Work until `stopping` is set."""
        threads = [
            threading.Thread(target=self._repeat, args=each, name=each[0], daemon=True) for each in self._rounds()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def work_once(self) -> None:
        """Do every duty that is due, then every job that waits, and end."""
        self._beat()
        beating = threading.Thread(target=self._repeat, args=("beat", self._beat, BEAT_SECONDS), daemon=True)
        beating.start()
        with self._app.app_context():
            for duty in duties():
                do_if_due(duty)
        while not self.stopping.is_set() and self._do_a_job():
            pass
        self.stopping.set()
        beating.join()

    def _rounds(self) -> list[tuple[str, Round, float]]:
        """Name, what is done, and the seconds of rest after a round in which there was nothing to do."""
        with self._app.app_context():
            kept = duties()
        lanes = [(f"lane {lane}", self._do_a_job, IDLE_SECONDS) for lane in range(LANES)]
        return [("beat", self._beat, BEAT_SECONDS), *lanes, *(self._round_of(duty) for duty in kept)]

    def _round_of(self, duty: Duty) -> tuple[str, Round, float]:
        def look() -> bool:
            with self._app.app_context():
                return do_if_due(duty)

        return duty.name, look, DAILY_LOOK_SECONDS if isinstance(duty.when, Daily) else duty.when.seconds

    def _repeat(self, name: str, round_: Round, rest: float) -> None:
        while not self.stopping.is_set():
            try:
                busy, pause = round_(), rest
            except Exception as error:
                structlog.get_logger().error(f"worker: {name} goes on after a pause", error=type(error).__name__)
                busy, pause = False, AFTER_TROUBLE_SECONDS
            if not busy:
                self.stopping.wait(pause)

    def _beat(self) -> bool:
        with self._app.app_context(), transaction() as session:
            give_sign_of_life(session, self.id, frozenset(self._holders))
        return False

    def _do_a_job(self) -> bool:
        holder = secrets.token_hex(16)
        with self._app.app_context():
            with transaction() as session:
                job = claim(session, holder, handlers().keys())
            if job is None:
                return False
            self._holders.add(holder)
            try:
                self._carry_out(job, holder)
            finally:
                self._holders.discard(holder)
            return True

    def _carry_out(self, job: Claimed, holder: str) -> None:
        """Run a job's function and write down how it ended, unless another worker has the job by now."""
        log = structlog.get_logger()
        log.info(f"job {job.id} ({job.kind}) starts", job=job.id)
        try:
            self._end(job, holder, self._outcome(job, holder))
        except JobLost:
            log.warning(f"job {job.id} was taken over by another worker", job=job.id)

    def _outcome(self, job: Claimed, holder: str) -> Exception | None:
        """Run a job's function: None when it is done, else what ended it."""
        progress = Progress(job.id, holder, job.progress, job.total, self.stopping)
        try:
            handlers()[job.kind](job.payload, progress)
        except JobLost:
            raise
        except Exception as error:
            return error
        return None

    def _end(self, job: Claimed, holder: str, error: Exception | None) -> None:
        log = structlog.get_logger()
        with transaction() as session:
            if error is None:
                finish(session, job.id, holder)
            elif isinstance(error, WorkerStopping):
                hand_back(session, job, holder)
            elif isinstance(error, PbudgetError):
                fail(session, job.id, holder, str(error))
            else:
                log.error(f"job {job.id} failed", job=job.id, error=type(error).__name__, exc_info=error)
                try_later(session, job, holder)
