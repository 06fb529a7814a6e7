"""Officers' pages of proposals: the list, one at a time, and a whole table with a dry run first."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from pbudget.db import transaction
from pbudget.kit.errors import BadInput
from pbudget.kit.money import amount_text, read_money
from pbudget.proposals.actions import change_proposal, remove_proposal, save_proposals
from pbudget.proposals.forms import FinalForm, ProposalForm, SheetForm, TableForm
from pbudget.proposals.queries import ProposalView, proposals_of
from pbudget.proposals.rules import (
    NewProposal,
    PotForSheet,
    SheetNotUsable,
    new_reference,
    read_sheet,
    usable_text,
    usable_title,
)
from pbudget.rounds.queries import SetUp, pots_of, set_up_by_slug, wards_to_choose
from pbudget.wards.rules.tables import decode, read_table
from pbudget.web.access import current_staff, roles, signed_in_staff

pages = Blueprint("proposals", __name__, url_prefix="/staff/rounds/<slug>/proposals")
LARGEST_FILE = 2 * 1024 * 1024
"""A table of proposals: 500 for each pot, with long descriptions."""
LONG_ENDPOINTS = ("proposals.check_file", "proposals.add_file")
MOST_PROBLEMS = 50


@pages.url_value_preprocessor
def allow_long_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let an officer, and nobody else, send a table longer than any other form may be."""
    if endpoint in LONG_ENDPOINTS and request.method == "POST":
        staff = current_staff()
        if staff and "officer" in staff.roles:
            request.max_content_length = LARGEST_FILE
            request.max_form_memory_size = LARGEST_FILE


@pages.get("")
@roles("officer", "auditor")
def staff_list(slug: str) -> str:
    """Every proposal by pot, and what can be done; `?costs=open` says that the box was not ticked."""
    form = FinalForm(formdata=None)
    if request.args.get("costs") == "open":
        form.final.errors = ["Tick the box when the costs are final"]
    return _list_page(_round(slug), form)


def _list_page(round_: SetUp, form: FinalForm) -> str:
    return render_template(
        "proposals/list.html",
        round=round_,
        pots=pots_of(round_.id),
        proposals=proposals_of(round_.id),
        form=form,
        may_change=_may_change(round_),
    )


def _may_change(round_: SetUp) -> bool:
    return round_.phase == "set-up" and "officer" in signed_in_staff().roles


@pages.get("/new")
@roles("officer")
def new_proposal(slug: str) -> str:
    """One more."""
    round_ = _round(slug)
    return _form_page(round_, _form(round_, formdata=None, data={"pot": request.args.get("pot", type=int)}))


@pages.post("/new")
@roles("officer")
def add_proposal(slug: str) -> ResponseReturnValue:
    """Save it."""
    round_ = _round(slug)
    form = _form(round_)
    if form.validate_on_submit():
        proposal = _from_form(form, round_, None)
        with transaction() as session:
            save_proposals(session, round_.id, [proposal], signed_in_staff().id)
        return redirect(url_for("proposals.staff_list", slug=slug), 303)
    return _form_page(round_, form), 422


@pages.get("/<int:proposal_id>")
@roles("officer")
def one_proposal(slug: str, proposal_id: int) -> str:
    """One proposal, to change."""
    round_ = _round(slug)
    found = _proposal(round_, proposal_id)
    data = {"pot": found.pot_id, "cost": amount_text(found.cost)}
    data |= {name: getattr(found, name) for name in ("title", "description", "category")}
    return _form_page(round_, _form(round_, formdata=None, data=data), found)


@pages.post("/<int:proposal_id>")
@roles("officer")
def save_proposal(slug: str, proposal_id: int) -> ResponseReturnValue:
    """Save it as changed."""
    round_ = _round(slug)
    found, form = _proposal(round_, proposal_id), _form(round_)
    if form.validate_on_submit():
        with transaction() as session:
            changed = _from_form(form, round_, found)
            change_proposal(session, round_.id, proposal_id, changed, signed_in_staff().id)
        return redirect(url_for("proposals.staff_list", slug=slug), 303)
    return _form_page(round_, form, found), 422


