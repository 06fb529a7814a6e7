"""`pbudget serve --with-worker`: two processes that live and die together."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbudget.bootstrap.checks import environment_of_tests
from pbudget.config import ROOT
from tests.jobs.building import wait_until

WORKING = "pbudget works"


@pytest.fixture
def site(sqlite_app, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The bundled server with its worker, on a database of its own."""
    environ = {**environment_of_tests(os.environ), "PBUDGET_INSTANCE": str(tmp_path)}
    command = [sys.executable, "-m", "pbudget.cli", "serve", "--port", "0", "--with-worker"]
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=said)
    wait_until(lambda: WORKING in (tmp_path / "said").read_text())
    yield process
    process.kill()
    process.wait()


def worker_of(process: "subprocess.Popen[bytes]") -> int:
    """The one child of the server, whichever of its threads started it."""
    (child,) = [
        child
        for task in Path(f"/proc/{process.pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return int(child)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")


def test_the_worker_is_started_again_when_it_is_killed_and_ends_with_the_server(site, tmp_path):
    first = worker_of(site)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: (tmp_path / "said").read_text().count(WORKING) == 2)
    second = worker_of(site)
    assert second != first
    site.terminate()
    assert site.wait(90) == 0
    wait_until(lambda: not is_running(second))


def test_the_worker_ends_when_the_server_is_killed_outright(site, tmp_path):
    worker = worker_of(site)
    address = (tmp_path / "said").read_text().split("ready: ")[1].split()[0]
    assert urllib.request.urlopen(f"{address}/health", timeout=60).status == 200
    site.kill()
    wait_until(lambda: not is_running(worker))
