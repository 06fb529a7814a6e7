"""Asking another officer, and approving or refusing what another officer asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from pbudget.accounts.queries import labels, signed_in_again_within
from pbudget.accounts.security import clock
from pbudget.db import database_now, db
from pbudget.kit.errors import BadInput, PbudgetError
from pbudget.proposals.queries import proposals_of
from pbudget.rounds.acts import act_called
from pbudget.rounds.approving import (
    SignInAgainFirst,
    approve,
    refuse,
    request_approval,
    waived,
)
from pbudget.rounds.extension_form import ExtendForm
from pbudget.rounds.forms import ButtonForm, CorrectForm, ReasonForm, RefuseForm, RoundForm, WithdrawForm
from pbudget.rounds.models import Round
from pbudget.rounds.officer_acts import opening_of, words_of_opening
from pbudget.rounds.queries import (
    ApprovalView,
    SetUp,
    approval,
    approvals_over,
    approvals_waiting,
    number_of_approvals_over,
    pots_of,
    set_up_by_slug,
)
from pbudget.rounds.rules.approvals import FRESH_SECONDS, LASTS, Asked, Officer, has_expired, why_not
from pbudget.rounds.rules.dates import say_utc, say_with_zone
from pbudget.rounds.rules.extension import OUTREACH, why_no_more_time
from pbudget.rounds.rules.phases import DECIDING, OPEN
from pbudget.web.access import again_and_back, roles, signed_in_staff
from pbudget.web.paging import asked_page

pages = Blueprint("approvals", __name__, url_prefix="/staff")
OVER_A_PAGE = 30
FORMS: Mapping[str, type[RoundForm]] = {
    "open": ButtonForm,
    "extend": ExtendForm,
    "withdraw": WithdrawForm,
    "correct": CorrectForm,
    "close": ReasonForm,
    "annul": ReasonForm,
}
"""The acts of this room, and what an officer fills in to ask for each."""
ASKED = "Another officer has to approve it within 24 hours."


@pages.get("/approvals")
@roles("officer", "auditor")
def approval_list() -> str:
    """What waits for a second officer, and what was decided."""
    now = clock().now()
    paging = asked_page(number_of_approvals_over(now), OVER_A_PAGE)
    over = approvals_over(now, OVER_A_PAGE, paging.offset)
    return render_template(
        "rounds/staff/approvals.html",
        waiting=approvals_waiting(now),
        over=over,
        paging=paging,
        names=labels(),
        title_of=lambda act: act_called(act).title,
        is_quiet=lambda act: act_called(act).quiet,
    )


@pages.get("/approvals/<approval_id>")
@roles("officer", "auditor")
def one_approval(approval_id: str) -> ResponseReturnValue:
    """Exactly what is approved, and the two buttons for whoever may press them."""
    return _page(_found(approval_id), RefuseForm())


@pages.post("/approvals/<approval_id>/approve")
@roles("officer")
def approve_it(approval_id: str) -> ResponseReturnValue:
    """Do it, if this officer may, signed in again a moment ago, and nothing has changed."""
    found = _found(approval_id)
    try:
        approve(approval_id, signed_in_staff(), fresh=signed_in_again_within(FRESH_SECONDS))
    except SignInAgainFirst:
        return redirect(again_and_back(url_for("approvals.one_approval", approval_id=approval_id)), 303)
    except PbudgetError as error:
        return _page(found, RefuseForm(formdata=None), str(error)), 409
    return redirect(url_for("approvals.one_approval", approval_id=approval_id), 303)


@pages.post("/approvals/<approval_id>/refuse")
@roles("officer")
def refuse_it(approval_id: str) -> ResponseReturnValue:
    """Say no, with a reason."""
    found, form = _found(approval_id), RefuseForm()
    if form.validate_on_submit():
        try:
            refuse(approval_id, form.reason.data.strip(), signed_in_staff())
            return redirect(url_for("approvals.one_approval", approval_id=approval_id), 303)
        except BadInput as error:
            return _page(found, form, str(error)), 409
    return _page(found, form), 422


def _found(approval_id: str) -> ApprovalView:
    return approval(approval_id) or abort(404)


def _page(found: ApprovalView, form: RefuseForm, problem: str = "") -> str:
    """The page of a request, read afresh: an attempt to approve may have changed it."""
    db.session.expire_all()
    found = _found(found.id)
    row, now, staff = db.session.get_one(Round, found.round_id), database_now(db.session()), signed_in_staff()
    waiting = found.outcome == "waiting" and not has_expired(found.requested_at, now)
    asked = Asked(found.requested_by, found.requested_at)
    officer = Officer(staff.id, staff.created_at, staff.invited_by)
    here = url_for("approvals.one_approval", approval_id=found.id)
    return render_template(
        "rounds/staff/approval.html",
        approval=found,
        act=act_called(found.act),
        words=act_called(found.act).words_of(found.subject),
        waiting=waiting,
        expires=found.requested_at + LASTS,
        why=why_not(asked, officer, now, demo=waived(row)) if waiting else "",
        waived=waived(row),
        own=staff.id == found.requested_by,
        may_decide="officer" in staff.roles,
        fresh=signed_in_again_within(FRESH_SECONDS),
        again=again_and_back(here),
        names=labels(),
        form=form,
        problem=problem,
    )


@pages.get("/rounds/<slug>/ask/<any(open,extend,withdraw,correct,close,annul):act>")
@roles("officer")
def ask(slug: str, act: str) -> ResponseReturnValue:
    """What the act is and what it needs."""
    round_ = _round(slug)
    return _ask_page(round_, act, _form(round_, act, formdata=None))


@pages.post("/rounds/<slug>/ask/<any(open,extend,withdraw,correct,close,annul):act>")
@roles("officer")
def ask_for(slug: str, act: str) -> ResponseReturnValue:
    """Ask; the page of the request says who can approve it."""
    round_ = _round(slug)
    form = _form(round_, act)
    if form.validate_on_submit():
        try:
            made = request_approval(round_.id, act, _payload(act, form), signed_in_staff())
            return redirect(url_for("approvals.one_approval", approval_id=made), 303)
        except BadInput as error:
            form.refuse("closes" if "closes" in form else next(iter(form._fields)), str(error))
    return _ask_page(round_, act, form), 422


def _round(slug: str) -> SetUp:
    return set_up_by_slug(slug) or abort(404)


def _form(round_: SetUp, act: str, **kwargs: Any) -> RoundForm:
    form = FORMS[act](**kwargs)
    if isinstance(form, ExtendForm):
        form.voting_has_stopped = round_.stage(clock().now()) == DECIDING
    if isinstance(form, WithdrawForm):
        proposals = proposals_of(round_.id)
        form.proposal.choices = [
            SelectChoice(str(each.id), each.title, optgroup=pot.name)
            for pot in pots_of(round_.id)
            for each in proposals.get(pot.id, [])
            if each.withdrawn is None
        ]
    return form


def _payload(act: str, form: RoundForm) -> dict[str, Any]:
    fields = {name: form[name].data for name in ("reason", "text", "proposal", *OUTREACH) if name in form}
    payload = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    return payload | ({"closes_at": say_utc(form["closes"].data)} if act == "extend" else {})


def _ask_page(round_: SetUp, act: str, form: RoundForm) -> str:
    words, problem = _opening_words(round_) if act == "open" else ((), "")
    limits, problem = _time_left(round_) if act == "extend" else ((), problem)
    return render_template(
        "rounds/staff/ask.html",
        round=round_,
        act=act_called(act),
        form=form,
        words=words,
        limits=limits,
        problem=problem,
    )


def _time_left(round_: SetUp) -> tuple[Sequence[tuple[str, str]], str]:
    """Between which times voting can be extended to, or why it cannot be."""
    rule, now = round_.more_time, clock().now()
    if rule is None or round_.phase != OPEN:
        return (), "Voting can be extended only between the opening and the close."
    until = [("Until at the latest", say_with_zone(rule.latest))] if now >= rule.closes_at else []
    return [("Closing time now", say_with_zone(rule.closes_at)), *until], why_no_more_time(rule, now)


def _opening_words(round_: SetUp) -> tuple[Sequence[tuple[str, str]], str]:
    """What opening would settle, in rows, or why the round cannot open yet."""
    try:
        return words_of_opening(opening_of(round_)), ""
    except BadInput as error:
        return (), str(error)
