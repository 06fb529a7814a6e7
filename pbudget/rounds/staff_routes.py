"""Officers' pages: a round as a list of tasks, its keys, its opening, and what happens while it is open."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from pbudget.accounts.queries import demo_mode, labels
from pbudget.accounts.security import clock
from pbudget.equality.queries import plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.kit.errors import BadInput, PbudgetError
from pbudget.kit.fingerprints import short
from pbudget.kit.money import amount_text, read_money
from pbudget.ledger.queries import ballots_by, checkpoints_of
from pbudget.proposals.forms import FinalForm
from pbudget.proposals.queries import proposals_of
from pbudget.roll.queries import roll_size_by_ward
from pbudget.rounds import setting_up
from pbudget.rounds.forms import AddPotsForm, BallotForm, ButtonForm, NameForm, PassphraseForm, PotForm, RoundForm
from pbudget.rounds.opening import make_keys, take_escrow_copy
from pbudget.rounds.queries import (
    PotView,
    SetUp,
    number_of_rounds,
    pots_of,
    rounds,
    set_up_by_slug,
    wards_to_choose,
)
from pbudget.rounds.readiness import escrow_holders, parts_of, preparation_of
from pbudget.rounds.rules.choices import ASSURANCE_CHOICES, BALLOT_CHOICES, CHANNEL_CHOICES
from pbudget.rounds.rules.dates import say_with_zone
from pbudget.rounds.rules.phases import SET_UP
from pbudget.rounds.rules.tasks import TASKS, missing_to_open, sections_of
from pbudget.rounds.rules.turnout import turnout_lines, ways_of_voting
from pbudget.rounds.setting_up import BallotLimits
from pbudget.rounds.task_pages import TASK_PAGES, rules_of
from pbudget.web.access import roles, signed_in_staff
from pbudget.web.paging import asked_page

pages = Blueprint("staff_rounds", __name__, url_prefix="/staff/rounds")
pages.add_app_template_filter(say_with_zone, "moment_with_zone")
pages.add_app_template_filter(short, "short_hash")
ROUNDS_A_PAGE = 30
EVERY_PHASE = ("set-up", "open", "closed", "published", "sealed", "annulled")
OWN_PAGES = {
    "pots": "staff_rounds.pots",
    "ballot": "staff_rounds.ballot",
    "keys": "staff_rounds.keys",
    "proposals": "proposals.staff_list",
    "roll": "roll.roll",
    "codes": "roll.codes",
    "test": "rehearsals.staff_test",
}
"""Tasks that are more than one form, and where they are. A page that is not there yet is not linked."""


@pages.get("")
@roles("officer", "auditor")
def round_list() -> str:
    """Every round, those being worked on first."""
    paging = asked_page(number_of_rounds(EVERY_PHASE), ROUNDS_A_PAGE)
    found = rounds(EVERY_PHASE, ROUNDS_A_PAGE, paging.offset)
    now = clock().now()
    return render_template("rounds/staff/list.html", rounds=[(each, each.stage(now)) for each in found], paging=paging)


@pages.get("/new")
@roles("officer")
def new_round() -> str:
    """Name and place of a new round."""
    return render_template("rounds/staff/new.html", form=NameForm())


@pages.post("/new")
@roles("officer")
def create_round() -> ResponseReturnValue:
    """Make the round and go to its list of tasks."""
    form = NameForm()
    if form.validate_on_submit():
        is_demo = demo_mode(current_app.extensions["settings"])
        try:
            staff = signed_in_staff()
            made = setting_up.create_round(form.name.data.strip(), form.place.data.strip(), staff.id, is_demo=is_demo)
            return redirect(url_for("staff_rounds.one_round", slug=made), 303)
        except BadInput as error:
            form.refuse("name", str(error))
    return render_template("rounds/staff/new.html", form=form), 422


@pages.get("/<slug>")
@roles("officer", "auditor")
def one_round(slug: str) -> str:
    """The list of tasks; once the round has opened, how it goes."""
    round_ = found_round(slug)
    if round_.phase != SET_UP:
        return _under_way(round_)
    prepared = preparation_of(round_, parts_of(round_.id), clock().now())
    return render_template(
        "rounds/staff/tasks.html",
        round=round_,
        sections=sections_of(prepared),
        missing=missing_to_open(prepared),
        waiting=round_.waits(clock().now()),
        address_of=lambda name: address_of_task(round_.slug, name),
    )


def _under_way(round_: SetUp) -> str:
    counts = ballots_by(round_.id) if round_.opened_at else {}
    wards = {each.id: (each.code, each.name) for each in wards_to_choose()}
    checkpoints = checkpoints_of(round_.id)
    return render_template(
        "rounds/staff/under-way.html",
        round=round_,
        stage=round_.stage(clock().now()),
        turnout=turnout_lines(counts, roll_size_by_ward(round_.id), wards),
        channels=ways_of_voting(counts),
        counted=sum(counts.values()),
        checkpoint=checkpoints[-1] if checkpoints else None,
        waiting=round_.waits(clock().now()),
    )


def found_round(slug: str) -> SetUp:
    """The round of this address, or 404."""
    return set_up_by_slug(slug) or abort(404)


def address_of_task(slug: str, name: str) -> str:
    """Where a task's page is; empty while the room it belongs to has none."""
    if name in TASK_PAGES:
        return url_for("staff_rounds.task", slug=slug, name=name)
    endpoint = OWN_PAGES[name]
    return url_for(endpoint, slug=slug) if endpoint in current_app.view_functions else ""


