"""Measures casting: the last step of the journey against a bare Flask page that inserts one ballot, as a ratio.

    .venv/bin/python -m bench.casting                   # 1,000 ballots in turns, 8 writers, SQLite
    .venv/bin/python -m bench.casting --ballots 10000
    .venv/bin/python -m bench.casting --database postgresql://…    # an empty database of its own

Both run behind the same server (waitress, 8 threads) in processes of their own, one after the other in the same run,
on the same kind of database with the same durability. Targets: at least 0.4 of the bare rate, 95 of 100 answers within
100 ms with 8 writers, and every answer a recorded vote. The exit status is 1 when one is missed.
"""

import argparse
import http.client
import multiprocessing
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

WRITERS = 8
TURNS = 4
TARGET_RATIO, TARGET_P95 = 0.4, 0.100
BARE_TABLE = "CREATE TABLE IF NOT EXISTS ballot (id INTEGER PRIMARY KEY, payload TEXT NOT NULL)"


class Request(NamedTuple):
    """One POST that casts: where, what it says, and the cookie it comes with."""

    path: str
    body: str
    cookie: str


class Measured(NamedTuple):
    """What one turn took: ballots a second, and the seconds of every answer."""

    rate: float
    seconds: list[float]


def bare_app(database: str) -> Flask:
    """The least that inserts a ballot durably: one page, one connection a request, one insert."""
    app = Flask("bare")

    @app.post("/cast")
    def cast() -> str:
        insert = insert_postgresql if database.startswith("postgresql") else insert_sqlite
        insert(database, "x" * 400)
        return "Your vote is recorded"

    return app


def insert_sqlite(path: str, payload: str) -> None:
    """One durable insert."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO ballot (payload) VALUES (?)", (payload,))
    connection.execute("COMMIT")
    connection.close()


def insert_postgresql(url: str, payload: str) -> None:
    """One durable insert."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO ballot (payload) VALUES (%s)", (payload,))


def prepare_bare(database: str) -> None:
    """Make the bare table."""
    if database.startswith("postgresql"):
        import psycopg

        with psycopg.connect(database) as connection:
            connection.execute(BARE_TABLE.replace("INTEGER PRIMARY KEY", "SERIAL PRIMARY KEY"))
        return
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute(BARE_TABLE)


def pbudget_app() -> Flask:
    """The application as it is served, with the settings in the environment."""
    from app import create_app

    return create_app()


def prepare_drafts(count: int) -> list[Request]:
    """An open round with this many ballots on "Check your vote"."""
    from pbudget import schema
    from pbudget.ballots.actions import change_draft, start_draft
    from pbudget.ballots.queries import paper_for
    from pbudget.ballots.rules.choices import Change
    from tests.support.open_round import moments_around, open_round

    app = pbudget_app()
    with app.app_context():
        schema.upgrade()
        vote = open_round(app, "bench", now=None, letters=0, **moments_around(datetime.now(UTC)))
        contest = paper_for(vote.id, vote.wards[0]).contests[0]
        csrf, kept = csrf_of(app)
        requests = []
        for number in range(count):
            draft_id = start_draft(vote.id, f"{number:064x}", vote.wards[0], assurance="code")
            held = change_draft(draft_id, contest, Change("add", "skate"), {})
            body = urlencode({"token": held.token, "csrf_token": csrf})
            requests.append(Request(f"{vote.path}/check", body, cookie_of(app, kept, draft_id)))
    return requests


def csrf_of(app: Flask) -> tuple[str, str]:
    """A CSRF token for forms and the secret behind it for cookies."""
    with app.test_request_context():
        token = generate_csrf()
        return token, session["csrf_token"]


def cookie_of(app: Flask, csrf: str, draft_id: str) -> str:
    """The session cookie of a browser with this draft."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'csrf_token': csrf, 'ballot': draft_id})}"


def serve(make: Callable[..., Flask], arguments: tuple[Any, ...], pipe: Any) -> None:
    """Serve in this process on a free port, and say which; log lines go nowhere."""
    from waitress.server import create_server

    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for the life of the process
    server = create_server(make(*arguments), host="127.0.0.1", port=0, threads=WRITERS)
    pipe.send(server.effective_port)
    server.run()


class Served:
    """An application behind waitress in a process of its own, for the length of a `with` block."""

    def __init__(self, make: Callable[..., Flask], *arguments: Any) -> None:
        here, there = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(make, arguments, there))
        self.process.start()
        self.port = here.recv()

    def __enter__(self) -> int:
        return self.port

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.join()


def fire(port: int, requests: list[Request]) -> Measured:
    """Send every request once, WRITERS at a time; each must be answered with a recorded vote."""
    waiting, seconds, lock = iter(requests), [], threading.Lock()

    def write() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                request = next(waiting, None)
            if request is None:
                return
            taken = post(connection, request)
            with lock:
                seconds.append(taken)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    if len(seconds) != len(requests):
        raise SystemExit(f"{len(requests) - len(seconds)} of {len(requests)} were not recorded.")
    return Measured(len(seconds) / took, seconds)


def post(connection: http.client.HTTPConnection, request: Request) -> float:
    """The seconds until the answer, which must say recorded (200) or lead to the page that does (303)."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": request.cookie}
    started = time.perf_counter()
    connection.request("POST", request.path, request.body, headers)
    response = connection.getresponse()
    response.read()
    taken = time.perf_counter() - started
    if response.status == 303 and response.headers["Location"].endswith("/recorded"):
        return taken
    if response.status != 200:
        raise SystemExit(f"{request.path} answered {response.status}")
    return taken


def measure(ballots: int, database: str) -> int:
    """Turn about, so that both meet the same machine; print the figures and say whether the targets are met."""
    requests = prepare_drafts(ballots)
    prepare_bare(database)
    share = len(requests) // TURNS
    ours, bare = [], []
    for turn in range(TURNS):
        with Served(bare_app, database) as port:
            bare.append(fire(port, [Request("/cast", "", "")] * share))
        with Served(pbudget_app) as port:
            ours.append(fire(port, requests[turn * share : (turn + 1) * share]))
    ratio = statistics.median(o.rate / b.rate for o, b in zip(ours, bare, strict=True))
    p95, bare_p95 = slow_answer(ours), slow_answer(bare)
    print(f"bare insert   {statistics.median(turn.rate for turn in bare):6.0f} a second, p95 {bare_p95 * 1000:.0f} ms")
    print(f"cast a ballot {statistics.median(turn.rate for turn in ours):6.0f} a second, p95 {p95 * 1000:.0f} ms")
    print(f"ratio         {ratio:6.2f}  (target at least {TARGET_RATIO}; p95 at most {TARGET_P95 * 1000:.0f} ms)")
    print(f"{share * TURNS} ballots by {WRITERS} writers: every one recorded")
    return 0 if ratio >= TARGET_RATIO and p95 <= TARGET_P95 else 1


def slow_answer(turns: list[Measured]) -> float:
    """The seconds within which 95 of 100 answers came."""
    answers = sorted(second for turn in turns for second in turn.seconds)
    return answers[int(0.95 * len(answers))]


def main() -> int:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ballots", type=int, default=1000)
    parser.add_argument("--database", default="", help="postgresql://… instead of SQLite in a temporary folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PBUDGET_INSTANCE": folder, "PBUDGET_LOG_LEVEL": "info"}
        if given.database:
            os.environ["DATABASE_URL"] = given.database
        return measure(given.ballots, given.database or str(Path(folder) / "bare.sqlite"))


if __name__ == "__main__":
    raise SystemExit(main())
