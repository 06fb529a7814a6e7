"""What the guard found, for anybody: who took part, whether it mattered, what it cannot see."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template

from pbudget.guard.queries import report_on
from pbudget.results.queries import contest_at
from pbudget.web.access import public

if TYPE_CHECKING:
    from pbudget.guard.participation import Row

pages = Blueprint("guard", __name__)
COLOURS = {"balanced": "green", "watch": "orange", "at risk of capture": "red", "not enough data": "grey"}
FLAGS = {
    "": "About their share",
    "under": "Fewer than their share",
    "severely under": "Far fewer than their share",
    "over": "More than their share",
    "severely over": "Far more than their share",
    "absent": "Nobody took part",
    "baseline zero": "No residents in the figures",
}
LABELS = {
    "broad": "Different groups alike",
    "sectional": "Mainly one group",
    "decided by turnout": "Decided by who turned out",
    "shut out by turnout": "Shut out by who turned out",
}


@pages.app_template_filter()
def first_capital(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def flag_words(row: "Row") -> str:
    """How a group compares, in the table's last column."""
    if row.residents is None:
        return ""
    return "Too few to show" if row.share is None else FLAGS[row.flag]


@pages.get("/rounds/<round_slug>/<pot_slug>/who-took-part")
@public
def contest(round_slug: str, pot_slug: str) -> str:
    """The report on one contest whose result is out; 404 where there is none."""
    shown = contest_at(round_slug, pot_slug) or abort(404)
    found = report_on(shown.pot.id) or abort(404)
    colour = COLOURS[found.document.verdict]
    return render_template(
        "guard/contest.html",
        contest=shown,
        found=found,
        document=found.document,
        colour=colour,
        flag_words=flag_words,
        labels=LABELS,
    )
