"""The officers' page of the logic-and-accuracy test."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pbudget.kit.errors import BadInput
from pbudget.rehearsals.actions import run_test
from pbudget.rehearsals.rules import VOTERS
from pbudget.rounds.forms import ButtonForm
from pbudget.rounds.queries import SetUp, set_up_by_slug
from pbudget.rounds.readiness import parts_of, test_state
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("rehearsals", __name__, url_prefix="/staff/rounds/<slug>/test")


@pages.get("")
@roles("officer", "auditor")
def staff_test(slug: str) -> str:
    """What the test does, and how the last one came out."""
    return _page(_round(slug))


@pages.post("")
@roles("officer")
def run(slug: str) -> ResponseReturnValue:
    """Run it now."""
    round_, problem = _round(slug), ""
    if ButtonForm().validate_on_submit():
        try:
            run_test(round_.id, signed_in_staff().id)
            return redirect(url_for("rehearsals.staff_test", slug=slug), 303)
        except BadInput as error:
            problem = str(error)
    return _page(round_, problem), 422


def _round(slug: str) -> SetUp:
    return set_up_by_slug(slug) or abort(404)


def _page(round_: SetUp, problem: str = "") -> str:
    parts = parts_of(round_.id)
    statement = round_.l_and_a
    return render_template(
        "rehearsals/test.html",
        round=round_,
        statement=statement,
        state=test_state(round_, parts.pots, parts.proposals),
        at=datetime.fromisoformat(statement["utc"]) if statement.get("utc") else None,
        voters=VOTERS,
        problem=problem,
        form=ButtonForm(formdata=None),
        may_run=round_.phase == "set-up" and "officer" in signed_in_staff().roles,
    )