@pages.get("/<slug>/<any(name,dates,rule,voters,questions,quorum,witnesses,annul,publish,documents):name>")
@roles("officer", "auditor")
def task(slug: str, name: str) -> str:
    """A task that is one form, filled with what was saved."""
    round_ = found_round(slug)
    page = TASK_PAGES[name]
    form = page.form(formdata=None, data=dict(page.fill(round_)))
    return task_page(round_, name, with_choices(form, round_))


@pages.post("/<slug>/<any(name,dates,rule,voters,questions,quorum,witnesses,annul,publish,documents):name>")
@roles("officer")
def save_task(slug: str, name: str) -> ResponseReturnValue:
    """Save it and go back to the list, or show what has to be changed, with everything that was typed."""
    round_ = found_round(slug)
    page = TASK_PAGES[name]
    form = with_choices(page.form(), round_)
    if name == "rule" and not form.rule.choices:
        return redirect(url_for("staff_rounds.task", slug=slug, name=name), 303)  # which says what comes first
    if form.validate_on_submit():
        try:
            page.save(round_, form, signed_in_staff().id)
            return redirect(url_for("staff_rounds.one_round", slug=slug), 303)
        except BadInput as error:
            form.refuse(page.at, str(error))
    return task_page(round_, name, form), 422


def with_choices(form: RoundForm, round_: SetUp) -> RoundForm:
    """The form with the choices that depend on the round."""
    if "rule" in form:
        form["rule"].choices = [SelectChoice(each.value, each.title) for each in rules_of(round_)]
    return form


def task_page(round_: SetUp, name: str, form: RoundForm, **more: Any) -> str:
    """The page of a task."""
    rules = rules_of(round_) if name == "rule" else ()
    hints = {
        "assurance": ASSURANCE_CHOICES,
        "ballot_type": BALLOT_CHOICES,
        "channels": CHANNEL_CHOICES,
        "rule": rules,
    }
    return render_template(
        f"rounds/staff/{name}.html",
        round=round_,
        form=form,
        title=TASKS[name][0],
        rules=rules,
        questions=plan_of(of_round(round_.id)).questions if name == "questions" else (),
        hints={field: [each.hint for each in choices] for field, choices in hints.items()},
        may_change=round_.phase == SET_UP and "officer" in signed_in_staff().roles,
        **more,
    )


@pages.get("/<slug>/pots")
@roles("officer", "auditor")
def pots(slug: str) -> str:
    """The pots there are, and a form for more."""
    round_ = found_round(slug)
    return _pots_page(round_, _add_pots_form(round_))


