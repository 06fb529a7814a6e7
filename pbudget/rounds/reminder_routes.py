"""Getting no more reminders: a page with one button, so that a program that opens every link stops nobody's."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature

from pbudget.rounds.reminding import mark_in, stop_reminders
from pbudget.web.access import public

pages = Blueprint("reminders", __name__)


@pages.get("/reminders/stop/<token>")
@public
def stop(token: str) -> str:
    """What pressing the button does."""
    try:
        mark_in(token)
    except BadSignature:
        abort(404)
    return render_template("rounds/stop-reminders.html", stopped=False)


@pages.post("/reminders/stop/<token>")
@public
def stop_now(token: str) -> ResponseReturnValue:
    """Stop them."""
    try:
        stop_reminders(token)
    except BadSignature:
        abort(404)
    return render_template("rounds/stop-reminders.html", stopped=True)
