"""The ground of a fault test: an installation of its own with an open round, and letters at their full cost."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask import Flask

from app import create_app
from pbudget import schema
from pbudget.ballots.queries import key_ids_of
from pbudget.config import read_settings
from pbudget.db import db
from pbudget.keys.actions import load_key
from pbudget.keys.rules import slot_of
from pbudget.roll.hashing import ScryptCost
from tests.browser.site import environ_of
from tests.support.open_round import moments_around, open_round

SLUG = "fault-trial"


@dataclass(frozen=True)
class Ground:
    """Where a test happens; `slots` are those of the letters, in the same order as their codes."""

    instance: Path
    environ: dict[str, str]
    round_id: int
    codes: tuple[str, ...]
    slots: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where one votes."""
        return f"/rounds/{SLUG}/vote"

    @property
    def engine(self) -> str:
        """On what it stands."""
        return "postgresql" if "DATABASE_URL" in self.environ else "sqlite"

    @property
    def database(self) -> Path:
        """The file of an SQLite database."""
        return self.instance / "pbudget.sqlite"

    @contextmanager
    def looked_at(self) -> Iterator[Flask]:
        """The application on this installation, in this process, for looking only; nothing of it stays open."""
        with create_app(read_settings(self.environ)).app_context() as context:
            try:
                yield context.app
            finally:
                db.session.remove()
                db.engine.dispose()


@cache
def migrated_database() -> Path:
    """An empty SQLite database with the schema, made once a process and copied for each installation."""
    folder = Path(tempfile.mkdtemp(prefix="pbudget-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with create_app(read_settings({"PBUDGET_INSTANCE": str(folder)})).app_context():
        schema.upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder / "pbudget.sqlite"


def prepare(instance: Path, database_url: str = "", letters: int = 24, log_level: str = "info") -> Ground:
    """The schema, an open round and this many letters, by the machine's own clock."""
    environ = {**environ_of(instance), "PBUDGET_LOG_LEVEL": log_level}
    if database_url:
        environ["DATABASE_URL"] = database_url.replace("+psycopg", "")
    if not database_url:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(migrated_database(), instance / "pbudget.sqlite")
    with create_app(read_settings(environ)).app_context() as context:
        if database_url:
            schema.upgrade()
        times = moments_around(datetime.now(UTC))
        vote = open_round(context.app, SLUG, now=None, letters=letters, cost=ScryptCost(), **times)
        ids = key_ids_of(vote.id)
        assert ids is not None
        key = load_key(instance / "keys", SLUG, "round", ids)
        slots = tuple(slot_of(key, f"roll:{entry}") for entry in vote.entries)
        db.session.remove()
        db.engine.dispose()
    return Ground(instance, environ, vote.id, tuple(vote.codes), slots)
