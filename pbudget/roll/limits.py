"""Counting wrong codes for all processes of a machine, in an SQLite file of its own beside the database.

What is counted stands there under a keyed hash of network and selector. The key is made afresh each day and the
counts of the day before go with it, so the file never says which network tried which letter. Windows and their
arithmetic are those of the `limits` library; only the place where they are kept is ours.
"""

import fcntl
import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from pbudget.kit.clock import Clock, SystemClock
from pbudget.roll import hashing
from pbudget.roll.rules import limits as rules
from pbudget.roll.rules.limits import Limit

PATIENCE_SECONDS = 3.0
STEP_SECONDS = 0.01
TABLES = """
CREATE TABLE IF NOT EXISTS count (name TEXT PRIMARY KEY, tries INTEGER NOT NULL, ends REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS count_ends ON count (ends);
CREATE TABLE IF NOT EXISTS daily (day TEXT PRIMARY KEY, key BLOB NOT NULL, hashes_a_second REAL);
"""


class MachineBusy(RuntimeError):
    """More codes are being checked than this machine can hash; the caller turns it into `TooManyTries`."""


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

    def rate(self, cost: hashing.ScryptCost) -> float:
        """Hashes a second this machine manages, measured once a day and shared."""
        self.key_of_today()
        with self._open() as connection:
            (known,) = connection.execute("SELECT hashes_a_second FROM daily").fetchone()
            if known is None:
                known = hashing.hashes_a_second(cost)
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


class TryLimits:
    """Who may have a code checked now, for one installation on one machine."""

    def __init__(self, folder: Path, clock: Clock, cost: hashing.ScryptCost) -> None:
        self._folder, self._clock, self._cost = folder, clock, cost
        self._counts = SharedCounts(folder / "counts.sqlite", clock)
        self._limiter = FixedWindowRateLimiter(self._counts)
        self._rate = SharedCounts(folder / "rate.sqlite", SystemClock())  # hashing takes real seconds
        self._breaker = FixedWindowRateLimiter(self._rate)

    def wait_until(self, network: str, selector: str) -> datetime | None:
        """None if a code may be tried; else when it may be. Networks without failures may always try."""
        who = self._names(network, selector)
        limits = [(_item(rules.PER_NETWORK_AND_SELECTOR), who[0]), (_item(self._network_limit()), who[1])]
        ends = [self._limiter.get_window_stats(*limit).reset_time for limit in limits if not self._limiter.test(*limit)]
        return datetime.fromtimestamp(max(ends), UTC) if ends else None

    def note_failure(self, network: str, selector: str) -> None:
        """Count a wrong code."""
        both, alone = self._names(network, selector)
        self._limiter.hit(_item(rules.PER_NETWORK_AND_SELECTOR), both)
        for limit in (rules.PER_NETWORK, rules.PER_NETWORK_UNDER_ATTACK):
            self._limiter.hit(_item(limit), alone)
        self._limiter.hit(_item(rules.EVERYWHERE), "everywhere")

    @contextmanager
    def place_to_hash(self) -> Iterator[None]:
        """Hold one of as many places as there are cores, at 0.8 of the rate they manage. Raises MachineBusy."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        breaker = RateLimitItemPerSecond(rules.breaker_rate(self._rate.rate(self._cost)))
        while not self._breaker.hit(breaker, "breaker"):
            _wait(deadline)
        with self._free_place(deadline):
            yield

    def _network_limit(self) -> Limit:
        calm = self._limiter.test(_item(rules.EVERYWHERE), "everywhere")
        return rules.PER_NETWORK if calm else rules.PER_NETWORK_UNDER_ATTACK

    def _names(self, network: str, selector: str) -> tuple[str, str]:
        """What network and selector together, and the network, are counted under."""
        key = self._counts.key_of_today()
        together = hmac.new(key, f"{network} {selector}".encode(), hashlib.sha256).hexdigest()
        return together, hmac.new(key, network.encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def _free_place(self, deadline: float) -> Iterator[None]:
        """A file lock held by one hash at a time, for each core; file locks work among threads and processes alike."""
        while True:
            for place in range(hashing.cores()):
                with (self._folder / f"place-{place}.lock").open("w") as file:
                    if _locked(file):
                        yield
                        return
            _wait(deadline)


def _item(limit: Limit) -> RateLimitItem:
    return RateLimitItemPerSecond(limit.tries, limit.seconds)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise MachineBusy
    time.sleep(STEP_SECONDS)