@pages.post("/<slug>/pots")
@roles("officer")
def add_pots(slug: str) -> ResponseReturnValue:
    """Add a pot, or one for every ward of a borough."""
    round_ = found_round(slug)
    form = _add_pots_form(round_)
    if form.validate_on_submit():
        try:
            names = _named(form.where.data, round_)
            setting_up.add_pots(round_.id, names, read_money(form.amount.data), signed_in_staff().id)
            return redirect(url_for("staff_rounds.pots", slug=slug), 303)
        except BadInput as error:
            form.refuse("where", str(error))
    return _pots_page(round_, form), 422


def _pots_page(round_: SetUp, form: AddPotsForm) -> str:
    counts = {pot_id: len(found) for pot_id, found in proposals_of(round_.id).items()}
    return task_page(round_, "pots", form, pots=pots_of(round_.id), counts=counts)


def _add_pots_form(round_: SetUp) -> AddPotsForm:
    form, taken = AddPotsForm(), {pot.ward_id for pot in pots_of(round_.id)}
    free = [ward for ward in wards_to_choose() if ward.id not in taken]
    boroughs = {ward.borough_slug: ward.borough for ward in free}
    choices = [] if None in taken else [SelectChoice("whole", f"Everybody in {round_.place}")]
    choices += [SelectChoice(f"all:{slug}", f"Every ward of {name}, a pot each") for slug, name in boroughs.items()]
    form.where.choices = choices + [SelectChoice(f"ward:{each.id}", each.name, optgroup=each.borough) for each in free]
    return form


def _named(where: str, round_: SetUp) -> dict[int | None, str]:
    """Which wards are meant by a choice, with the names their pots get."""
    kind, _, which = where.partition(":")
    if kind == "whole":
        return {None: f"All of {round_.place}"}
    wards = wards_to_choose()
    return {ward.id: ward.name for ward in wards if which in (ward.borough_slug if kind == "all" else str(ward.id),)}


@pages.get("/<slug>/pots/<pot>")
@roles("officer")
def pot(slug: str, pot: str) -> str:
    """A pot's name and amount."""
    round_, found = _pot(slug, pot)
    data = {"name": found.name, "amount": amount_text(found.amount, found.units)}
    return _pot_page(round_, found, PotForm(formdata=None, data=data))


@pages.post("/<slug>/pots/<pot>")
@roles("officer")
def change_pot(slug: str, pot: str) -> ResponseReturnValue:
    """Save the name and the amount."""
    round_, found = _pot(slug, pot)
    form = PotForm()
    if form.validate_on_submit():
        try:
            amount = read_money(form.amount.data, found.units)
            setting_up.change_pot(round_.id, found.id, form.name.data.strip(), amount, signed_in_staff().id)
            return redirect(url_for("staff_rounds.pots", slug=slug), 303)
        except BadInput as error:
            form.refuse("name", str(error))
    return _pot_page(round_, found, form), 422


@pages.post("/<slug>/pots/<pot>/remove")
@roles("officer")
def remove_pot(slug: str, pot: str) -> ResponseReturnValue:
    """Remove a pot with its proposals."""
    round_, found = _pot(slug, pot)
    setting_up.remove_pot(round_.id, found.id, signed_in_staff().id)
    return redirect(url_for("staff_rounds.pots", slug=slug), 303)


def _pot(slug: str, pot: str) -> tuple[SetUp, PotView]:
    round_ = found_round(slug)
    return round_, next((each for each in pots_of(round_.id) if each.slug == pot), None) or abort(404)


def _pot_page(round_: SetUp, pot: PotView, form: PotForm) -> str:
    proposals = len(proposals_of(round_.id).get(pot.id, []))
    return render_template("rounds/staff/pot.html", round=round_, pot=pot, form=form, proposals=proposals)


