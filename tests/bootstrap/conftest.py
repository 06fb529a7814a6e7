"""A checkout of a few files, tools of our own making, and `python3 app.py` run as a person runs it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pbudget.bootstrap.checks import environment_of_tests
from pbudget.bootstrap.places import ROOT, Places
from pbudget.bootstrap.progress import Progress
from pbudget.bootstrap.tools import Workshop

WITHOUT_VENV = Path(getattr(sys, "_base_executable", sys.executable))
COPIED = ("app.py", "pyproject.toml", "package.json", "package-lock.json", "requirements", "pbudget", "migrations")


@dataclass(frozen=True)
class Ended:
    """How a start ended."""

    status: int
    said: str
    error: str

    def one_line(self) -> str:
        """The error, which must be one line that is no traceback."""
        lines = self.error.strip().splitlines()
        assert len(lines) == 1, f"not one line: {self.error}"
        assert lines[0].startswith("pbudget: ")
        return lines[0]


@pytest.fixture
def checkout(tmp_path: Path) -> Places:
    """What `git clone` gives, as far as set-up reads it."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    return Places(root)


@pytest.fixture
def workshop(checkout: Places) -> Workshop:
    """A workshop in the checkout whose PATH is one empty folder: no uv, no npm, no Chromium."""
    (checkout.root / "tools").mkdir()
    checkout.logs.mkdir(parents=True)
    return Workshop(checkout, Progress(9), {**environment_of_tests(os.environ), "PATH": str(checkout.root / "tools")})


@pytest.fixture
def tool(checkout: Places) -> Callable[[str, str], Path]:
    """Put an executable on the workshop's PATH: its name and what it does, in shell."""

    def make(name: str, does: str) -> Path:
        path = checkout.root / "tools" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def start(checkout: Places) -> Callable[..., Ended]:
    """Run `python3 app.py` in the checkout with a Python that has none of our packages."""

    def environ_of(extra: Mapping[str, str] | None) -> dict[str, str]:
        return {**environment_of_tests(os.environ), **(extra or {})}

    def run(*arguments: str, environ: Mapping[str, str] | None = None, python: tuple[str, ...] = ()) -> Ended:
        command = [str(WITHOUT_VENV), *python, "app.py", *arguments]
        done = subprocess.run(
            command, cwd=checkout.root, env=environ_of(environ), capture_output=True, text=True, timeout=600
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run
