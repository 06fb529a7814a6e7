"""Officers' and auditors' pages from close to seal: count, recount, publish, challenge, seal."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from pbudget.accounts.queries import demo_mode
from pbudget.db import database_now, db, transaction
from pbudget.jobs.actions import enqueue
from pbudget.jobs.queries import JobView, is_work_being_done, jobs_of_round
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import BadInput
from pbudget.ledger.queries import opening_lines
from pbudget.results.declaring import declaration_page
from pbudget.results.drawing import Draw, draws_awaited, order_of
from pbudget.results.forms import AuditorForm, DrawForm, PublishForm, SealForm, draw_form, place_name
from pbudget.results.officer_acts import all_is_gone, kept_back
from pbudget.results.queries import FileView, contest_content, contest_files, is_counted, standing_of
from pbudget.results.recount_queries import latest_agree, recounts_of
from pbudget.results.recounting import note_auditors_recount
from pbudget.results.rules.publishing import seal_problem
from pbudget.results.rules.steps import Standing, steps_of
from pbudget.results.tasks import COUNT, RECOUNT
from pbudget.rounds.approving import request_approval
from pbudget.rounds.queries import RoundView, approvals_waiting, round_by_slug
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("staff_results", __name__, url_prefix="/staff/rounds/<slug>/result")
OVER = ("closed", "published", "sealed")


@pages.get("")
@roles("officer", "auditor")
def result(slug: str) -> str:
    """The five steps, and what is next."""
    return _page(_round(slug))


def _round(slug: str) -> RoundView:
    """The round of this address, if voting is over; else 404."""
    round_ = round_by_slug(slug)
    return round_ if round_ and round_.phase in OVER else abort(404)


def _page(round_: RoundView, **forms: Any) -> str:
    counted, published = standing_of(round_.id)
    files, recounts = (contest_files(round_.id), recounts_of(round_.id)) if counted else ([], [])
    jobs = [] if counted else jobs_of_round(round_.id)
    now = database_now(db.session())
    problem = _days_left(round_, now, published.last_challenge_day) if published else ""
    at = Standing(
        closed=True,
        counting=any(not job.is_over for job in jobs if job.kind == COUNT),
        counted=counted is not None,
        recounts_agree=latest_agree(recounts),
        published=published is not None,
        last_day=published.last_challenge_day if published else None,
        days_over=published is not None and not problem,
        sealed=round_.phase == "sealed",
        keys_gone=all_is_gone(round_),
        problem=_problem(jobs),
    )
    given = {"publish": PublishForm(formdata=None), "seal": SealForm(formdata=None), "auditor": _auditor_form(files)}
    return render_template(
        "results/staff/result.html",
        round=round_,
        steps=steps_of(at),
        at=at,
        counted=counted,
        published=published,
        files=files,
        recounts=recounts,
        kept_back=kept_back(round_, files),
        draws=draws_awaited(round_.id) if at.problem else [],
        waiting=[] if at.sealed else [each for each in approvals_waiting(now) if each.round_id == round_.id],
        idle=at.counting and not is_work_being_done(),
        days_problem=problem,
        forms={**given, **forms},
    )


def _problem(jobs: list[JobView]) -> str:
    """Why the last count ended badly; empty when it did not."""
    last = next((job for job in jobs if job.kind == COUNT), None)
    return last.message if last and last.state == "failed" else ""


def _days_left(round_: RoundView, now: datetime, last_day: Any) -> str:
    demo = round_.is_demo and demo_mode(current_app.extensions["settings"])
    return seal_problem(last_day, now.astimezone(LONDON).date(), demo=demo)


def _auditor_form(files: list[FileView], **kwargs: Any) -> AuditorForm:
    form = AuditorForm(**{"formdata": None, **kwargs})
    form.contest.choices = [SelectChoice(each.slug, each.name) for each in files]
    return form


@pages.post("/count")
@roles("officer")
def count(slug: str) -> ResponseReturnValue:
    """Hand the count to the worker; a round that is counted, or being counted, is not counted twice."""
    return _handed_over(_round(slug), COUNT, unless_counted=True)


@pages.post("/recount")
@roles("officer", "auditor")
def recount(slug: str) -> ResponseReturnValue:
    """Hand a recount of every contest to the worker."""
    return _handed_over(_round(slug), RECOUNT, unless_counted=False)


def _handed_over(round_: RoundView, kind: str, *, unless_counted: bool) -> ResponseReturnValue:
    with transaction() as session:
        waits = any(not job.is_over for job in jobs_of_round(round_.id) if job.kind == kind)
        if not waits and is_counted(round_.id) is not unless_counted:
            enqueue(session, kind, {"round": round_.id, "actor": signed_in_staff().id}, round_.id)
    return redirect(url_for("staff_results.result", slug=round_.slug), 303)


@pages.get("/lots/<pot>")
@roles("officer")
def lots(slug: str, pot: str) -> str:
    """How lots are drawn, and the form that takes the order in which the names came."""
    round_ = _round(slug)
    draw = _draw(round_, pot)
    return _lots_page(round_, draw, draw_form(draw.projects))


@pages.post("/lots/<pot>")
@roles("officer")
def enter_lots(slug: str, pot: str) -> ResponseReturnValue:
    """Ask another officer, who was there too, to approve the order."""
    round_ = _round(slug)
    draw = _draw(round_, pot)
    form = draw_form(draw.projects)
    if not form.validate_on_submit():
        return _lots_page(round_, draw, form), 422
    places = form.places(draw.projects)
    if sorted(places.values()) != list(range(1, len(places) + 1)):
        form.where.errors = ["Give each number once: 1 for the name drawn first, 2 for the next, and so on"]
        return _lots_page(round_, draw, form), 422
    payload = {"pot": pot, "order": order_of(places), "where": form.where.data.strip()}
    try:
        made = request_approval(round_.id, "draw", payload, signed_in_staff())
    except BadInput as error:
        form.where.errors = [str(error).rstrip(".")]
        return _lots_page(round_, draw, form), 422
    return redirect(url_for("approvals.one_approval", approval_id=made), 303)


def _draw(round_: RoundView, pot: str) -> Draw:
    """The draw that this pot waits for; 404 when it waits for none."""
    return next((each for each in draws_awaited(round_.id) if each.pot == pot), None) or abort(404)


def _lots_page(round_: RoundView, draw: Draw, form: DrawForm) -> str:
    names = [place_name(number) for number in range(len(draw.projects))]
    return render_template("results/staff/lots.html", round=round_, draw=draw, form=form, names=names)


@pages.post("/publish")
@roles("officer")
def publish(slug: str) -> ResponseReturnValue:
    """Ask another officer to approve the publication."""
    round_, form = _round(slug), PublishForm()
    if form.validate_on_submit():
        return _asked(round_, "publish", {"reason": (form.reason.data or "").strip()}, form, "reason")
    return _page(round_, publish=form), 422


@pages.post("/seal")
@roles("officer")
def seal(slug: str) -> ResponseReturnValue:
    """Ask another officer to approve the seal."""
    round_, form = _round(slug), SealForm()
    if form.validate_on_submit():
        payload = {"escrow_destroyed": True, "backups_gone_on": form.backups_gone_on.data.isoformat()}
        return _asked(round_, "seal", payload, form, "backups_gone_on")
    return _page(round_, seal=form), 422


def _asked(round_: RoundView, act: str, payload: dict[str, Any], form: Any, field: str) -> ResponseReturnValue:
    try:
        made = request_approval(round_.id, act, payload, signed_in_staff())
    except BadInput as error:
        form[field].errors = [str(error).rstrip(".")]
        return _page(round_, **{act: form}), 422
    return redirect(url_for("approvals.one_approval", approval_id=made), 303)


@pages.post("/auditor")
@roles("auditor")
def auditors_recount(slug: str) -> ResponseReturnValue:
    """Keep what the auditor's own recount of a contest found."""
    round_ = _round(slug)
    form = AuditorForm()
    form.contest.choices = [SelectChoice(each.slug, each.name) for each in contest_files(round_.id)]
    if not form.validate_on_submit():
        return _page(round_, auditor=form), 422
    note = (form.note.data or "").strip()
    agrees = form.agrees.data == "yes"
    note_auditors_recount(round_.id, form.contest.data, agrees, note, signed_in_staff().id)
    return redirect(url_for("staff_results.result", slug=slug), 303)


@pages.get("/opening.jsonl")
@roles("auditor")
def opening(slug: str) -> Response:
    """Every ballot with its nonce and slot, for the auditor alone: what the ledger's commitments were made from."""
    round_ = _round(slug)
    return _file(b"".join(opening_lines(round_.id)), "application/jsonl", f"{round_.slug}-opening.jsonl")


@pages.get("/<pot>/ballots.pb")
@roles("auditor")
def ballots(slug: str, pot: str) -> Response:
    """A contest's ballots, published or not, for the auditor's own recount."""
    round_ = _round(slug)
    found = next((each for each in contest_files(round_.id) if each.slug == pot), None) or abort(404)
    return _file(contest_content(found.pot_id) or b"", "text/plain", f"{round_.slug}-{pot}.pb")


def _file(content: bytes, mimetype: str, name: str) -> Response:
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@pages.get("/declaration")
@roles("officer", "auditor")
def declaration(slug: str) -> str:
    """The declaration of result, to print and sign."""
    round_ = _round(slug)
    counted, published = standing_of(round_.id)
    if counted is None:
        abort(404)
    return declaration_page(round_, counted, published, staff=True)
