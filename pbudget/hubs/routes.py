"""Officers' pages about help for residents, and the words that every page says about it."""

from flask import Blueprint, Flask, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from pbudget.hubs.actions import HubNameTaken, remove_hub, save_help_line, save_hub
from pbudget.hubs.forms import HelpLineForm, HubForm
from pbudget.hubs.queries import HubView, help_known, hub_list
from pbudget.wards.queries import wards_around
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("hubs", __name__, url_prefix="/staff/help")


@pages.record_once
def tell_templates(state: object) -> None:
    """Let every template say where help is."""
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals["help_known"] = help_known


@pages.get("")
@roles("officer")
def staff_help() -> str:
    """The phone line, and the list of hubs."""
    known = help_known()
    form = HelpLineForm(formdata=None, data={"phone": known.phone, "hours": known.hours})
    return render_template("hubs/help.html", form=form, hubs=hub_list())


@pages.post("")
@roles("officer")
def change_help_line() -> ResponseReturnValue:
    """Save the phone line."""
    form = HelpLineForm()
    if form.validate_on_submit():
        phone, hours = (form.phone.data or "").strip(), (form.hours.data or "").strip()
        save_help_line(phone, hours, signed_in_staff().id)
        return redirect(url_for("hubs.staff_help"), 303)
    return render_template("hubs/help.html", form=form, hubs=hub_list()), 422


@pages.get("/hubs/new")
@roles("officer")
def new_hub() -> str:
    """A hub to fill in."""
    return _hub_page(_with_wards(HubForm()), None)


@pages.post("/hubs/new")
@roles("officer")
def add_hub() -> ResponseReturnValue:
    """Add it."""
    return _save(None)


@pages.get("/hubs/<int:hub_id>")
@roles("officer")
def hub(hub_id: int) -> str:
    """A hub to change."""
    found = _hub(hub_id)
    data = {name: getattr(found, name) for name in ("name", "address", "hours", "access")}
    return _hub_page(_with_wards(HubForm(formdata=None, data={**data, "ward": str(found.ward_id)})), found)


@pages.post("/hubs/<int:hub_id>")
@roles("officer")
def change_hub(hub_id: int) -> ResponseReturnValue:
    """Change it."""
    return _save(_hub(hub_id))


@pages.post("/hubs/<int:hub_id>/remove")
@roles("officer")
def take_away(hub_id: int) -> ResponseReturnValue:
    """Remove it."""
    remove_hub(hub_id, signed_in_staff().id)
    return redirect(url_for("hubs.staff_help"), 303)


def _save(found: HubView | None) -> ResponseReturnValue:
    form = _with_wards(HubForm())
    if form.validate_on_submit():
        try:
            save_hub(found.id if found else None, form.given(), signed_in_staff().id)
            return redirect(url_for("hubs.staff_help"), 303)
        except HubNameTaken as error:
            form.name.errors = [str(error)]
    return _hub_page(form, found), 422


def _with_wards(form: HubForm) -> HubForm:
    wards = [SelectChoice(str(ward.id), ward.name) for ward in wards_around((), borough_wide=True)]
    form.ward.choices = [SelectChoice("", "Choose a ward"), *wards]
    return form


def _hub(hub_id: int) -> HubView:
    return next((each for each in hub_list() if each.id == hub_id), None) or abort(404)


def _hub_page(form: HubForm, found: HubView | None) -> str:
    return render_template("hubs/hub.html", form=form, hub=found)
