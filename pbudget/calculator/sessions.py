"""One browser's answer to one budget: the signed cookie holds the draft's id and no more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, abort, current_app, make_response, redirect, render_template, request, session, url_for

from pbudget.calculator.queries import BudgetView, DraftView, budget_by_slug, draft_by_id
from pbudget.calculator.rules.screens import Screen, screen_in
from pbudget.calculator.rules.standing import OPEN, SET_UP
from pbudget.calculator.showing import closed_page
from pbudget.config import Settings
from pbudget.kit.clock import LONDON
from pbudget.web.layout import is_fragment

DRAFT, CODE, SCREEN, ANSWERED = "budget-answer", "budget-code", "budget-screen", "budget-answered"
"""What the cookie holds; `budget-answered` says that questions about the person were answered, never what."""
View = Callable[..., Any]


def settings() -> Settings:
    """The installation's settings."""
    given: Settings = current_app.extensions["settings"]
    return given


def budget_here(slug: str) -> BudgetView:
    """The budget of this address; 404 for none and for one that residents cannot see yet."""
    budget = budget_by_slug(slug)
    return budget if budget and budget.standing != SET_UP else abort(404)


def draft_id() -> str:
    """The id of this browser's draft; empty where it has none."""
    return str(session.get(DRAFT, ""))


def remember_draft(new_id: str) -> None:
    """This browser fills in this draft from now on."""
    session[DRAFT] = new_id
    session.pop(CODE, None)


def forget_draft() -> None:
    """This browser has no answer any more; what was sent stays sent."""
    for name in (DRAFT, CODE, ANSWERED):
        session.pop(name, None)


def draft_here(budget: BudgetView) -> DraftView | None:
    """This browser's answer to this budget, if it has begun one."""
    held = draft_by_id(draft_id()) if draft_id() else None
    return held if held and held.budget_id == budget.id else None


def screen_here(budget: BudgetView) -> Screen | None:
    """The shared screen that this browser is for this budget; None for somebody's own."""
    return screen_in(session.get(SCREEN), budget.slug, budget.read_at.astimezone(LONDON).date())


def resident(view: View) -> View:
    """Only for a browser that has begun an answer, while the budget is open. Others are told what they can do."""

    @wraps(view)
    def guarded(slug: str, **rest: Any) -> Response:
        budget = budget_here(slug)
        if budget.standing != OPEN:
            return over_page(budget)
        held = draft_here(budget)
        return make_response(view(budget, held, **rest)) if held else ended_page(budget)

    return part_of_an_answer(guarded)


def part_of_an_answer(view: View) -> View:
    """A view that finds out for itself whether this browser has begun an answer."""
    view.access = "resident"  # type: ignore[attr-defined]
    return view


def keep_nothing(response: Response) -> Response:
    """No page of an answer is stored, by anybody, even for the button Back."""
    response.headers["Cache-Control"] = "no-store"
    return response


def ended_page(budget: BudgetView, status: int = 410) -> Response:
    """There is no such answer: how to begin again, or to come back with a code."""
    if is_fragment():
        return go_to(url_for("calculator.ended", slug=budget.slug))
    return make_response(render_template("calculator/ended.html", budget=budget), status)


def over_page(budget: BudgetView) -> Response:
    """The budget has closed: nothing that was sent now counts. For an hour the person can print what they had."""
    if is_fragment():
        return go_to(url_for("calculator.start", slug=budget.slug))
    held = draft_here(budget)
    posted = request.form.to_dict(flat=False) if request.method == "POST" else None
    return closed_page(budget, held, posted)


def go_to(address: str) -> Response:
    """To another page after a POST, for browsers with and without scripts."""
    if is_fragment():
        return Response(status=204, headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))
