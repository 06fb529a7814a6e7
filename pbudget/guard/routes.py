"""What the guard found, for anybody: who took part, whether it mattered, what it cannot see, what was decided."""

from flask import Blueprint, abort

from pbudget.guard.queries import report_on
from pbudget.guard.showing import report_page
from pbudget.rounds.queries import pot_by_slugs
from pbudget.rounds.rules.phases import DECIDED
from pbudget.web.access import public

pages = Blueprint("guard", __name__)


@pages.app_template_filter()
def first_capital(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


@pages.app_template_filter()
def first_small(text: str) -> str:
    """The text as it goes on in a sentence."""
    return text[:1].lower() + text[1:]


@pages.get("/rounds/<round_slug>/<pot_slug>/who-took-part")
@public
def contest(round_slug: str, pot_slug: str) -> str:
    """The report on one contest whose result is out; 404 where there is none."""
    round_, pot = pot_by_slugs(round_slug, pot_slug) or abort(404)
    if round_.phase not in DECIDED:
        abort(404)
    return report_page(round_, pot, report_on(pot.id) or abort(404))
