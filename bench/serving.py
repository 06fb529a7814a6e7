"""Applications behind the server that councils run, each in a process of its own, and clients that keep them busy."""

import argparse
import http.client
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

AT_ONCE = 8


class Request(NamedTuple):
    """One request: where, what it says, the cookie it comes with, and how; a GET says nothing, htmx wants a part."""

    path: str
    body: str
    cookie: str
    method: str = "POST"
    by_htmx: bool = False


class Measured(NamedTuple):
    """What one turn took: answers a second, the seconds of every answer, processor seconds of the server for one."""

    rate: float
    seconds: list[float]
    cpu: float


def pbudget_app() -> Flask:
    """The application as it is served, with the settings in the environment."""
    from app import create_app

    return create_app()


def csrf_of(app: Flask) -> tuple[str, str]:
    """A CSRF token for forms and the secret behind it for cookies."""
    with app.test_request_context():
        token = generate_csrf()
        return token, session["csrf_token"]


def cookie_of(app: Flask, csrf: str, draft_id: str, name: str = "ballot") -> str:
    """The session cookie of a browser with this draft, which the session has under a name."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'csrf_token': csrf, name: draft_id})}"


def serve(make: Callable[..., Flask], arguments: tuple[Any, ...], pipe: Any) -> None:
    """Serve in this process on a free port, and say which; then, whenever asked, the processor time so far.

    Log lines go nowhere.
    """
    from waitress.server import create_server

    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for the life of the process
    server = create_server(make(*arguments), host="127.0.0.1", port=0, threads=AT_ONCE)
    pipe.send(server.effective_port)
    threading.Thread(target=tell_time, args=(pipe,), daemon=True).start()
    server.run()


def tell_time(pipe: Any) -> None:
    """Answer each question with this process's processor time."""
    while pipe.recv():
        pipe.send(time.process_time())


class Served:
    """An application behind waitress in a process of its own, for the length of a `with` block."""

    def __init__(self, make: Callable[..., Flask], *arguments: Any) -> None:
        self.pipe, there = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(make, arguments, there))
        self.process.start()
        self.port = self.pipe.recv()

    def cpu(self) -> float:
        """The processor seconds the process has taken."""
        self.pipe.send(True)
        return float(self.pipe.recv())

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.join()


def fire(server: Served, requests: list[Request], at_once: int = AT_ONCE, pause: float = 0) -> Measured:
    """Send every request once, so many at a time, each with a pause before the next; all must be answered rightly."""
    waiting, seconds, lock, cpu = iter(requests), [], threading.Lock(), server.cpu()

    def write() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while True:
            with lock:
                request = next(waiting, None)
            if request is None:
                return
            time.sleep(pause * random.random() * 2)
            taken = send(connection, request)
            with lock:
                seconds.append(taken)

    threads = [threading.Thread(target=write) for _ in range(at_once)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    if len(seconds) != len(requests):
        raise SystemExit(f"{len(requests) - len(seconds)} of {len(requests)} were not answered.")
    return Measured(len(seconds) / took, seconds, (server.cpu() - cpu) / len(seconds))


def send(connection: http.client.HTTPConnection, request: Request) -> float:
    """The seconds until the answer, which must say recorded (200) or lead to the page that does (303)."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": request.cookie}
    headers |= {"HX-Request": "true"} if request.by_htmx else {}
    started = time.perf_counter()
    connection.request(request.method, request.path, request.body or None, headers)
    response = connection.getresponse()
    response.read()
    taken = time.perf_counter() - started
    if response.status == 303 and response.headers["Location"].endswith("/recorded"):
        return taken
    if response.status != 200:
        raise SystemExit(f"{request.path} answered {response.status}")
    return taken


def line_of(called: str, turns: list[Measured]) -> str:
    """One application's figures."""
    rate, cpu = (statistics.median(getattr(turn, name) for turn in turns) for name in ("rate", "cpu"))
    slow = slow_answer(turns) * 1000
    return f"{called:13} {rate:6.0f} a second, p95 {slow:4.0f} ms, server {cpu * 1000:5.2f} ms"


def ratio_of(ours: list[Measured], others: list[Measured]) -> float:
    """The middle one of the turns' ratios of rates."""
    return statistics.median(mine.rate / other.rate for mine, other in zip(ours, others, strict=True))


def slow_answer(turns: list[Measured]) -> float:
    """The seconds within which 95 of 100 answers came."""
    answers = sorted(second for turn in turns for second in turn.seconds)
    return answers[int(0.95 * len(answers))]


def measured_in_a_folder(about: str | None, measure: Callable[[int, str], int], **wanted: int) -> int:
    """Read the options and measure in an instance of its own; the exit status.

    `wanted` names the one number that can be asked for and says what it is otherwise. `measure` gets the number and
    the database of the bare application.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    ((name, number),) = wanted.items()
    parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--database", default="", help="postgresql://… instead of SQLite in a temporary folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PBUDGET_INSTANCE": folder, "PBUDGET_LOG_LEVEL": "info"}
        if given.database:
            os.environ["DATABASE_URL"] = given.database
        return measure(getattr(given, name), given.database or str(Path(folder) / "bare.sqlite"))
