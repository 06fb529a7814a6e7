"""What a person sees while set-up runs: each step by name, what it does, how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Numbers and times the steps of one start; lines go out at once, to a terminal or to a log."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.number = 0

    def say(self, line: str) -> None:
        """One line, flushed: a person or a log shipper is waiting for it."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def skipped(self, name: str, why: str = "already done") -> None:
        """Account for a step that has nothing to do."""
        self.number += 1
        self.say(f"{self._label(name)} {why}")

    @contextmanager
    def step(self, name: str, what: str) -> Iterator[None]:
        """Announce a step, let it run, say how long it took. A step that raises says nothing more: the error will."""
        self.number += 1
        self.say(f"{self._label(name)} {what}")
        started = time.monotonic()
        yield
        self.say(f"{' ' * len(self._label(name))} done in {seconds(time.monotonic() - started)}")

    def still_working(self, elapsed: float, last_line: str) -> None:
        """A sign of life during a long step, with the last thing its tool said."""
        self.say(f"      still working, {seconds(elapsed)}{': ' + last_line if last_line else ''}")

    def _label(self, name: str) -> str:
        return f"[{self.number}/{self.steps}] {name + ':':<20}"


def seconds(elapsed: float) -> str:
    """0.31 becomes `0.3 s`, 75 becomes `1 min 15 s`."""
    if elapsed < 60:
        return f"{elapsed:.1f} s"
    return f"{int(elapsed) // 60} min {int(elapsed) % 60} s"
