"""Counting tries for all processes of a machine, in an SQLite file of its own beside the database.

What is counted stands there under a keyed hash. The key is made afresh each day and the counts of the day before go
with it, so the file never says who tried what. Windows and their arithmetic are those of the `limits` library; only
the place where they are kept is ours.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from limits.storage import Storage

from pbudget.kit.clock import Clock

TABLES = """
CREATE TABLE IF NOT EXISTS count (name TEXT PRIMARY KEY, tries INTEGER NOT NULL, ends REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS count_ends ON count (ends);
CREATE TABLE IF NOT EXISTS daily (day TEXT PRIMARY KEY, key BLOB NOT NULL, hashes_a_second REAL);
"""


class SharedCounts(Storage):
    """The library's storage over one SQLite file that every process of the machine opens."""

    STORAGE_SCHEME = ["pbudget-shared"]  # noqa: RUF012 - the library's metaclass reads it

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__()
        self._path, self._clock, self._thread = path, clock, threading.local()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(TABLES)
        path.chmod(0o600)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library may turn into its own error."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more; the window of `expiry` seconds begins with the first. The count so far."""
        now = self._now()
        with self._open() as connection:
            connection.execute("DELETE FROM count WHERE ends <= ?", (now,))
            row = connection.execute(
                "INSERT INTO count VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET tries = tries + excluded.tries RETURNING tries",
                (key, amount, now + expiry),
            ).fetchone()
        return int(row[0])

    def get(self, key: str) -> int:
        """The count in the window under way, 0 where there is none."""
        return int(self._row(key)[0])

    def get_expiry(self, key: str) -> float:
        """When the window under way ends, in seconds since 1970; now, where there is none."""
        return self._row(key)[1]

    def check(self) -> bool:
        """Whether the file can be read."""
        self._row("")
        return True

    def reset(self) -> int | None:
        """Forget every count."""
        with self._open() as connection:
            return connection.execute("DELETE FROM count").rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._open() as connection:
            connection.execute("DELETE FROM count WHERE name = ?", (key,))

    def key_of_today(self) -> bytes:
        """The day's secret key; the first call of a day makes it and empties the file."""
        day = self._clock.now().date().isoformat()
        with self._open() as connection:
            found = connection.execute("SELECT key FROM daily WHERE day = ?", (day,)).fetchone()
            return bytes(found[0]) if found else self._begin_day(connection, day)

    def name_of(self, *words: str) -> str:
        """What somebody is counted under today: their words, hashed with the day's key."""
        return hmac.new(self.key_of_today(), " ".join(words).encode(), hashlib.sha256).hexdigest()

    def rate(self, measure: Callable[[], float]) -> float:
        """Hashes a second this machine manages, measured once a day and shared."""
        self.key_of_today()
        with self._open() as connection:
            (known,) = connection.execute("SELECT hashes_a_second FROM daily").fetchone()
            if known is None:
                known = measure()
                connection.execute("UPDATE daily SET hashes_a_second = ?", (known,))
        return float(known)

    def _begin_day(self, connection: sqlite3.Connection, day: str) -> bytes:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("SELECT 1 FROM daily WHERE day = ?", (day,)).fetchone() is None:
            connection.execute("DELETE FROM daily")
            connection.execute("DELETE FROM count")
            connection.execute("INSERT INTO daily (day, key) VALUES (?, ?)", (day, secrets.token_bytes(32)))
        return bytes(connection.execute("SELECT key FROM daily").fetchone()[0])

    def _row(self, key: str) -> tuple[int, float]:
        now = self._now()
        with self._open() as connection:
            row = connection.execute("SELECT tries, ends FROM count WHERE name = ? AND ends > ?", (key, now)).fetchone()
        return (int(row[0]), float(row[1])) if row else (0, now)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _open(self) -> sqlite3.Connection:
        """This thread's connection, made afresh in a process that was forked since."""
        kept: tuple[int, sqlite3.Connection] | None = getattr(self._thread, "kept", None)
        if kept is None or kept[0] != os.getpid():
            kept = (os.getpid(), sqlite3.connect(self._path, timeout=5))
            kept[1].execute("PRAGMA synchronous=OFF")  # a power cut may forget counts, never a ballot
            self._thread.kept = kept
        return kept[1]
