"""`python3 app.py test` runs every check, names those that failed, and ends with pytest's own last line and status."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pbudget.bootstrap.checks import CHECKS, environment_of_tests, pytest_options, run_checks
from pbudget.bootstrap.options import Options, read_options
from pbudget.bootstrap.places import ROOT, Places

Check = Callable[[str, str], None]


@pytest.fixture
def check(checkout: Places) -> Check:
    """Stand-ins for ruff, mypy, lint-imports and python in .venv/bin, all of which pass unless told otherwise."""
    folder = checkout.venv / "bin"
    folder.mkdir(parents=True)

    def make(name: str, does: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)

    for name in ("ruff", "mypy", "lint-imports"):
        make(name, "exit 0")
    make("python", 'echo "failed before: $PBUDGET_FAILED_CHECKS. arguments: $*. url: $DATABASE_URL"; exit 0')
    return make


def run(checkout: Places, capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    environ = {"PATH": "/usr/bin:/bin", "DATABASE_URL": "postgresql://live", "PBUDGET_KEYS": "live"}
    status = run_checks(checkout, environ, Path("/chromium"), arguments)
    return status, capfd.readouterr().out


def test_all_passing_is_status_0_and_pytests_line_is_last(checkout: Places, check: Check, capfd) -> None:
    status, said = run(checkout, capfd)
    assert status == 0
    assert said.splitlines()[-1].startswith("failed before: . ")
    assert [line.split(":")[0].split("] ")[1] for line in said.splitlines()[:-1]] == [*CHECKS, "Tests"]


def test_a_failing_check_shows_what_it_found_and_makes_the_status_non_zero(
    checkout: Places, check: Check, capfd
) -> None:
    check("mypy", "echo pbudget/x.py:1: wrong; exit 1")
    status, said = run(checkout, capfd)
    assert status == 1
    assert "mypy: FAILED in" in said
    assert "pbudget/x.py:1: wrong" in said
    assert said.splitlines()[-1].startswith("failed before: Types. ")


def test_pytests_status_is_ours(checkout: Places, check: Check, capfd) -> None:
    check("ruff", "exit 1")
    check("python", "exit 3")
    assert run(checkout, capfd)[0] == 3


def test_arguments_go_to_pytest_and_workers_only_where_none_were_chosen(checkout: Places, check: Check, capfd) -> None:
    assert "tests/tally -k seats" in run(checkout, capfd, "tests/tally", "-k", "seats")[1]
    assert "-n" in pytest_options(("tests/tally",))
    assert "-n" not in pytest_options(("-n0",))


def test_tests_never_see_the_settings_of_this_installation(checkout: Places, check: Check, capfd) -> None:
    assert "live" not in run(checkout, capfd)[1]
    assert environment_of_tests({"DATABASE_URL": "x", "PBUDGET_INSTANCE": "y", "HOME": "z"}) == {"HOME": "z"}


def test_the_checks_that_failed_are_named_just_before_the_last_line(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_one(): pass\n")
    command = [Places().python, "-m", "pytest", "-q", "-p", "tests.support.failed_checks", "-c", "/dev/null", tmp_path]
    environ = {"PATH": "/usr/bin:/bin", "PBUDGET_FAILED_CHECKS": "Types, Lint", "PYTHONPATH": str(ROOT)}
    lines = subprocess.run(command, env=environ, capture_output=True, text=True, cwd=tmp_path).stdout.splitlines()
    assert lines[-2].startswith("Types, Lint: ")
    assert lines[-1].startswith("1 passed")


def test_the_options_say_what_was_asked() -> None:
    assert read_options([]) == Options()
    assert read_options(["--port", "8123", "--no-demo"]) == Options(port=8123, demo=False)
    assert read_options(["--reset-demo", "--set-up-only"]) == Options(reset_demo=True, serve=False)
    assert read_options(["test", "--full", "-x"]) == Options(test=True, pytest_arguments=("--full", "-x"))
    assert read_options(["--host", "0.0.0.0", "test"]).test


def test_keeping_and_resetting_the_demo_at_once_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_options(["--no-demo", "--reset-demo"])
    assert "not allowed with" in capsys.readouterr().err
