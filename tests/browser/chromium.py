"""Which Chromium the browser tests drive, and how it is started."""

import os
import shutil
from pathlib import Path

VARIABLE = "PBUDGET_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",  # a container has no user namespaces; the only pages opened are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoChromium(RuntimeError):
    """There is no Chromium to run the browser tests in; the message says how to get one."""


def chromium_path(playwrights_own: str) -> str:
    """The one named in PBUDGET_CHROMIUM, else one on PATH, else Playwright's own. Raises NoChromium."""
    named = os.environ.get(VARIABLE)
    if named:
        return _existing(named, f"{VARIABLE} names {named}, which is not there. Name one that is, or unset it.")
    on_path = next((found for name in NAMES if (found := shutil.which(name))), None)
    return on_path or _existing(
        playwrights_own,
        f"No Chromium found: looked for {', '.join(NAMES)} on PATH and for Playwright's own. "
        f"Install one, name it in {VARIABLE}, or run `python3 app.py test`, which sees to it.",
    )


def _existing(path: str, otherwise: str) -> str:
    if not Path(path).is_file():
        raise NoChromium(otherwise)
    return path
