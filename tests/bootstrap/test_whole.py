"""A stranger's first start, from a clone, with the real tools and the real registries: only with `--full`."""

import os
import random
import resource
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from pbudget.bootstrap.checks import environment_of_tests
from pbudget.bootstrap.places import ROOT, Places
from tests.bootstrap.conftest import WITHOUT_VENV
from tests.support.ports import free_port

pytestmark = pytest.mark.full

SET_UP = [str(WITHOUT_VENV), "app.py", "--set-up-only", "--no-demo"]
SECOND_START = 3.0  # seconds of processor time, which other programs stretch far less than the time on the clock


def clone(folder: Path) -> Places:
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    return Places(folder)


def environment(with_uv_and_npm: bool, folder: Path) -> dict[str, str]:
    """The person's own environment, or the same without uv and npm on PATH; only the installer may compile."""
    environ = {**environment_of_tests(os.environ), "PYTHONDONTWRITEBYTECODE": "1"}
    if not with_uv_and_npm:
        folder.mkdir()
        for program in {file.name: file for file in Path("/usr/bin").iterdir()}.values():
            if program.name not in ("uv", "npm", "node"):
                (folder / program.name).symlink_to(program)
        environ["PATH"] = str(folder)
    return environ


def assert_whole(places: Places) -> None:
    assert any(places.venv.glob("lib/*/site-packages/sqlalchemy/**/*.pyc")), "every start compiles it again"
    for command in (["-m", "pip", "check"], ["-c", "import app; app.create_app()"]):
        done = subprocess.run([places.python, *command], cwd=places.root, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(places.vendor.iterdir())) == 3
    changed = subprocess.run(["git", "status", "--short"], cwd=places.root, capture_output=True, text=True)
    assert changed.stdout == ""


@pytest.mark.parametrize("with_uv_and_npm", [True, False], ids=["uv and npm", "neither"])
def test_set_up_killed_at_any_moment_is_whole_after_the_next(tmp_path: Path, with_uv_and_npm: bool) -> None:
    places, environ = clone(tmp_path / "clone"), environment(with_uv_and_npm, tmp_path / "bin")
    started = time.monotonic()
    subprocess.run(SET_UP, cwd=places.root, env=environ, check=True, capture_output=True)
    whole = time.monotonic() - started
    moments = random.Random(20261121)
    for _ in range(2):
        for folder in (places.venv, places.set_up, places.vendor, places.root / "instance"):
            shutil.rmtree(folder, ignore_errors=True)
        for _ in range(3):
            start = subprocess.Popen(SET_UP, cwd=places.root, env=environ, stdout=subprocess.DEVNULL)
            time.sleep(moments.uniform(0, whole))
            start.kill()
            start.wait()
        subprocess.run(SET_UP, cwd=places.root, env=environ, check=True, capture_output=True)
        assert_whole(places)


def test_three_set_ups_at_once_make_one_whole_one(tmp_path: Path) -> None:
    places, environ = clone(tmp_path / "clone"), environment(True, tmp_path / "bin")
    starts = [subprocess.Popen(SET_UP, cwd=places.root, env=environ, stdout=subprocess.PIPE) for _ in range(3)]
    assert [(start.communicate(), start.returncode)[1] for start in starts] == [0, 0, 0]
    assert_whole(places)


def test_a_second_start_costs_less_than_three_seconds_of_one_core(tmp_path: Path) -> None:
    places, environ = clone(tmp_path / "clone"), environment(True, tmp_path / "bin")
    subprocess.run([str(WITHOUT_VENV), "app.py", "--set-up-only"], cwd=places.root, env=environ, check=True)
    assert min(cost_of_a_start(places, environ) for _ in range(3)) < SECOND_START
    assert_whole(places)


def cost_of_a_start(places: Places, environ: dict[str, str]) -> float:
    """Seconds of processor time from the command to the first answer; what else the machine does only adds to it."""
    used, give_up, port = processor_time(), time.monotonic() + 180, free_port()
    server = subprocess.Popen([str(WITHOUT_VENV), "app.py", "--port", str(port)], cwd=places.root, env=environ)
    try:
        while not answers(f"http://127.0.0.1:{port}/health") and time.monotonic() < give_up:
            time.sleep(0.1)
        assert answers(f"http://127.0.0.1:{port}/health")
    finally:
        server.terminate()
        server.wait()
    return processor_time() - used


def processor_time() -> float:
    """Seconds that the children of this process have used so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as response:
            return response.status == 200
    except OSError:
        return False
