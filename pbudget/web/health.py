"""For the machine that watches: is the process alive, and may it be sent residents?"""

from pathlib import Path

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from pbudget import schema
from pbudget.config import Settings
from pbudget.web.access import public
from pbudget.web.clock_sync import is_clock_synchronised, say_clock

pages = Blueprint("health", __name__)


@pages.get("/health")
@public
def health() -> Response:
    """The process answers."""
    return _plain("ok", 200)


@pages.get("/ready")
@public
def ready() -> Response:
    """The database answers, its schema is this version's, the front-end files are in place and the clock is right.

    A clock that does not follow a time server keeps a site that residents reach by https from being ready; on a
    machine for trying things out, or where it cannot be told, it is only said.
    """
    settings: Settings = current_app.extensions["settings"]
    synchronised = is_clock_synchronised()
    clock = say_clock(synchronised)
    missing = [_database(), _assets(Path(current_app.static_folder or ""))]
    missing += [clock] if settings.https and synchronised is False else []
    reasons = [reason for reason in missing if reason]
    return _plain("; ".join(reasons) or "\n".join(filter(None, ("ready", clock))), 503 if reasons else 200)


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
