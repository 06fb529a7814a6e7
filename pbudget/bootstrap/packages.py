"""The virtual environment and what is installed in it, exactly as locked: uv if it works, else Python's own tools."""

import importlib.util
import shutil
import sys
from pathlib import Path

from pbudget.bootstrap.places import Places
from pbudget.bootstrap.stamps import digest_of, file_inputs, is_stamped, write_stamp
from pbudget.bootstrap.stops import ToolMissing
from pbudget.bootstrap.tools import Workshop, works

VENV_STEP = "Virtual environment"
PACKAGES_STEP = "Python packages"
STARTED_BY = getattr(sys, "_base_executable", None) or sys.executable
IS_NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"


def make_venv(workshop: Workshop) -> None:
    """Make .venv, or keep the one that is there if it runs, is new enough and has not been moved.

    One whose making or filling was cut short is made afresh: a half-copied package looks installed to pip and to uv.
    """
    places = workshop.places
    stamp, half_made = places.venv / ".pbudget-venv", half_made_mark(places)
    digest = digest_of({"folder": str(places.venv).encode()})
    if not half_made.exists():
        if places.python.exists() and is_stamped(stamp, digest):
            return workshop.progress.skipped(VENV_STEP)
        if not stamp.exists() and works(places.python, "-c", IS_NEW_ENOUGH):
            write_stamp(stamp, digest)
            return workshop.progress.skipped(VENV_STEP, "using the one that is there")
    uv = find_uv(workshop)
    with workshop.progress.step(VENV_STEP, f"making .venv with {'uv' if uv else 'python -m venv'}"):
        half_made.touch()
        clear(places.venv)
        workshop.run(VENV_STEP, venv_command(uv, places.venv))
        write_stamp(stamp, digest)
        half_made.unlink()
    return None


def clear(venv: Path) -> None:
    """Remove a virtual environment that is unusable; of a link, only the link."""
    if venv.is_symlink():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)


def venv_command(uv: str | None, venv: Path) -> list[str | Path]:
    """The command that makes a virtual environment. Raises ToolMissing where Python came without the means."""
    if uv:
        return [uv, "venv", "--quiet", "--no-project", "--python", STARTED_BY, venv]
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        raise ToolMissing(
            f"This Python has no venv and ensurepip, which make virtual environments. Install them (Debian and Ubuntu: "
            f"apt-get install {version}-venv) or install uv, then run the same command again."
        )
    return [STARTED_BY, "-m", "venv", venv]


def find_uv(workshop: Workshop) -> str | None:
    """uv, if it is on PATH and runs."""
    uv = shutil.which("uv", path=workshop.environ.get("PATH"))
    return uv if uv and works(uv, "--version", environ=workshop.environ) else None


def install_packages(workshop: Workshop, for_tests: bool) -> None:
    """Install the lock and then pbudget itself, editable. The test lock holds everything the run lock does.

    Compiled now, every later start takes half the processor's time, also for a service that may not write here.
    """
    places = workshop.places
    stamps, half_made = [places.venv / ".pbudget-run", places.venv / ".pbudget-test"], half_made_mark(places)
    lock = places.requirements / ("test.txt" if for_tests else "run.txt")
    digest = packages_digest(places)
    if places.pbudget.exists() and is_stamped(stamps[for_tests], digest):
        return workshop.progress.skipped(PACKAGES_STEP)
    installer = find_installer(workshop)
    with workshop.progress.step(PACKAGES_STEP, f"installing requirements/{lock.name} with {Path(installer[0]).name}"):
        half_made.touch()
        for stamp in stamps:
            stamp.unlink(missing_ok=True)
        workshop.run(
            PACKAGES_STEP,
            [*installer, "--compile", "--require-hashes", "-r", lock],
            [*installer, "--no-build-isolation", "--no-deps", "--editable", places.root],
            extra={"PIP_USER": "0"},  # a `user = true` in somebody's pip.conf is not possible in a virtual environment
        )
        for stamp in stamps if for_tests else stamps[:1]:
            write_stamp(stamp, digest)
        half_made.unlink()
    return None


def half_made_mark(places: Places) -> Path:
    """The file that is there while .venv is being made or filled, and stays when that is cut short."""
    return places.set_up / "venv-half-made"


def packages_digest(places: Places) -> str:
    """What decides the installed packages: both locks, the project's metadata, the Python they are for."""
    return digest_of(
        file_inputs(
            places.requirements / "run.txt",
            places.requirements / "test.txt",
            places.root / "pyproject.toml",
            places.root / "pbudget" / "__init__.py",
            places.venv / "pyvenv.cfg",
        )
    )


def find_installer(workshop: Workshop) -> list[str | Path]:
    """`uv pip install` or `python -m pip install` into .venv; a .venv that uv made gets its pip first."""
    python = workshop.places.python
    uv = find_uv(workshop)
    if uv:
        return [uv, "pip", "install", "--python", python]
    if not works(python, "-m", "pip", "--version"):
        workshop.run(PACKAGES_STEP, [python, "-m", "ensurepip"])
    return [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
