"""What residents read of proposals before and while they vote: those of a pot, and each on a page of its own.

They are here from the moment a round opens, when they are settled. Once a result is out its pages say more: these lead
there.
"""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pbudget.db import database_now, db
from pbudget.proposals.queries import ProposalView, proposals_of
from pbudget.proposals.rules import in_brief
from pbudget.rounds.queries import PotView, RoundView, pots_of, round_by_slug
from pbudget.rounds.rules.phases import DECIDED
from pbudget.web.access import public
from pbudget.web.paging import asked_page

pages = Blueprint("proposal_pages", __name__, url_prefix="/rounds/<slug>/proposals")
pages.add_app_template_filter(in_brief)
A_PAGE = 40


@pages.get("/<pot>")
@public
def of_pot(slug: str, pot: str) -> ResponseReturnValue:
    """Every proposal of a pot: what it is, in brief, and what it costs."""
    round_, found, proposals = _pot(slug, pot)
    if round_.phase in DECIDED:
        return redirect(url_for("results.contest", round_slug=slug, pot_slug=pot), 302)
    paging = asked_page(len(proposals), A_PAGE)
    return render_template(
        "proposals/of-pot.html",
        round=round_,
        stage=round_.stage(_now()),
        pot=found,
        proposals=proposals[paging.offset : paging.last],
        standing=[each for each in proposals if each.withdrawn is None],
        paging=paging,
    )


@pages.get("/<pot>/<reference>")
@public
def one(slug: str, pot: str, reference: str) -> str:
    """One proposal, whole; `?vote=1` is how somebody who is voting comes here, and gets a way back."""
    round_, found, proposals = _pot(slug, pot)
    proposal = next((each for each in proposals if each.reference == reference), None) or abort(404)
    voting = request.args.get("vote") == "1" and round_.stage(_now()) == "open"
    return render_template("proposals/one.html", round=round_, pot=found, proposal=proposal, voting=voting)


def _pot(slug: str, pot: str) -> tuple[RoundView, PotView, list[ProposalView]]:
    """A pot of a round that has opened, with its proposals; 404 before that."""
    round_ = round_by_slug(slug)
    if round_ is None or round_.opened_at is None:
        abort(404)
    found = next((each for each in pots_of(round_.id) if each.slug == pot), None) or abort(404)
    return round_, found, proposals_of(round_.id).get(found.id, [])


def _now() -> datetime:
    return database_now(db.session())
