"""Giving other threads of the worker their turn during long work on many small things.

Python gives a waiting thread its turn after 5 ms, unless the running one lets go and takes hold again before: reading a
file in small pieces does that all the time, and whoever waits is passed over each time. Found with a roll of a million
rows: the thread that gives the sign of life held the write gate and was passed over for 1 to 9 s, and voters in the
web server's processes waited behind it.
"""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

ROWS_A_TURN = 200
REST_SECONDS = 0.0002
"""Long enough for a waiting thread to take its turn. For a million rows all rests together take 1 to 2 s."""


def taking_turns(rows: Iterable[Item]) -> Iterator[Item]:
    """The same rows, with a rest every few hundred of them. Not inside a transaction: the rest would prolong it."""
    for number, row in enumerate(rows):
        if number % ROWS_A_TURN == 0:
            time.sleep(REST_SECONDS)
        yield row
