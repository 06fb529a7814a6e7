"""Officers' page of the guard: the verdict on every contest, the way to each report, the decision."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from pbudget.guard.forms import DecisionForm
from pbudget.guard.queries import decisions_on, lines_of_round, programme_of, report_on, why_reports_failed
from pbudget.guard.rules.decisions import CHOICES, why_not_hold
from pbudget.guard.showing import COLOURS, report_page
from pbudget.kit.errors import BadInput
from pbudget.results.queries import is_counted
from pbudget.rounds.approving import request_approval
from pbudget.rounds.queries import RoundView, pot_by_slugs, round_by_slug
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("staff_guard", __name__, url_prefix="/staff/rounds/<slug>/guard")
GRAVEST_FIRST = ("at risk of capture", "watch", "", "not enough data", "balanced")
OVER = ("closed", "published", "sealed", "annulled")


@pages.get("")
@roles("officer", "auditor")
def reports(slug: str) -> str:
    """Every contest with its verdict, and what was decided."""
    return _page(_round(slug), DecisionForm(formdata=None))


@pages.post("")
@roles("officer")
def decide(slug: str) -> ResponseReturnValue:
    """Ask another officer to approve a decision."""
    round_, form = _round(slug), DecisionForm()
    if form.validate_on_submit():
        payload = {"decision": form.decision.data, "reason": form.reason.data.strip()}
        try:
            made = request_approval(round_.id, "decide", payload, signed_in_staff())
            return redirect(url_for("approvals.one_approval", approval_id=made), 303)
        except BadInput as error:
            form.decision.errors = [str(error).rstrip(".")]
    return _page(round_, form), 422


@pages.get("/<pot_slug>")
@roles("officer", "auditor")
def report(slug: str, pot_slug: str) -> str:
    """The report on one contest before its result is public."""
    round_, pot = pot_by_slugs(_round(slug).slug, pot_slug) or abort(404)
    return report_page(round_, pot, report_on(pot.id) or abort(404), staff=True)


def _round(slug: str) -> RoundView:
    """The round of this address, if voting is over; else 404."""
    round_ = round_by_slug(slug)
    return round_ if round_ and round_.phase in OVER else abort(404)


def _page(round_: RoundView, form: DecisionForm) -> str:
    lines = sorted(lines_of_round(round_.id), key=lambda line: GRAVEST_FIRST.index(line.verdict))
    are_made = all(line.headline for line in lines)
    decisions = decisions_on(round_.id) if are_made else []  # a decision follows every report
    hold = why_not_hold(round_.phase, [each.decision for each in decisions]) == ""
    possible = {name: choice for name, choice in CHOICES.items() if name != "hold" or hold}
    form.decision.choices = [SelectChoice(name, choice.title) for name, choice in possible.items()]
    return render_template(
        "guard/staff.html",
        round=round_,
        lines=lines,
        counted=is_counted(round_.id),
        programme=programme_of(round_.id),
        failed="" if are_made else why_reports_failed(round_.id),
        decisions=decisions,
        held_until=decisions[-1].held_until if decisions else None,
        choices=CHOICES,
        meanings=[choice.meaning for choice in possible.values()],
        colours=COLOURS,
        form=form,
        open=round_.phase in ("closed", "published") and not any(CHOICES[d.decision].certifies for d in decisions),
    )
