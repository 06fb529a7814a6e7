"""The server that councils run, started by the commands of docs/operations.md, and how it is killed."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from pbudget.config import ROOT

KINDS = ("waitress", "gunicorn")
"""`pbudget serve --with-worker`, which `python3 app.py` becomes; and what the systemd unit runs."""
LONGEST_START = 180.0


class ServerDidNotStart(RuntimeError):
    """The server did not answer in time; the message is the end of what it said."""


class ShippedServer:
    """One life of the server on a port that the next life takes over."""

    def __init__(self, kind: str, environ: dict[str, str], port: int, said: Path, before: Sequence[str] = ()) -> None:
        """`before` is put before the command, such as a limit on the size of files."""
        self.kind, self.port, self.said = kind, port, said
        with said.open("ab") as log:
            self.process = subprocess.Popen(
                [*before, *command_of(kind, port)],
                cwd=ROOT,
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self) -> "ShippedServer":
        try:
            self.wait_until_up()
        except ServerDidNotStart:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def wait_until_up(self, path: str = "/health") -> None:
        """Return when the server answers this page with 200."""
        give_up = time.monotonic() + LONGEST_START
        while not answers(self.address + path):
            if time.monotonic() > give_up or self.process.poll() is not None:
                raise ServerDidNotStart(f"{self.kind} did not start. It said:\n{self.said.read_text()[-3000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """`kill -9` of this server's processes, each by its id: the first, its workers, the worker beside it."""
        below = children_of(self.process.pid)
        self.process.kill()
        for pid in below:
            kill(pid)
        self.process.wait()

    def kill_one_worker(self, draw: float) -> None:
        """`kill -9` of one of the processes that serve; gunicorn's first process starts another."""
        workers = children_of(self.process.pid)
        if workers:
            kill(workers[int(draw * len(workers))])

    def stop(self) -> None:
        """The ordinary way, as systemd does it."""
        self.process.terminate()
        try:
            self.process.wait(90)
        finally:
            self.kill()


def command_of(kind: str, port: int) -> list[str]:
    """The command of the operations page, on this port."""
    if kind == "waitress":
        return [sys.executable, "-m", "pbudget.cli", "serve", "--port", str(port), "--with-worker"]
    config = ["--config", "docs/deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    return [sys.executable, "-m", "gunicorn", *config, "app:create_app()"]


def children_of(pid: int) -> list[int]:
    """Every process below this one."""
    found = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return found + [below for child in found for below in children_of(child)]


def kill(pid: int) -> None:
    """`kill -9` of a process of ours, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def answers(address: str) -> bool:
    """Whether this page is there."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status == 200
    except OSError:
        return False
