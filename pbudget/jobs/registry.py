"""Which jobs and duties there are: two tables in app.py, filled from the rooms' `tasks.py`.

    JOBS = {"voting codes": make_codes}
    DUTIES = (Duty("daily checkpoint", Daily(6), sign_checkpoints),)

A job's function takes the payload it was queued with and a Progress. It may be killed at any moment and started again,
so it does its work in steps that are each one short transaction, and begins by looking at what is there already.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from pbudget.jobs.progress import Progress
from pbudget.jobs.rules import Daily, Every, OnTheClock

Handler = Callable[[Mapping[str, Any], Progress], object]


class UnknownJobKind(RuntimeError):
    """A programming error: no function is registered for a kind of job. The person sees the 500 page."""


@dataclass(frozen=True)
class Duty:
    """Something the worker does by the clock. It is safe to do twice; no two workers do it at once.

    It is done in short steps and may return True to be called again at once, so that a worker can end between them.
    With `per_machine` every machine does it, for what is in the instance folder rather than in the database.
    """

    name: str
    when: Daily | Every | OnTheClock
    run: Callable[[], object]
    per_machine: bool = False

    def __post_init__(self) -> None:
        """Refuse what the record of a duty, one for all machines, could not tell apart."""
        if self.per_machine and isinstance(self.when, Daily):
            raise ValueError(f"The duty {self.name!r} of every machine needs Every(…): its time is kept by no table.")


def init_jobs(app: Flask, jobs: Mapping[str, Handler], duties: Sequence[Duty]) -> None:
    """Tell the application what there is to do."""
    app.extensions["jobs"] = dict(jobs)
    app.extensions["duties"] = tuple(duties)


def handlers() -> Mapping[str, Handler]:
    """The function of each kind of job."""
    registered: Mapping[str, Handler] = current_app.extensions["jobs"]
    return registered


def duties() -> tuple[Duty, ...]:
    """Every duty, in the order of the table in app.py."""
    registered: tuple[Duty, ...] = current_app.extensions["duties"]
    return registered
