"""Staff set a screen up for residents: at a hub, or for a day at a road show. That signs them out of it."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pbudget.accounts.queries import signed_in
from pbudget.accounts.signing_in import sign_out
from pbudget.calculator.actions import set_up_screen
from pbudget.calculator.queries import open_budgets
from pbudget.calculator.rules.screens import PLACES, screen_as_kept
from pbudget.calculator.sessions import SCREEN
from pbudget.kit.errors import BadInput
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("budget_screens", __name__, url_prefix="/staff/budget-screens")
MOST_SHOWN = 50


@pages.get("")
@roles("officer", "steward")
def choose() -> Response:
    """Which budget, and where the screen stands."""
    return _page()


def _page(error: str = "") -> Response:
    page = render_template(
        "calculator/staff/screens.html",
        budgets=open_budgets(MOST_SHOWN),
        places=PLACES,
        error=error,
        given=request.form,
    )
    return make_response(page, 422 if error else 200)


@pages.post("")
@roles("officer", "steward")
def set_up() -> ResponseReturnValue:
    """Make this browser a screen for residents. Nobody is signed in on it after this."""
    try:
        screen = set_up_screen(request.form.get("budget", ""), request.form.get("place", ""), signed_in_staff().id)
    except BadInput as error:
        return _page(str(error))
    here = signed_in()
    if here:
        sign_out(here)
    session.clear()
    session[SCREEN] = screen_as_kept(screen)
    return redirect(url_for("calculator.start", slug=screen.budget), 303)
