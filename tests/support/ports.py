"""Ports for servers that a test starts itself, when it cannot let the server choose.

A port that was free a moment ago can be gone when the server wants it: the machine hands the same ones out for every
connection that anybody makes, and another test's server stops for a while and comes back to its own. So these lie below
those that machines hand out by themselves (32768 and more), each worker of the run has a stretch of its own, and none
is given twice before all of the stretch was.
"""

import itertools
import os
import socket

LOWEST, STRETCH, WORKERS = 10_000, 1_500, 15


def _stretch() -> range:
    """This worker's own ports: xdist names its workers gw0, gw1 and so on."""
    number = int("".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", ""))) or WORKERS - 1) % WORKERS
    return range(LOWEST + number * STRETCH, LOWEST + (number + 1) * STRETCH)


# Two runs at once on a machine seldom begin at the same place.
_next = itertools.cycle([*_stretch()[os.getpid() % STRETCH :], *_stretch()[: os.getpid() % STRETCH]])


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now and that nobody else of this run is given."""
    for port in itertools.islice(_next, STRETCH):
        with socket.socket() as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                asked.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError(f"No port of {_stretch()} is free: something on this machine listens on all of them")
