"""The worker as a child of the server: started with it, started again when it falls over, ended with it.

Only this one child is ever signalled, by its own process id. It holds the reading end of a pipe whose writing end the
server holds: when the server is killed outright, the pipe closes and the worker ends by itself.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

COMMAND = (sys.executable, "-m", "pbudget.cli", "work", "--until-stdin-closes")
LONGEST_PAUSE_SECONDS = 60.0
LONGEST_END_SECONDS = 20.0


@contextmanager
def worker_beside() -> Iterator[None]:
    """Keep a worker running during the block, and end it afterwards."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep_running, args=(ending,), name="worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join(LONGEST_END_SECONDS + 5)


def _keep_running(ending: threading.Event) -> None:
    """Start the worker, and again whenever it ends: after a second, then two, four, … at most a minute."""
    pause = 1.0
    while not ending.is_set():
        with subprocess.Popen(COMMAND, stdin=subprocess.PIPE) as worker:  # noqa: S603 - our own command, no shell
            _wait_for_either(worker, ending)
            _end(worker)
        if not ending.is_set():
            structlog.get_logger().error("the worker ended; it is started again")
        ending.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _wait_for_either(worker: "subprocess.Popen[bytes]", ending: threading.Event) -> None:
    while worker.poll() is None and not ending.wait(0.5):
        pass


def _end(worker: "subprocess.Popen[bytes]") -> None:
    """Ask the worker to finish its step and end; after 20 seconds, end it: its jobs are carried on by the next."""
    if worker.poll() is None:
        worker.terminate()
    try:
        worker.wait(LONGEST_END_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
