"""Officers' pages while voting is open and after: who is missing, the access record, the equality impact pack."""

import json

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from pbudget.accounts.security import clock
from pbudget.balance.thresholds import Thresholds
from pbudget.db import transaction
from pbudget.guard.forms import AccessForm
from pbudget.guard.queries import access_records, decisions_on, latest_snapshot, look_at_close_of, pack_of
from pbudget.guard.rules.decisions import CHOICES
from pbudget.guard.rules.quorum import quorum_lines, votes_by_code
from pbudget.guard.showing import COLOURS, LABELS, flag_words
from pbudget.hubs.queries import help_known
from pbudget.ledger.queries import ballots_by
from pbudget.roll.queries import roll_size_by_ward
from pbudget.rounds.queries import RoundView, round_by_slug, set_up_by_slug
from pbudget.rounds.rules.phases import CLOSED, DECIDED, DECIDING, SET_UP
from pbudget.rounds.rules.turnout import turnout_lines, ways_of_voting
from pbudget.wards.queries import wards_around
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("outreach", __name__, url_prefix="/staff/rounds/<slug>")
MOST_REASONS = 5
"""So many reasons fit on a sheet; they stand with the most telling first."""
EVERYWHERE = SelectChoice("", "The whole area")


@pages.get("/outreach")
@roles("officer", "auditor")
def outreach(slug: str) -> str:
    """Who is missing so far, and what was done about it."""
    round_ = _round(slug)
    return _page(round_, _form(formdata=None))


@pages.post("/outreach")
@roles("officer")
def add_access(slug: str) -> ResponseReturnValue:
    """Add a line to the access record."""
    round_ = _round(slug)
    form = _form()
    if not form.validate_on_submit():
        return _page(round_, form), 422
    from pbudget.guard.outreach import record_access  # brings numpy with it, which only the guard needs

    names = ("what", "partner", "done_on", "forms", "languages", "by_whom", "they_said")
    columns = {name: form[name].data or ("" if name != "forms" else []) for name in names}
    ward_id = int(form.ward.data) if form.ward.data else None
    with transaction() as session:
        record_access(session, round_.id, round_.slug, signed_in_staff().id, ward_id=ward_id, **columns)
    return redirect(url_for("outreach.outreach", slug=slug), 303)


@pages.get("/at-the-close")
@roles("officer", "auditor")
def at_the_close(slug: str) -> str:
    """Who took part when voting stopped, and whether two officers can still give more time."""
    round_, now = set_up_by_slug(slug) or abort(404), clock().now()
    stage = round_.stage(now)
    if not round_.opened_at or stage not in (DECIDING, CLOSED, *DECIDED):
        abort(404)
    counts = ballots_by(round_.id)
    wards = {each.id: (each.code, each.name) for each in wards_around((), borough_wide=False)}
    return render_template(
        "guard/at-the-close.html",
        round=round_,
        stage=stage,
        look=look_at_close_of(round_),
        turnout=turnout_lines(counts, roll_size_by_ward(round_.id), wards),
        quorum=quorum_lines(json.loads(round_.manifest or "{}"), votes_by_code(counts)),
        channels=ways_of_voting(counts),
        cast=sum(counts.values()),
        fewest=Thresholds().min_n,
        waiting=round_.waits(now),
    )


@pages.get("/equality-impact")
@roles("officer", "auditor")
def impact(slug: str) -> str:
    """One document for a committee: who lives here, who took part, who was served, what was done, what was decided."""
    round_ = _round(slug)
    contests = pack_of(round_.id)
    return render_template(
        "guard/impact.html",
        round=round_,
        contests=contests,
        programme=contests[0][1].programme if contests else [],
        records=access_records(round_.id),
        decisions=decisions_on(round_.id),
        choices=CHOICES,
        colours=COLOURS,
        labels=LABELS,
        flag_words=flag_words,
    )


@pages.get("/sheets")
@roles("officer", "auditor")
def sheets(slug: str) -> str:
    """A sheet for each contest, to print and hand to its councillors."""
    round_ = _round(slug)
    return render_template(
        "guard/sheets.html",
        round=round_,
        contests=pack_of(round_.id),
        decisions=decisions_on(round_.id),
        choices=CHOICES,
        colours=COLOURS,
        flag_words=flag_words,
        most=MOST_REASONS,
    )


def _round(slug: str) -> RoundView:
    """The round of this address, if it has opened; else 404."""
    round_ = round_by_slug(slug)
    return round_ if round_ and round_.phase != SET_UP and round_.closes_at else abort(404)


def _form(**kwargs: object) -> AccessForm:
    form = AccessForm(**kwargs)
    wards = wards_around((), borough_wide=False)
    form.ward.choices = [EVERYWHERE, *(SelectChoice(str(each.id), each.name) for each in wards)]
    return form


def _page(round_: RoundView, form: AccessForm) -> str:
    return render_template(
        "guard/outreach.html",
        round=round_,
        snapshot=latest_snapshot(round_.id),
        records=access_records(round_.id),
        hubs=help_known().hubs,
        form=form,
    )
