"""Who answered a budget, for anybody, once it has closed: beside residents, and the figures weighted beside as sent."""

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from pbudget.calculator.asking import questions_of
from pbudget.calculator.queries import BudgetView, budget_by_slug
from pbudget.calculator.rules.standing import CLOSED, SET_UP
from pbudget.guard.queries import BudgetReportView, report_on_answers
from pbudget.guard.showing import flag_words
from pbudget.kit.spreadsheets import csv_bytes
from pbudget.publicity.queries import period_for_pages
from pbudget.web.access import public

pages = Blueprint("guard_budgets", __name__, url_prefix="/budgets/<slug>")


@pages.get("/who-took-part")
@public
def who_took_part(slug: str) -> Response:
    """The report; or that it is held back, or not made yet."""
    budget = _budget(slug)
    if not _is_out(budget):
        return make_response(render_template("calculator/held-back.html", budget=budget))
    found = report_on_answers(budget.id)
    page = render_template("guard/budget.html", budget=budget, found=found, flag_words=flag_words)
    return make_response(page)


@pages.get("/who-took-part.csv")
@public
def file(slug: str) -> ResponseReturnValue:
    """The same figures as a file; 404 before they are out."""
    from pbudget.guard.budgets import rows_of_file  # brings numpy with it, which only this file needs

    budget = _budget(slug)
    found: BudgetReportView | None = report_on_answers(budget.id) if _is_out(budget) else None
    if found is None:
        abort(404)
    named = {"Content-Disposition": f'attachment; filename="{budget.slug}-who-took-part.csv"'}
    content = csv_bytes(rows_of_file(found.document))
    return Response(content, content_type="text/csv; charset=utf-8", headers=named)


def _budget(slug: str) -> BudgetView:
    """A budget that residents can see and that asked about people; 404 for any other."""
    budget = budget_by_slug(slug) or abort(404)
    if budget.standing == SET_UP or not questions_of(budget).guard_key:
        abort(404)
    return budget


def _is_out(budget: BudgetView) -> bool:
    return budget.standing == CLOSED and not period_for_pages()
