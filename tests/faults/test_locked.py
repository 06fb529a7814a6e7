"""Somebody else holds the database: a short wait is not noticed, a long one is said, and nothing is lost or doubled."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import psycopg

from tests.faults.ground import Ground
from tests.faults.oracle import examine
from tests.faults.shipped import ShippedServer
from tests.faults.voters import NOT_RECORDED, Browser, Notes, note_trackers, ready_to_cast
from tests.support.ports import free_port

VOTERS = 6
SHORT = 2.0
"""Seconds of waiting that succeed."""
LONGEST_ANSWER = {"sqlite": 7.0, "postgresql": 12.0}
"""The longest that anybody is kept before they are told: 5 seconds and some air. PostgreSQL counts them twice for those
in a queue: first for the place behind the one who waits already, then for the lock.
"""
PATIENCE = 28.0
"""Seconds more in the ordinary run, whose machine may be busy with anything; the long run keeps to the promise."""


@contextmanager
def database_held(ground: Ground) -> Iterator[None]:
    """Another program writes, and takes its time."""
    if "DATABASE_URL" in ground.environ:
        with psycopg.connect(ground.environ["DATABASE_URL"]) as connection:
            connection.execute("SELECT * FROM ledger_head FOR UPDATE")
            yield
            connection.rollback()
        return
    connection = sqlite3.connect(ground.database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def test_a_held_database_delays_a_vote_or_refuses_it_in_words_and_the_same_form_works_later(ground, pytestconfig):
    longest = LONGEST_ANSWER[ground.engine] + (0 if pytestconfig.getoption("--full") else PATIENCE)
    notes = Notes(ground.instance / "voters.jsonl")
    with (
        ShippedServer("gunicorn", ground.environ, free_port(), ground.instance / "log") as server,
        ExitStack() as open_,
    ):
        browsers = [open_.enter_context(closing(Browser(server.port, notes))) for _ in range(VOTERS)]
        with ThreadPoolExecutor(VOTERS) as crowd:
            forms = list(crowd.map(lambda number: ready_to_cast(browsers[number], ground, number), range(VOTERS)))

            def press(number: int) -> tuple[int, float, str]:
                browsers[number].close()  # a line that was idle may have been cut by the server
                started = time.monotonic()
                answer = browsers[number].send("POST", f"{ground.path}/check", forms[number])
                assert answer is not None, "the server hung up"
                return answer.status, time.monotonic() - started, answer.text

            with database_held(ground):
                refused = list(crowd.map(press, range(VOTERS)))
                looked = browsers[0].get(f"{ground.path}/check").status
            delayed = while_held(ground, SHORT, lambda: list(crowd.map(press, range(VOTERS))))
        assert [status for status, _, _ in refused] == [503] * VOTERS
        assert all(NOT_RECORDED in text for _, _, text in refused)
        assert max(seconds for _, seconds, _ in refused) < longest, "somebody was kept waiting without a word"
        assert looked == 200, "reading must go on while nobody can write"
        assert [status for status, _, _ in delayed] == [303] * VOTERS, "the same form must work once the wait is short"
        note_trackers(browsers, ground, forms, notes)
    assert examine(ground, notes).problems == []


def while_held(ground: Ground, seconds: float, press) -> list:
    """Press while the database is held, and let it go after these seconds."""
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with database_held(ground):
            held.set()
            enough.wait(seconds)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    try:
        return press()
    finally:
        enough.set()
        holder.join()
