"""For the machine that watches: is the process alive, and may it be sent residents?"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Flask, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from pbudget import schema
from pbudget.config import Settings
from pbudget.web.access import public
from pbudget.web.clock_sync import is_clock_synchronised, say_clock

pages = Blueprint("health", __name__)
LEAST_ROOM = 500 * 1024 * 1024
"""Bytes free in the instance folder, under which the readiness page says so."""


class Questions(NamedTuple):
    """What rooms above this one have to say: what keeps the site from being ready, and what is only said."""

    refuse: Sequence[Callable[[], str]] = ()
    say: Sequence[Callable[[], str]] = ()


def init_readiness(app: Flask, refuse: Sequence[Callable[[], str]], say: Sequence[Callable[[], str]]) -> None:
    """Have `/ready` ask these too; each answers with a sentence, or nothing when all is well."""
    app.extensions["readiness"] = Questions(refuse, say)


@pages.get("/health")
@public
def health() -> Response:
    """The process answers."""
    return _plain("ok", 200)


@pages.get("/ready")
@public
def ready() -> Response:
    """The database answers, its schema is this version's, the front-end files are in place and the clock is right.

    Nor is a site ready whose database is older than this machine has seen it. What is wrong and keeps nobody from
    voting (a ledger that does not verify, little room on the disk) is said on lines of its own.

    A clock that does not follow a time server keeps a site that residents reach by https from being ready; on a
    machine for trying things out, or where it cannot be told, it is only said.
    """
    settings: Settings = current_app.extensions["settings"]
    synchronised = is_clock_synchronised()
    clock = say_clock(synchronised)
    missing = [_database(), _assets(Path(current_app.static_folder or ""))]
    missing += [clock] if settings.https and synchronised is False else []
    reasons = [reason for reason in missing if reason]
    asked: Questions = current_app.extensions.get("readiness", Questions())
    reasons += [] if reasons else [said for ask in asked.refuse if (said := ask())]
    if reasons:
        return _plain("; ".join(reasons), 503)
    notes = ("ready", clock, _room(settings.instance), *(ask() for ask in asked.say))
    return _plain("\n".join(filter(None, notes)), 200)


def _room(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free >= LEAST_ROOM:
        return ""
    return f"only {free // 1024**2} MB are free in the instance folder: make room before votes are refused"


def _database() -> str:
    try:
        current = schema.current()
    except SQLAlchemyError:
        return "the database does not answer"
    return "" if current == schema.newest() else "the database needs `pbudget migrate`"


def _assets(folder: Path) -> str:
    needed = ("govuk-frontend.min.css", "govuk-frontend.min.js", "htmx.min.js")
    absent = [name for name in needed if not (folder / "vendor" / name).is_file()]
    return f"static/vendor lacks {', '.join(absent)}: run `python3 app.py --set-up-only`" if absent else ""


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status=status, mimetype="text/plain", headers={"Cache-Control": "no-store"})
