"""One worker at a time: a lock that goes when its process does, however it ends.

On PostgreSQL an advisory lock of a connection of its own, for all machines; on SQLite, and for what is each machine's
own business, a file lock in the instance folder.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import text

from pbudget.config import Settings
from pbudget.db import db


@contextmanager
def only_one(name: str, per_machine: bool = False) -> Iterator[bool]:
    """Try to be the only one who does `name`; the block learns at once whether it is."""
    on_postgresql = db.engine.dialect.name == "postgresql"
    with _advisory_lock(name) if on_postgresql and not per_machine else _file_lock(name) as ours:
        yield ours


@contextmanager
def _advisory_lock(name: str) -> Iterator[bool]:
    number = {"number": int.from_bytes(hashlib.sha256(f"pbudget {name}".encode()).digest()[:8], signed=True)}
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), number))
        try:
            yield ours
        finally:
            if ours:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), number)


@contextmanager
def _file_lock(name: str) -> Iterator[bool]:
    settings: Settings = current_app.extensions["settings"]
    folder = settings.instance / "locks"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / hashlib.sha256(name.encode()).hexdigest()[:16]).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
