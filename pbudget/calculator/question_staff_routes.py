"""Officers choose what people may be asked about themselves once they sent a budget: until it opens, not after."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pbudget.calculator.actions import ask_after_budget
from pbudget.calculator.asking import questions_of
from pbudget.calculator.queries import BudgetView, budget_by_slug
from pbudget.equality.queries import QuestionPlan
from pbudget.equality.rules.questions import STANDARD
from pbudget.kit.errors import BadInput
from pbudget.rounds.forms import QuestionsForm
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("staff_budget_questions", __name__, url_prefix="/staff/budgets/<slug>/questions")


@pages.get("")
@roles("officer", "auditor")
def questions(slug: str) -> Response:
    """What is asked, and the group of the residents' figures that each answer belongs to."""
    budget = _budget(slug)
    plan = questions_of(budget)
    return _page(budget, plan, QuestionsForm(formdata=None, data=_filled(plan)))


@pages.post("")
@roles("officer")
def save_questions(slug: str) -> ResponseReturnValue:
    """Settle what is asked."""
    budget, form = _budget(slug), QuestionsForm()
    if form.validate_on_submit():
        try:
            own = (form.own_title.data or "", form.own_answers.data or "")
            ask_after_budget(slug, form.asked.data or [], own, signed_in_staff().id)
            return redirect(url_for("staff_budgets.one_budget", slug=slug), 303)
        except BadInput as error:
            form.refuse("own_answers", str(error))
    return _page(budget, questions_of(budget), form, 422)


def _filled(plan: QuestionPlan) -> dict[str, object]:
    own = next((each for each in plan.questions if each.name not in STANDARD), None)
    said = {"own_title": own.title, "own_answers": "\n".join(a.label for a in own.answers)} if own else {}
    return {"asked": [each.name for each in plan.questions if each.name in STANDARD], **said}


def _page(budget: BudgetView, plan: QuestionPlan, form: QuestionsForm, status: int = 200) -> Response:
    may_change = budget.standing == "set-up" and "officer" in signed_in_staff().roles
    page = render_template(
        "calculator/staff/questions.html", budget=budget, plan=plan, form=form, may_change=may_change
    )
    return make_response(page, status)


def _budget(slug: str) -> BudgetView:
    return budget_by_slug(slug) or abort(404)
