"""A PostgreSQL that syncs every commit to the disk, for what is claimed about kills and power cuts.

The shared server of the test run (tests/support/postgres.py) syncs nothing, so it cannot say how it survives.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.support.postgres import PostgresDidNotStart, programs

KEEPER = Path(__file__).with_name("durable_keeper.py")


class DurablePostgres:
    """One server of its own for the length of a `with` block, in a folder that its user can enter."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.gettempdir()) / f"pbudget-durable-{secrets.token_hex(8)}"
        self.folder.mkdir(mode=0o711)
        with (self.folder / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, str(KEEPER), str(self.folder), str(programs())],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self) -> "DurablePostgres":
        try:
            self.wait_until_up()
        except PostgresDidNotStart:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the keeper, and with it the server."""
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._keeper.wait(180)
        shutil.rmtree(self.folder, ignore_errors=True)  # the keeper did, unless it ended early

    def dsn(self, database: str = "postgres") -> str:
        """For psycopg."""
        return f"host={self.folder / 'data'} user=postgres dbname={database}"

    def make_database(self, name: str) -> str:
        """An SQLAlchemy address of an empty database."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def url(self, name: str) -> str:
        """An SQLAlchemy address."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder / 'data'}"

    def restart_at_once(self) -> None:
        """What `pg_ctl restart -m immediate` does: every session is cut off, nothing is written, recovery follows."""
        os.kill(self.postmaster(), signal.SIGQUIT)

    def kill(self) -> None:
        """`kill -9` of the server's first process: the others end by themselves."""
        os.kill(self.postmaster(), signal.SIGKILL)

    def postmaster(self) -> int:
        """The process id of the server that this keeper started."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def wait_until_another(self, before: int, seconds: float = 180) -> None:
        """Return when another first process than `before` takes connections."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            try:
                if self.postmaster() != before:
                    break
            except (FileNotFoundError, IndexError):
                pass
            time.sleep(0.02)
        self.wait_until_up(seconds)

    def wait_until_up(self, seconds: float = 180) -> None:
        """Return when it takes connections."""
        give_up = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.dsn()).close()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > give_up or self._keeper.poll() is not None:
                    said = (self.folder / "log").read_text()[-2000:]
                    raise PostgresDidNotStart(f"PostgreSQL did not start. Its log ends:\n{said}") from error
                time.sleep(0.05)


def programs_on_path() -> str:
    """PATH with the commands of the tests' PostgreSQL (pg_dump, pg_restore) before all others."""
    return f"{programs() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
