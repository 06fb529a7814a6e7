"""After a budget is sent: optional questions about the person, and taking answers back. No choice is read here."""

import structlog
from flask import Blueprint, Response, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from pbudget.calculator.asking import keep_answers_of, may_be_asked, questions_of, take_back_answers_of
from pbudget.calculator.queries import BudgetView, DraftView
from pbudget.calculator.sessions import ANSWERED, budget_here, go_to, keep_nothing, resident
from pbudget.equality.actions import AnswerNotOffered, AnswersNotTaken
from pbudget.equality.forms import QuestionsForm, questions_form
from pbudget.equality.queries import QuestionPlan
from pbudget.equality.rules.words import BUDGET
from pbudget.keys.actions import KeyMismatch
from pbudget.keys.files import KeyMissing, KeyNotPrivate, KeysDestroyed
from pbudget.web.errors import STORAGE_AWAY, ErrorText, error_page

pages = Blueprint("budget_questions", __name__, url_prefix="/budgets/<slug>/questions")
pages.after_request(keep_nothing)
log = structlog.get_logger()
NOT_SAVED = ErrorText(
    "Your answers have not been saved",
    ("Your budget is sent all the same.", "Something is wrong with the service. You can try again, or leave it."),
)


@pages.get("/<int:page>")
@resident
def questions(budget: BudgetView, held: DraftView, page: int) -> Response:
    """One page of questions, blank: what was answered before is never shown again."""
    plan = questions_of(budget)
    if not may_be_asked(held):
        return _back(budget)
    if not _has(plan, page):
        return _over(budget)
    return _page(budget, plan, page, questions_form(plan.screens[page - 1]))


@pages.post("/<int:page>")
@resident
def answer(budget: BudgetView, held: DraftView, page: int) -> ResponseReturnValue:
    """Keep the answers of a page and go to the next; a page left blank keeps none."""
    plan = questions_of(budget)
    if not may_be_asked(held):
        return _back(budget)
    if not _has(plan, page):
        return _over(budget)
    form = questions_form(plan.screens[page - 1])
    try:
        keep_answers_of(budget, plan, held, page, form.answers())
    except AnswerNotOffered:
        return _page(budget, plan, page, form, refused=True)
    session[ANSWERED] = held.id
    if page < len(plan.screens):
        return go_to(url_for("budget_questions.questions", slug=budget.slug, page=page + 1))
    return _back(budget)


@pages.post("/take-back")
@resident
def take_back(budget: BudgetView, held: DraftView) -> Response:
    """Delete the answers given with this budget; the same words whether there were any or not."""
    plan = questions_of(budget)
    if not plan.takes_answers:
        return _over(budget)
    take_back_answers_of(budget, plan, held)
    session.pop(ANSWERED, None)
    return make_response(render_template("equality/taken-back.html", budget=budget, words=BUDGET))


def _has(plan: QuestionPlan, page: int) -> bool:
    return plan.takes_answers and 1 <= page <= len(plan.screens)


def _back(budget: BudgetView) -> Response:
    return go_to(url_for("calculator.sent", slug=budget.slug))


def _over(budget: BudgetView) -> Response:
    page = render_template("equality/over.html", words=BUDGET, budget=budget, layout="calculator/_layout.html")
    return make_response(page, 410)


def _page(budget: BudgetView, plan: QuestionPlan, page: int, form: QuestionsForm, *, refused: bool = False) -> Response:
    made = render_template(
        "equality/questions.html",
        budget=budget,
        form=form,
        asked=plan.screens[page - 1],
        page=page,
        screens=len(plan.screens),
        refused=refused,
        words=BUDGET,
        layout="calculator/_layout.html",
        after=url_for("calculator.sent", slug=budget.slug),
        before=url_for("budget_questions.questions", slug=budget.slug, page=page - 1),
    )
    return make_response(made, 422 if refused else 200)


@pages.errorhandler(AnswersNotTaken)
def too_late(_error: AnswersNotTaken) -> Response:
    """The budget has closed: it counts, the answers cannot be changed."""
    return _over(budget_here((request.view_args or {})["slug"]))


def not_saved(error: Exception) -> Response:
    """The database or the guard key cannot be used; the budget is not touched by it."""
    log.error("answers-not-available", error=type(error).__name__)
    return error_page(503, ServiceUnavailable(), text=NOT_SAVED)


for _away in (*STORAGE_AWAY, KeyMissing, KeyMismatch, KeyNotPrivate, KeysDestroyed):
    pages.register_error_handler(_away, not_saved)
