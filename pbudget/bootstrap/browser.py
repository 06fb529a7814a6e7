"""A real Chromium for the browser tests: the one named, the one on PATH, Playwright's, or one installed now."""

import os
import shutil
from pathlib import Path

from pbudget.bootstrap.stops import ToolFailed, ToolMissing
from pbudget.bootstrap.tools import Workshop, answer, works

STEP = "Chromium"
VARIABLE = "PBUDGET_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NON_INTERACTIVE = {"DEBIAN_FRONTEND": "noninteractive"}
PLAYWRIGHTS_OWN = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)


def make_browser(workshop: Workshop) -> Path:
    """The path of a Chromium that runs, installed if need be. Raises ToolMissing when there is none to be had."""
    if driver_runs(workshop):
        found = find_chromium(workshop)
        if found:
            workshop.progress.skipped(STEP, f"using {found}")
            return found
    with workshop.progress.step(STEP, "installing what the browser tests need"):
        see_to_driver(workshop)
        return find_chromium(workshop) or install_chromium(workshop)


def driver_runs(workshop: Workshop) -> bool:
    """Whether Playwright's own Node starts: a bare machine lacks the library libatomic."""
    return works(workshop.places.python, "-m", "playwright", "--version", environ=workshop.environ)


def see_to_driver(workshop: Workshop) -> None:
    """Install what Playwright's driver needs where we may. Raises ToolMissing when it still does not start."""
    apt_get = debian_installer(workshop)
    if not driver_runs(workshop) and apt_get:
        workshop.run(f"{STEP} driver", *debian_install(apt_get, "libatomic1"), extra=NON_INTERACTIVE)
    if not driver_runs(workshop):
        raise ToolMissing(
            "Playwright, which drives the browser tests, does not start. It usually lacks a library: install libatomic "
            "(Debian and Ubuntu: apt-get install libatomic1), then run the same command again."
        )


def find_chromium(workshop: Workshop) -> Path | None:
    """The Chromium that is already here. The one named in PBUDGET_CHROMIUM must run; others are passed over."""
    named = workshop.environ.get(VARIABLE)
    if named:
        if runs(Path(named), workshop):
            return Path(named)
        raise ToolMissing(f"{VARIABLE} names {named}, which does not run. Name a Chromium that does, or unset it.")
    on_path = (shutil.which(name, path=workshop.environ.get("PATH")) for name in NAMES)
    for candidate in (*on_path, playwrights_own(workshop)):
        if candidate and runs(Path(candidate), workshop):
            return Path(candidate)
    return None


def playwrights_own(workshop: Workshop) -> str | None:
    """Where Playwright would put its Chromium, there or not; None until Playwright is installed."""
    return answer(workshop.places.python, "-c", PLAYWRIGHTS_OWN, environ=workshop.environ)


def runs(chromium: Path, workshop: Workshop) -> bool:
    """Whether it prints a version: Ubuntu's chromium-browser is a stub that does not."""
    version = answer(chromium, "--version", environ=workshop.environ)
    return version is not None and "chrom" in version.lower()


def install_chromium(workshop: Workshop) -> Path:
    """Install from Debian's packages as root, else Playwright's build. Raises ToolMissing with the last log named."""
    log = None
    for source, commands in ways_to_install(workshop).items():
        try:
            workshop.run(f"{STEP} from {source}", *commands, extra=NON_INTERACTIVE)
        except ToolFailed as failure:
            log = failure.log
        found = find_chromium(workshop)
        if found:
            return found
    raise ToolMissing(
        "The browser tests need Chromium and none could be installed. Install one (Debian: apt-get install chromium) "
        f"or name one in {VARIABLE}, then run the same command again. See {log or workshop.places.logs}"
    )


def ways_to_install(workshop: Workshop) -> dict[str, list[list[str | Path]]]:
    """Where from, and the commands, to try in turn."""
    playwright: list[str | Path] = [workshop.places.python, "-m", "playwright", "install"]
    apt_get = debian_installer(workshop)
    if not apt_get:
        return {"Playwright": [[*playwright, "chromium"]]}
    return {
        "Debian": debian_install(apt_get, "chromium"),
        "Playwright": [[*playwright, "--with-deps", "chromium"]],
    }


def debian_installer(workshop: Workshop) -> str | None:
    """apt-get, where we may use it."""
    return shutil.which("apt-get", path=workshop.environ.get("PATH")) if os.geteuid() == 0 else None


def debian_install(apt_get: str, package: str) -> list[list[str | Path]]:
    """The commands that install a Debian package, waiting for another installation, mending one that was cut short."""
    options = ["--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    return [*mend_dpkg(), [apt_get, "update"], [apt_get, "install", *options, package]]


def mend_dpkg(updates: Path = Path("/var/lib/dpkg/updates")) -> list[list[str | Path]]:
    """The command that apt-get asks for when an installation was cut short, ours perhaps; none when all is well."""
    return [["dpkg", "--configure", "-a"]] if updates.is_dir() and any(updates.iterdir()) else []
