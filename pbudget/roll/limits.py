"""Wrong codes of all processes of a machine: counted by network and selector together, and by network alone."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter

from pbudget.kit.clock import Clock, SystemClock
from pbudget.roll import hashing
from pbudget.roll.rules import limits as rules
from pbudget.roll.rules.limits import Limit
from pbudget.web.counts import SharedCounts

PATIENCE_SECONDS = 3.0
STEP_SECONDS = 0.01


class MachineBusy(RuntimeError):
    """More codes are being checked than this machine can hash; the caller turns it into `TooManyTries`."""


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
        breaker = RateLimitItemPerSecond(
            rules.breaker_rate(self._rate.rate(lambda: hashing.hashes_a_second(self._cost)))
        )
        while not self._breaker.hit(breaker, "breaker"):
            _wait(deadline)
        with self._free_place(deadline):
            yield

    def _network_limit(self) -> Limit:
        calm = self._limiter.test(_item(rules.EVERYWHERE), "everywhere")
        return rules.PER_NETWORK if calm else rules.PER_NETWORK_UNDER_ATTACK

    def _names(self, network: str, selector: str) -> tuple[str, str]:
        """What network and selector together, and the network, are counted under."""
        return self._counts.name_of(network, selector), self._counts.name_of(network)

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
