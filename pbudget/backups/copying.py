"""Copying a database whole while others write: SQLite by VACUUM INTO, PostgreSQL by pg_dump at one snapshot."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.engine import URL

from pbudget.db import db
from pbudget.kit.errors import BadInput

IN_ENVIRONMENT = {"host": "PGHOST", "port": "PGPORT", "username": "PGUSER", "password": "PGPASSWORD"}
QUERY = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}

HEADS = "SELECT name, seq, head FROM ledger_head"
Heads = dict[str, tuple[int, str]]
"""Entries and head of each ledger, by the name of its round."""


class CopyFailed(BadInput):
    """The copy could not be made or put back; the message says why and what to do. What was there is as it was."""


class DatabaseInUse(BadInput):
    """Something still uses the database: the message says to stop the services first."""


def file_of(engine: str) -> str:
    """What the copy is called."""
    return "database.sqlite" if engine == "sqlite" else "database.dump"


@contextmanager
def snapshot() -> Iterator[tuple[str, Heads]]:
    """A moment of a PostgreSQL database for pg_dump to copy, by its name, and the ledgers' heads at that moment."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        name = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        yield name, {row.name: (row.seq, row.head) for row in connection.execute(text(HEADS))}


def copy_sqlite(database: Path, into: Path) -> None:
    """A whole copy without free pages, so that nothing deleted is in it; on the disk when this returns."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as source:
            source.execute("VACUUM INTO ?", (str(into),))
    except sqlite3.Error as error:
        raise CopyFailed(f"The copy could not be made: {error}. Make room in {into.parent}, then try again.") from error
    into.chmod(0o600)
    sync(into)


def heads_in(copy: Path) -> Heads:
    """Entries and head of every ledger in an SQLite copy, which is only read."""
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return {name: (seq, head) for name, seq, head in connection.execute(HEADS)}


def dump_postgresql(url: str, moment: str, into: Path) -> None:
    """A dump of that moment; on the disk when this returns."""
    into.touch(0o600)
    run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={into}"], url)
    sync(into)


def load_postgresql(url: str, dump: Path) -> None:
    """Put a dump into an empty database, all of it or nothing."""
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    run(["pg_restore", *options, f"--dbname={make_url(url).database}", str(dump)], url)


def run(command: list[str], url: str) -> None:
    """Run a tool of PostgreSQL; the password goes by the environment, where other users do not see it."""
    tool = shutil.which(command[0])
    if tool is None:
        raise CopyFailed(f"{command[0]} is not installed. Install PostgreSQL's client programs (postgresql-client).")
    environ = {**os.environ, **connection_environment(make_url(url))}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tool, no shell
        [tool, *command[1:]], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise CopyFailed(f"{command[0]} failed: {said}. Its version must not be older than the server's.")


def connection_environment(url: URL) -> Mapping[str, str]:
    """An address as libpq's variables."""
    parts = {name: getattr(url, part) for part, name in IN_ENVIRONMENT.items()} | {"PGDATABASE": url.database}
    parts |= {QUERY[name]: value for name, value in url.query.items() if name in QUERY}
    return {name: str(value) for name, value in parts.items() if value is not None}


def refuse_sqlite_in_use(database: Path) -> None:
    """Raise DatabaseInUse while any other process has the file open, reading or writing."""
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        raise DatabaseInUse(f"{database} is in use. Stop pbudget and its worker first; nothing was changed.") from error


def digest_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file, and its name in its folder, on the disk."""
    for each, mode in ((path, os.O_RDWR), (path.parent, os.O_RDONLY)):
        handle = os.open(each, mode)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