@pages.get("/<slug>/ballot")
@roles("officer", "auditor")
def ballot(slug: str) -> str:
    """What ballots look like: for the wards' pots and for those of the whole area."""
    round_ = found_round(slug)
    groups = {name: _ballot_form(name, members, fill=True) for name, members in _groups(round_).items()}
    return task_page(round_, "ballot", ButtonForm(), groups=groups)


@pages.post("/<slug>/ballot")
@roles("officer")
def save_ballot(slug: str) -> ResponseReturnValue:
    """Save both."""
    round_, token = found_round(slug), ButtonForm()
    groups = _groups(round_)
    forms = {name: _ballot_form(name, members, fill=False) for name, members in groups.items()}
    fits = [token.validate_on_submit(), *(form.validate() for form in forms.values())]
    if groups and all(fits):
        limits = {pot.id: _limits(forms[name]) for name, members in groups.items() for pot in members}
        setting_up.save_ballots(round_.id, limits, signed_in_staff().id)
        return redirect(url_for("staff_rounds.one_round", slug=slug), 303)
    return task_page(round_, "ballot", token, groups=forms), 422


def _groups(round_: SetUp) -> Mapping[str, Sequence[PotView]]:
    """Pots of wards and pots of the whole area, without empty groups."""
    found = pots_of(round_.id)
    groups = {"wards": [pot for pot in found if pot.ward_id], "whole": [pot for pot in found if not pot.ward_id]}
    return {name: members for name, members in groups.items() if members}


def _ballot_form(prefix: str, members: Sequence[PotView], *, fill: bool) -> BallotForm:
    if not fill:
        return BallotForm(prefix=prefix)
    first = members[0]
    data = {"ballot_type": first.ballot_type}
    data |= {name: str(getattr(first, name) or "") for name in ("most_choices", "most_points")}
    return BallotForm(formdata=None, prefix=prefix, data=data)


def _limits(form: BallotForm) -> BallotLimits:
    kind = form.ballot_type.data
    most, points = ((field.data or "").strip() for field in (form.most_choices, form.most_points))
    return BallotLimits(kind, int(most) if most else None, int(points) if points and kind == "points" else None)


@pages.post("/<slug>/costs-final")
@roles("officer")
def costs_final(slug: str) -> ResponseReturnValue:
    """The officer's word that every proposal can be done and its cost is final."""
    round_ = found_round(slug)
    if not FinalForm().validate_on_submit():
        return redirect(url_for("proposals.staff_list", slug=slug, costs="open"), 303)
    setting_up.save_columns(round_.id, "proposals", {}, signed_in_staff().id)
    return redirect(url_for("staff_rounds.one_round", slug=slug), 303)


@pages.get("/<slug>/keys")
@roles("officer", "auditor")
def keys(slug: str) -> str:
    """The round's keys: made or not, and who holds a locked copy."""
    return _keys_page(found_round(slug), PassphraseForm())


@pages.post("/<slug>/keys")
@roles("officer")
def create_keys(slug: str) -> ResponseReturnValue:
    """Make the keys, once."""
    round_ = found_round(slug)
    make_keys(round_.id, signed_in_staff().id)
    return redirect(url_for("staff_rounds.keys", slug=slug), 303)


@pages.post("/<slug>/keys/copy")
@roles("officer")
def escrow(slug: str) -> ResponseReturnValue:
    """A copy of the keys, locked with the officer's own passphrase, as a download."""
    round_, form = found_round(slug), PassphraseForm()
    if form.validate_on_submit():
        try:
            copy = take_escrow_copy(round_.id, form.passphrase.data, signed_in_staff().id)
            name = f'attachment; filename="keys-{round_.slug}.json"'
            return Response(copy, mimetype="application/json", headers={"Content-Disposition": name})
        except PbudgetError as error:
            form.refuse("passphrase", str(error))
    return _keys_page(round_, form), 422


def _keys_page(round_: SetUp, form: PassphraseForm) -> str:
    names, held = labels(), escrow_holders(round_.id)
    holders = [(names.get(staff_id, "An account that is gone"), at) for staff_id, at in held.items()]
    return task_page(round_, "keys", form, holders=holders, holds=signed_in_staff().id in held)
