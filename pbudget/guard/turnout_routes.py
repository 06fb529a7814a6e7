"""Turnout across the wards of a round: for officers once it is counted, for everybody once it is published."""

from flask import Blueprint, abort, render_template

from pbudget.guard.queries import manifest_of
from pbudget.guard.rules.quorum import quorum_lines
from pbudget.results.queries import CountView, published_round, standing_of
from pbudget.rounds.queries import RoundView, round_by_slug
from pbudget.web.access import public, roles

pages = Blueprint("turnout", __name__)


@pages.get("/rounds/<slug>/result/turnout")
@public
def across_wards(slug: str) -> str:
    """How many voted in each ward beside the others, once the result is out."""
    round_, counted, _ = published_round(slug) or abort(404)
    return _page(round_, counted, staff=False)


@pages.get("/staff/rounds/<slug>/turnout")
@roles("officer", "auditor")
def for_staff(slug: str) -> str:
    """The same, before anybody outside sees it."""
    round_ = round_by_slug(slug) or abort(404)
    return _page(round_, standing_of(round_.id)[0], staff=True)


def _page(round_: RoundView, counted: CountView | None, *, staff: bool) -> str:
    if counted is None:
        abort(404)
    from pbudget.guard.turnout_view import HEIGHT, WIDTH, turnout_view  # brings numpy with it

    wards = counted.facts["wards"]
    return render_template(
        "guard/turnout.html",
        round=round_,
        view=turnout_view(wards),
        quorum=quorum_lines(manifest_of(round_.id), {ward["code"]: ward["ballots"] for ward in wards}),
        staff=staff,
        width=WIDTH,
        height=HEIGHT,
    )
