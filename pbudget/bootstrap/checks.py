"""`python3 app.py test`, after set-up: lint, types, import contracts, then pytest, whose summary is the last line."""

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from pbudget.bootstrap.browser import VARIABLE
from pbudget.bootstrap.places import Places
from pbudget.bootstrap.progress import Progress, seconds

CHECKS = {
    "Lint": ("ruff", "check", "."),
    "Formatting": ("ruff", "format", "--check", "."),
    "Types": ("mypy",),
    "Import contracts": ("lint-imports",),
}
FAILED = "PBUDGET_FAILED_CHECKS"
MOST_WORKERS = 8


def run_checks(places: Places, environ: Mapping[str, str], chromium: Path, arguments: tuple[str, ...]) -> int:
    """Run everything, whatever fails on the way; the exit status is 0 only if all of it passed."""
    progress = Progress(len(CHECKS) + 1)
    environ = {**environment_of_tests(environ), VARIABLE: str(chromium)}
    failed = [name for name, words in CHECKS.items() if not run_check(places, environ, progress, name, words)]
    progress.number += 1
    progress.say(f"[{progress.number}/{progress.steps}] Tests: pytest {' '.join(arguments)}".rstrip())
    status = subprocess.call(  # noqa: S603 - our own command, the person's own arguments, no shell
        [places.python, "-m", "pytest", *pytest_options(arguments), *arguments],
        cwd=places.root,
        env={**environ, FAILED: ", ".join(failed)},
    )
    return status or (1 if failed else 0)


def run_check(
    places: Places, environ: Mapping[str, str], progress: Progress, name: str, words: tuple[str, ...]
) -> bool:
    """Run one check; what it found goes to the terminal as it is. True when it found nothing."""
    tool, *rest = words
    started = time.monotonic()
    progress.number += 1
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        [places.venv / "bin" / tool, *rest], cwd=places.root, env=environ, capture_output=True, text=True
    )
    verdict = "passed" if done.returncode == 0 else "FAILED"
    label = f"[{progress.number}/{progress.steps}] {name + ':':<20}"
    progress.say(f"{label} {' '.join(words)}: {verdict} in {seconds(time.monotonic() - started)}")
    if done.returncode:
        progress.say((done.stdout + done.stderr).rstrip())
    return done.returncode == 0


def pytest_options(arguments: tuple[str, ...]) -> list[str]:
    """A worker per core, unless the person chose; and the plug-in that names the checks that failed before."""
    options = ["-p", "tests.support.failed_checks"]
    if not any(word.startswith(("-n", "--numprocesses", "--dist", "--pdb")) for word in arguments):
        options += ["-n", str(min(os.cpu_count() or 1, MOST_WORKERS)), "--dist", "worksteal"]
    return options


def environment_of_tests(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without this installation's settings: tests never touch its database or its keys."""
    return {key: value for key, value in environ.items() if key != "DATABASE_URL" and not key.startswith("PBUDGET_")}
