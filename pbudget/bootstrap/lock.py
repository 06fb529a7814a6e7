"""One set-up at a time in a checkout. The lock goes with the last process that holds it, however that one ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pbudget.bootstrap.places import Places
from pbudget.bootstrap.progress import Progress


@contextmanager
def one_set_up_at_a_time(places: Places, progress: Progress) -> Iterator[int]:
    """Hold the lock; yields its file descriptor, for children to inherit. Waits, and says so, while another has it."""
    handle = os.open(places.set_up / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(handle, progress)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, progress: Progress) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
        progress.say(f"Another set-up is running here (process {holder or 'unknown'}); this one goes on after it.")
        fcntl.flock(handle, fcntl.LOCK_EX)
