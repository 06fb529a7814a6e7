"""Counting failed sign-ins for all processes of a machine, in an SQLite file of its own beside the database.

What is counted stands under a keyed hash of network and account. The key is new each day and goes with its counts, so
the file says neither who nor from where. Windows are those of the `limits` library; where they are kept is ours.
"""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from pbudget.accounts.rules import limits as rules
from pbudget.accounts.rules.limits import Limit
from pbudget.kit.clock import Clock

TABLES = """
CREATE TABLE IF NOT EXISTS count (name TEXT PRIMARY KEY, failures INTEGER NOT NULL, ends REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS daily (day TEXT PRIMARY KEY, key BLOB NOT NULL);
"""


class SharedCounts(Storage):
    """The library's storage over one SQLite file that every process of the machine opens."""

    STORAGE_SCHEME = ["pbudget-sign-ins"]  # noqa: RUF012 - the library's metaclass reads it

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__()
        self._path, self._clock = path, clock
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
        with self._open() as connection, connection:
            connection.execute("DELETE FROM count WHERE ends <= ?", (self._now(),))
            row = connection.execute(
                "INSERT INTO count VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET failures = failures + excluded.failures RETURNING failures",
                (key, amount, self._now() + expiry),
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
        with self._open() as connection, connection:
            return connection.execute("DELETE FROM count").rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._open() as connection, connection:
            connection.execute("DELETE FROM count WHERE name = ?", (key,))

    def key_of_today(self) -> bytes:
        """The day's secret key; the first call of a day makes it and empties the file."""
        day = self._clock.now().date().isoformat()
        with self._open() as connection:
            found = connection.execute("SELECT key FROM daily WHERE day = ?", (day,)).fetchone()
            return bytes(found[0]) if found else self._begin_day(connection, day)

    def _begin_day(self, connection: sqlite3.Connection, day: str) -> bytes:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("SELECT 1 FROM daily WHERE day = ?", (day,)).fetchone() is None:
                connection.execute("DELETE FROM daily")
                connection.execute("DELETE FROM count")
                connection.execute("INSERT INTO daily VALUES (?, ?)", (day, secrets.token_bytes(32)))
        return bytes(connection.execute("SELECT key FROM daily").fetchone()[0])

    def _row(self, key: str) -> tuple[int, float]:
        now = self._now()
        with self._open() as connection:
            found = connection.execute("SELECT failures, ends FROM count WHERE name = ? AND ends > ?", (key, now))
            row = found.fetchone()
        return (int(row[0]), float(row[1])) if row else (0, now)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=5)) as connection:
            connection.execute("PRAGMA synchronous=OFF")  # a power cut may forget counts, nothing else
            yield connection


class SignInLimits:
    """Who may try to sign in now, for one installation on one machine."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._counts = SharedCounts(folder / "sign-ins.sqlite", clock)
        self._limiter = FixedWindowRateLimiter(self._counts)

    def wait_until(self, network: str, account: str) -> datetime | None:
        """None if this network may try this account now; else when it may (UTC)."""
        together, alone = self._names(network, account)
        calm = self._limiter.test(_item(rules.EVERYWHERE), "everywhere")
        limits = [
            (_item(rules.TOGETHER if calm else rules.TOGETHER_UNDER_ATTACK), together),
            (_item(rules.NETWORK if calm else rules.NETWORK_UNDER_ATTACK), alone),
        ]
        ends = [self._limiter.get_window_stats(*limit).reset_time for limit in limits if not self._limiter.test(*limit)]
        return datetime.fromtimestamp(max(ends), UTC) if ends else None

    def note_failure(self, network: str, account: str) -> None:
        """Count a failed sign-in."""
        together, alone = self._names(network, account)
        for limit in (rules.TOGETHER, rules.TOGETHER_UNDER_ATTACK):
            self._limiter.hit(_item(limit), together)
        for limit in (rules.NETWORK, rules.NETWORK_UNDER_ATTACK):
            self._limiter.hit(_item(limit), alone)
        self._limiter.hit(_item(rules.EVERYWHERE), "everywhere")

    def note_success(self, network: str, account: str) -> None:
        """Forget the failures of one network on one account: the right person mistyped."""
        together, _ = self._names(network, account)
        for limit in (rules.TOGETHER, rules.TOGETHER_UNDER_ATTACK):
            self._limiter.clear(_item(limit), together)

    def _names(self, network: str, account: str) -> tuple[str, str]:
        key = self._counts.key_of_today()
        together = hmac.new(key, f"{network} {account.strip().lower()}".encode(), hashlib.sha256).hexdigest()
        return together, hmac.new(key, network.encode(), hashlib.sha256).hexdigest()


def _item(limit: Limit) -> RateLimitItem:
    return RateLimitItemPerSecond(limit.failures, limit.seconds)
