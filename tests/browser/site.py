"""A whole site on this machine: its own instance folder, filled and served by the commands a council would use."""

import os
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from flask import Flask
from sqlalchemy import select

from pbudget.accounts.models import Staff
from pbudget.cli import COMMANDS
from pbudget.config import ROOT
from pbudget.db import db
from tests.support.staff import sign_in

COMMAND = [sys.executable, "-c", "from pbudget.cli import main; main()"]
LONGEST_WAIT = 90.0
"""Seconds for an answer, and for the site to be ready: a machine that is busy with something else may take them."""
READY = re.compile(r"http://[\d.]+:\d+")
COUNCIL = {
    "PBUDGET_COUNCIL_NAME": "Ashmere and Upper Windlestone Metropolitan Borough Council",
    "PBUDGET_CONTACT_EMAIL": "have-your-say@ashmere-and-upper-windlestone.example",
    "PBUDGET_CONTACT_PHONE": "01632 960 001 (Monday to Friday, 9am to 5pm)",
}


class SiteDidNotStart(RuntimeError):
    """A command of the site ended badly; the message is what it printed."""


@dataclass(frozen=True)
class Answer:
    """What the site sent for one address."""

    status: int
    kind: str
    text: str


@dataclass(frozen=True)
class Site:
    """A served site: its address, the settings it runs with, and the cookie of whoever is signed in there."""

    address: str
    environ: dict[str, str] = field(repr=False)
    cookie: str = field(default="", repr=False)

    def get(self, path: str) -> Answer:
        """Fetch one address, errors included."""
        try:
            asked = Request(self.address + path, headers={"Cookie": self.cookie})
            with urlopen(asked, timeout=LONGEST_WAIT) as response:
                return _answer(response)
        except HTTPError as error:
            return _answer(error)


def _answer(response) -> Answer:
    body = response.read()
    kind = response.headers.get_content_type()
    return Answer(response.status, kind, body.decode("utf-8", "replace") if kind.startswith("text/") else "")


def environ_of(instance: Path) -> dict[str, str]:
    """This process's environment without any setting of ours, plus those of the test site."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PBUDGET_") and name not in {"DATABASE_URL", "COLUMNS"}
    }
    return {**inherited, **COUNCIL, "PBUDGET_INSTANCE": str(instance), "PBUDGET_LOG_LEVEL": "warning"}


def fill(environ: dict[str, str], instance: Path) -> None:
    """The schema, the demonstration borough, and one contest with the most and the longest of everything."""
    run(environ, "migrate")
    if "demo" in COMMANDS:
        run(environ, "demo")
        subprocess.run([sys.executable, "-m", "tests.browser.published_round"], env=environ, cwd=ROOT, check=True)
    if "replay" in COMMANDS:
        run(environ, "replay", str(write_extreme_contest(instance / "extreme.pb")))


def run(environ: dict[str, str], *arguments: str) -> None:
    """Run one command to its end. Raises SiteDidNotStart with what it printed."""
    done = subprocess.run([*COMMAND, *arguments], env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SiteDidNotStart(f"`pbudget {' '.join(arguments)}` ended with {done.returncode}:\n{done.stderr}")


def serve(environ: dict[str, str], *options: str) -> tuple[subprocess.Popen, str]:
    """Start `pbudget serve` on a free port; the process and its address once it is ready."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *options], env=environ, cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    said = process.stderr.readline()
    found = READY.search(said)
    if not found:
        process.terminate()
        raise SiteDidNotStart(f"`pbudget serve` said:\n{said}{process.communicate()[1]}")
    await_readiness(Site(found[0], environ))
    return process, found[0]


def await_readiness(site: Site, seconds: float = LONGEST_WAIT) -> None:
    """Return when the site may be sent residents. Raises SiteDidNotStart with what is missing."""
    until, answer = time.monotonic() + seconds, "no answer"
    while time.monotonic() < until:
        try:
            ready = site.get("/ready")
        except URLError as error:
            answer = str(error.reason)
        else:
            if ready.status == 200:
                return
            answer = ready.text
        time.sleep(0.05)
    raise SiteDidNotStart(f"The site was not ready after {seconds} s: {answer}")


def write_extreme_contest(path: Path, projects: int = 500, ballots: int = 400) -> Path:
    """A Pabulib file with 500 projects, names of 300 characters and words that cannot be broken."""
    draw = random.Random(7)
    long_name = (
        "Przebudowa chodników " + "Donaudampfschifffahrtsgesellschaft" * 4 + " i zieleń – boisko, plac zabaw" * 5
    )
    lines = ["META", "key;value", "description;Extremes", "country;Poland", "unit;Extreme", "instance;2022"]
    lines += [f"num_projects;{projects}", f"num_votes;{ballots}", "budget;98765432", "vote_type;approval"]
    lines += ["rule;greedy", "date_begin;20.06.2022", "date_end;04.07.2022", "language;pl", "max_length;10"]
    lines += ["PROJECTS", "project_id;cost;name"]
    lines += [
        f"{n};{draw.randrange(1000, 1250000)};{long_name[:300] if n % 3 == 0 else f'Plac {n}'}" for n in range(projects)
    ]
    lines += ["VOTES", "voter_id;vote"]
    lines += [f"{n};{','.join(map(str, draw.sample(range(projects), draw.randrange(1, 9))))}" for n in range(ballots)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def signed_in(site: Site, app: Flask, email: str) -> Site:
    """The site for whoever is signed in with this account of it; what password and code lead to is tested elsewhere."""
    with app.app_context():
        staff_id = db.session.scalars(select(Staff.id).where(Staff.email == email)).one()
        db.session.remove()
    client = app.test_client()
    sign_in(client, staff_id=staff_id)
    name = app.config["SESSION_COOKIE_NAME"]
    return replace(site, cookie=f"{name}={client.get_cookie(name).value}")
