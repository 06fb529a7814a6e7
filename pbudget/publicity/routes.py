"""Officers' page about the pre-election period, and what templates may ask about it."""

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pbudget.accounts.queries import labels
from pbudget.publicity.actions import DaysNotUsable, end_period, set_period
from pbudget.publicity.forms import PeriodForm
from pbudget.publicity.queries import earlier_periods, period_for_pages, standing_period, today
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("publicity", __name__, url_prefix="/staff/pre-election")


@pages.record_once
def tell_templates(state: object) -> None:
    """Let every template ask whether publicity is held back."""
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals["pre_election"] = period_for_pages


@pages.get("")
@roles("officer", "auditor")
def switch() -> str:
    """Whether publicity is held back, until when, what that does, and the record of earlier times."""
    return _page(PeriodForm())


@pages.post("")
@roles("officer")
def turn_on() -> ResponseReturnValue:
    """Hold publicity back in these days."""
    form = PeriodForm()
    if form.validate_on_submit():
        try:
            reason = (form.reason.data or "").strip()
            set_period(form.first_day.data, form.last_day.data, reason, signed_in_staff().id)
            return redirect(url_for("publicity.switch"), 303)
        except DaysNotUsable as error:
            form.last_day.errors = [str(error)]
    return _page(form), 422


@pages.post("/end")
@roles("officer")
def turn_off() -> ResponseReturnValue:
    """Free publicity now."""
    end_period(signed_in_staff().id)
    return redirect(url_for("publicity.switch"), 303)


def _page(form: PeriodForm) -> str:
    return render_template(
        "publicity/pre-election.html",
        form=form,
        standing=standing_period(),
        now=period_for_pages(),
        earlier=earlier_periods(),
        names=labels(),
        today=today(),
    )
