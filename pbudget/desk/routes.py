"""Officers' pages of the roll desk: look a resident up, give a code, add somebody, correct a ward.

Only officers: a steward can see that somebody needs a code and send them to an officer, but whoever gives out a code
could vote with it. What was looked for is sent by POST and stands in no address and no log.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pbudget.audit.actions import record
from pbudget.ballots.queries import WardView, wards_of_round
from pbudget.config import Settings
from pbudget.db import database_now, db, transaction
from pbudget.desk import queries
from pbudget.desk.actions import (
    PermitOver,
    SecondOfficerNeeded,
    ask_for_code,
    asked_once,
    collect_code,
    give_new_code,
    new_press,
    salt_of,
)
from pbudget.desk.forms import AddForm, IdentityForm, MoveForm, PressForm, SearchForm
from pbudget.desk.rules import MOST_FOUND, SearchNotUsable, lines_of, search_of, why_closed
from pbudget.desk.words import CODE_WORDS, spelled, who_words
from pbudget.kit.errors import BadInput, PbudgetError
from pbudget.roll.letters import Letter, voting_address
from pbudget.roll.queries import EntryView, desk_totals, entry_by_id
from pbudget.roll.rules.codes import Code
from pbudget.roll.rules.letters import addressee
from pbudget.roll.rules.reissue import IdentityNotShown, identity_shown
from pbudget.rounds.queries import RoundView, round_by_slug
from pbudget.rounds.rules.desk_numbers import desk_sentences
from pbudget.wards.rules.postcodes import normalise, spaced
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("desk", __name__, url_prefix="/staff/rounds/<slug>/desk")
pages.add_app_template_filter(who_words)
pages.add_app_template_filter(spelled)
NEW = "new"
"""What a press is for that adds somebody: there is no entry yet."""


@pages.get("")
@roles("officer")
def desk(slug: str) -> str:
    """Look somebody up; codes that were approved and wait; what was done so far, as numbers."""
    return _desk_page(_round(slug), SearchForm(formdata=None))


@pages.post("")
@roles("officer")
def search(slug: str) -> ResponseReturnValue:
    """A match or a short list, never the roll. The audit log has that somebody was looked up, and not who."""
    round_, form = _round(slug), SearchForm()
    if not form.validate_on_submit():
        return _desk_page(round_, form), 422
    try:
        wanted = search_of(form.reference.data or "", form.postcode.data or "", form.typed.data or "")
    except SearchNotUsable as error:
        form[error.field].errors = [str(error)]
        return _desk_page(round_, form), 422
    found = queries.found(round_.id, *wanted, limit=MOST_FOUND + 1)
    with transaction() as session:
        record(session, signed_in_staff().id, "roll looked up", round_.slug, found=min(len(found), MOST_FOUND))
    return _desk_page(round_, form, found=found)


@pages.get("/residents/<entry_id>")
@roles("officer")
def resident(slug: str, entry_id: str) -> str:
    """One resident as the letter named them, and what can be done for them. Whether they voted is not here."""
    round_, entry = _resident(slug, entry_id)
    found = queries.resident(round_.id, entry.id)
    return render_template(
        "desk/resident.html",
        **_about(round_, entry),
        standing=CODE_WORDS.get(found[1] if found else None, ""),
        closed=_closed(round_),
        gives_codes=round_.assurance == "code",
    )


@pages.get("/residents/<entry_id>/code")
@roles("officer")
def ask_identity(slug: str, entry_id: str) -> str:
    """How did the resident show who they are?"""
    round_, entry = _resident(slug, entry_id)
    form = IdentityForm(formdata=None, press=new_press(entry.id, signed_in_staff().id))
    return _identity_page(round_, entry, form)


@pages.post("/residents/<entry_id>/code")
@roles("officer")
def give(slug: str, entry_id: str) -> ResponseReturnValue:
    """Show the new code, or say that another officer has to approve it and ask one."""
    round_, entry = _resident(slug, entry_id)
    form, staff = IdentityForm(), signed_in_staff()
    given = round_.id, entry.id, form.points.data or [], form.press.data or "", staff
    try:
        return _code_page(round_, entry, give_new_code(*given))
    except SecondOfficerNeeded:
        return _ask(form, "points", lambda: ask_for_code(*given), lambda: _identity_page(round_, entry, form))
    except PbudgetError as error:
        return _refused(form, "points", error, lambda: _identity_page(round_, entry, form))


@pages.get("/residents/<entry_id>/ward")
@roles("officer")
def other_ward(slug: str, entry_id: str) -> str:
    """Which ward does the resident live in?"""
    round_, entry = _resident(slug, entry_id)
    form = MoveForm(formdata=None, press=new_press(entry.id, signed_in_staff().id))
    return _move_page(round_, entry, form)


@pages.post("/residents/<entry_id>/ward")
@roles("officer")
def move(slug: str, entry_id: str) -> ResponseReturnValue:
    """Ask another officer to approve the right ward."""
    round_, entry = _resident(slug, entry_id)
    form, staff = MoveForm(), signed_in_staff()
    form.offer(wards_of_round(round_.id))
    if not form.validate_on_submit():
        return _move_page(round_, entry, form), 422

    def request() -> str:
        said = {"entry": entry.id, "ward": form.ward.data, **_signed(form, entry.id)}
        return asked_once(round_.id, "move", said, staff)

    return _ask(form, "points", request, lambda: _move_page(round_, entry, form))


@pages.get("/add")
@roles("officer")
def missing(slug: str) -> str:
    """Who is missing from the roll?"""
    return _add_page(_round(slug), AddForm(formdata=None, press=new_press(NEW, signed_in_staff().id)))


@pages.post("/add")
@roles("officer")
def add(slug: str) -> ResponseReturnValue:
    """Ask another officer to approve a place on the roll."""
    round_, form, staff = _round(slug), AddForm(), signed_in_staff()
    form.offer(wards_of_round(round_.id))
    if not form.validate_on_submit():
        return _add_page(round_, form), 422

    def request() -> str:
        who = {"name": " ".join((form.name.data or "").split()), "address": lines_of(form.address.data)}
        who["postcode"] = spaced(normalise(form.postcode.data))
        return asked_once(round_.id, "add", {**who, "ward": form.ward.data, **_signed(form, NEW)}, staff)

    return _ask(form, "points", request, lambda: _add_page(round_, form))


@pages.get("/approved/<permit_id>")
@roles("officer")
def approved(slug: str, permit_id: str) -> ResponseReturnValue:
    """Another officer has approved: the button that shows the code."""
    round_ = _round(slug)
    permit = queries.permit(permit_id, signed_in_staff().id, _now())
    if permit is None:
        return _over_page(round_)
    form = PressForm(formdata=None, press=new_press(permit.entry_id, signed_in_staff().id))
    return _approved_page(round_, permit, form)


@pages.post("/approved/<permit_id>")
@roles("officer")
def collect(slug: str, permit_id: str) -> ResponseReturnValue:
    """Show the code that was approved, once."""
    round_, form, staff = _round(slug), PressForm(), signed_in_staff()
    permit = queries.permit(permit_id, staff.id, _now())
    if permit is None:
        return _over_page(round_)
    entry = entry_by_id(round_.id, permit.entry_id) or abort(404)
    try:
        return _code_page(round_, entry, collect_code(round_.id, permit, form.press.data or "", staff))
    except PermitOver:
        return _over_page(round_)
    except PbudgetError as error:
        form.refuse("submit", str(error))
        return _approved_page(round_, permit, form), 409


def _round(slug: str) -> RoundView:
    """A round with a roll."""
    round_ = round_by_slug(slug)
    return round_ if round_ and round_.assurance != "open" and round_.phase != "sealed" else abort(404)


def _resident(slug: str, entry_id: str) -> tuple[RoundView, EntryView]:
    round_ = _round(slug)
    return round_, entry_by_id(round_.id, entry_id) or abort(404)


def _now() -> datetime:
    return database_now(db.session())


def _closed(round_: RoundView) -> str:
    return why_closed(round_.phase, round_.opens_at, round_.closes_at, _now(), round_.decide_by)


def _signed(form: IdentityForm | MoveForm, entry_id: str) -> dict[str, Any]:
    """What every request of the desk holds: the identity shown, who asks, and a number that hides the rest."""
    staff = signed_in_staff()
    shown, salt = identity_shown(form.points.data or []), salt_of(form.press.data or "", entry_id, staff.id)
    return {"identity": shown, "officer": staff.id, "salt": salt}


def _ask(form: PressForm, field: str, request: Callable[[], str], page: Callable[[], str]) -> ResponseReturnValue:
    """Go to the page of the request, or back to the form with why it cannot be made."""
    try:
        return redirect(url_for("approvals.one_approval", approval_id=request()), 303)
    except PbudgetError as error:
        return _refused(form, field, error, page)


def _refused(form: PressForm, field: str, error: PbudgetError, page: Callable[[], str]) -> ResponseReturnValue:
    form.refuse(field, str(error))
    return page(), 422 if isinstance(error, BadInput | IdentityNotShown) else 503


def _ward_of(round_: RoundView, ward_id: int, wards: list[WardView] | None = None) -> str:
    listed = wards if wards is not None else wards_of_round(round_.id)
    return next((ward.name for ward in listed if ward.id == ward_id), "")


def _about(round_: RoundView, entry: EntryView) -> dict[str, Any]:
    """What every page about a resident shows."""
    ward = _ward_of(round_, entry.ward_id)
    lines = addressee(entry.name, entry.address, entry.postcode, entry.place, ward)
    return {"round": round_, "entry": entry, "lines": lines, "ward": ward}


def _desk_page(round_: RoundView, form: SearchForm, found: list[EntryView] | None = None) -> str:
    staff, now = signed_in_staff(), _now()
    waiting = queries.permits_of(round_.id, staff.id, now)
    return render_template(
        "desk/desk.html",
        round=round_,
        form=form,
        found=found[:MOST_FOUND] if found else found,
        too_many=found is not None and len(found) > MOST_FOUND,
        most=MOST_FOUND,
        wards={ward.id: ward.name for ward in wards_of_round(round_.id)} if found else {},
        permits=[(each, entry_by_id(round_.id, each.entry_id)) for each in waiting[:3]],
        done=desk_sentences(desk_totals(round_.id).as_json()),
        closed=_closed(round_),
    )


def _identity_page(round_: RoundView, entry: EntryView, form: IdentityForm) -> str:
    closed = _closed(round_)
    return render_template("desk/new-code.html", **_about(round_, entry), form=form, closed=closed)


def _move_page(round_: RoundView, entry: EntryView, form: MoveForm) -> str:
    wards = wards_of_round(round_.id)
    form.offer([ward for ward in wards if ward.id != entry.ward_id])
    return render_template("desk/ward.html", **_about(round_, entry), form=form, closed=_closed(round_))


def _add_page(round_: RoundView, form: AddForm) -> str:
    form.offer(wards_of_round(round_.id))
    return render_template("desk/add.html", round=round_, form=form, closed=_closed(round_))


def _approved_page(round_: RoundView, permit: queries.PermitView, form: PressForm) -> str:
    entry = entry_by_id(round_.id, permit.entry_id) or abort(404)
    return render_template("desk/approved.html", **_about(round_, entry), permit=permit, form=form)


def _over_page(round_: RoundView) -> ResponseReturnValue:
    return render_template("desk/over.html", round=round_), 410


def _code_page(round_: RoundView, entry: EntryView, code: Code) -> Response:
    """The code, on this one page and nowhere else."""
    about = _about(round_, entry)
    settings: Settings = current_app.extensions["settings"]
    letter = Letter(code.selector, about["lines"], code.grouped, voting_address(round_.slug, code))
    page = render_template(
        "desk/code.html", **about, letter=letter, site=settings.public_url.partition("://")[2], closes=round_.closes_at
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