@pages.post("/<int:proposal_id>/remove")
@roles("officer")
def remove(slug: str, proposal_id: int) -> ResponseReturnValue:
    """Remove it."""
    round_ = _round(slug)
    _proposal(round_, proposal_id)
    with transaction() as session:
        remove_proposal(session, round_.id, proposal_id, signed_in_staff().id)
    return redirect(url_for("proposals.staff_list", slug=slug), 303)


def _round(slug: str) -> SetUp:
    return set_up_by_slug(slug) or abort(404)


def _proposal(round_: SetUp, proposal_id: int) -> ProposalView:
    found = [each for pot in proposals_of(round_.id).values() for each in pot if each.id == proposal_id]
    return found[0] if found else abort(404)


def _form(round_: SetUp, **kwargs: object) -> ProposalForm:
    form = ProposalForm(**kwargs)
    form.pot.choices = [SelectChoice(str(pot.id), pot.name) for pot in pots_of(round_.id)]
    return form


def _form_page(round_: SetUp, form: ProposalForm, found: ProposalView | None = None) -> str:
    return render_template("proposals/proposal.html", round=round_, form=form, found=found)


def _from_form(form: ProposalForm, round_: SetUp, found: ProposalView | None) -> NewProposal:
    """What the form says; a proposal that moves to another pot, or is new, gets a reference free there."""
    pot_id, title = form.pot.data, usable_title(form.title.data)
    there = frozenset(each.reference for each in proposals_of(round_.id).get(pot_id, []))
    stays = found is not None and found.pot_id == pot_id
    return NewProposal(
        pot_id=pot_id,
        reference=found.reference if found and stays else new_reference(title, there),
        title=title,
        description=usable_text(form.description.data or "", "description"),
        category=usable_text(form.category.data or "", "category"),
        cost=read_money(form.cost.data),
    )


@pages.get("/file")
@roles("officer")
def file(slug: str) -> str:
    """Choose a file."""
    return render_template("proposals/file.html", round=_round(slug), form=SheetForm(), problems=[], pots=_pots(slug))


@pages.post("/file")
@roles("officer")
def check_file(slug: str) -> ResponseReturnValue:
    """A dry run: every row as it would be saved, or every problem by row. Nothing is saved."""
    round_, form, problems = _round(slug), SheetForm(), []
    if form.validate_on_submit():
        try:
            content = form.file.data.read()
            found = read_sheet(read_table(content), _pots(slug))
            return _preview(round_, found, decode(content, "a CSV file")[0])
        except SheetNotUsable as error:
            problems = list(error.problems)
            form.file.errors = [str(error).rstrip(".")]
        except BadInput as error:
            form.file.errors = [str(error).rstrip(".")]
    page = render_template(
        "proposals/file.html", round=round_, form=form, problems=problems, most=MOST_PROBLEMS, pots=_pots(slug)
    )
    return page, 422


def _preview(round_: SetUp, found: tuple[NewProposal, ...], text: str) -> str:
    names = {pot.id: pot for pot in pots_of(round_.id)}
    form = TableForm(formdata=None, data={"table": text})
    return render_template("proposals/preview.html", round=round_, found=found, pots=names, form=form)


@pages.post("/file/add")
@roles("officer")
def add_file(slug: str) -> ResponseReturnValue:
    """Save every row of the table that was checked, which is read once more."""
    round_, form = _round(slug), TableForm()
    if not form.validate_on_submit():
        abort(400)
    found = read_sheet(read_table((form.table.data or "").encode()), _pots(slug))
    with transaction() as session:
        save_proposals(session, round_.id, found, signed_in_staff().id)
    return redirect(url_for("proposals.staff_list", slug=slug), 303)


def _pots(slug: str) -> list[PotForSheet]:
    round_ = _round(slug)
    codes = {ward.id: ward.code for ward in wards_to_choose()}
    there = {pot_id: frozenset(each.reference for each in found) for pot_id, found in proposals_of(round_.id).items()}
    return [
        PotForSheet(
            id=pot.id,
            name=pot.name,
            slug=pot.slug,
            ward_code=codes.get(pot.ward_id or 0),
            amount=pot.amount,
            units=pot.units,
            references=there.get(pot.id, frozenset()),
        )
        for pot in pots_of(round_.id)
    ]
