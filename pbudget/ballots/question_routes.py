"""After the vote: optional questions about the voter, and taking answers back. The ballot is never read here."""

import structlog
from flask import Blueprint, Response, abort, make_response, render_template, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from pbudget.ballots import sessions
from pbudget.ballots.queries import CastView, VotingRound, key_ids_of, slot_of_tracker
from pbudget.ballots.sessions import (
    ended_page,
    go_to,
    part_of_a_session,
    round_to_vote_in,
    settings,
    why_no_tracker,
)
from pbudget.ballots.troubles import handle_troubles
from pbudget.equality.actions import AnswerNotOffered, AnswersNotTaken, keep_answers, withdraw_answers
from pbudget.equality.forms import QuestionsForm, WithdrawForm, questions_form
from pbudget.equality.queries import QuestionPlan, plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.words import VOTE
from pbudget.keys.actions import load_key
from pbudget.ledger.rules import parse_tracker
from pbudget.web.access import public
from pbudget.web.errors import ErrorText, error_page

pages = Blueprint("questions", __name__, url_prefix="/rounds/<slug>")
log = structlog.get_logger()
NOT_SAVED = ErrorText(
    "Your answers have not been saved",
    ("Your vote is recorded all the same.", "Something is wrong with the service. You can try again, or leave it."),
)


@pages.get("/vote/questions/<int:page>")
@part_of_a_session
def questions(slug: str, page: int) -> Response:
    """One page of questions, blank: what was answered before is never shown again."""
    round_ = round_to_vote_in(slug)
    if sessions.cast_here(round_) is None:
        return ended_page(round_)
    plan = _plan(round_)
    return _questions_page(round_, plan, page, questions_form(plan.screens[page - 1])) if _has(plan, page) else _over()


@pages.post("/vote/questions/<int:page>")
@part_of_a_session
def answer(slug: str, page: int) -> ResponseReturnValue:
    """Keep the answers of a page and go to the next; a page left blank keeps none."""
    round_ = round_to_vote_in(slug)
    cast = sessions.cast_here(round_)
    if cast is None:
        return ended_page(round_)
    plan = _plan(round_)
    if not _has(plan, page):
        return _over()
    form = questions_form(plan.screens[page - 1])
    try:
        _keep(round_, cast, page, form)
    except AnswerNotOffered:
        return _questions_page(round_, plan, page, form, refused=True)
    if page < len(plan.screens):
        return go_to(url_for("questions.questions", slug=slug, page=page + 1))
    return go_to(url_for("ballots.recorded", slug=slug))


def _keep(round_: VotingRound, cast: CastView, page: int, form: QuestionsForm) -> None:
    keep_answers(_guard_key(round_), of_round(round_.id), cast.slot, page, form.answers())
    session[sessions.ANSWERED] = sessions.draft_id()


def _guard_key(round_: VotingRound) -> bytes:
    ids = key_ids_of(round_.id) or abort(404)
    return load_key(settings().keys_folder, round_.slug, "guard", ids)


def _plan(round_: VotingRound) -> QuestionPlan:
    return plan_of(of_round(round_.id))


def _has(plan: QuestionPlan, page: int) -> bool:
    return plan.takes_answers and 1 <= page <= len(plan.screens)


def _over() -> Response:
    return make_response(render_template("equality/over.html", words=VOTE, layout="layouts/base.html"), 410)


def _questions_page(
    round_: VotingRound, plan: QuestionPlan, page: int, form: QuestionsForm, *, refused: bool = False
) -> Response:
    made = render_template(
        "equality/questions.html",
        round=round_,
        form=form,
        asked=plan.screens[page - 1],
        page=page,
        screens=len(plan.screens),
        refused=refused,
        words=VOTE,
        layout="ballots/_layout.html",
        after=url_for("ballots.recorded", slug=round_.slug),
        before=url_for("questions.questions", slug=round_.slug, page=page - 1),
    )
    return make_response(made, 422 if refused else 200)


@pages.get("/your-answers")
@public
def your_answers(slug: str) -> Response:
    """Ask for the reference of the vote whose answers are to be taken back."""
    return _withdraw_page(round_to_vote_in(slug), WithdrawForm())


@pages.post("/your-answers")
@public
def take_back(slug: str) -> Response:
    """Delete the answers given with this vote; the same words whether there were any or not."""
    round_, form = round_to_vote_in(slug), WithdrawForm()
    typed = (form.reference.data or "")[:100]
    tracker = parse_tracker(typed)
    slot = slot_of_tracker(round_.id, tracker) if tracker else None
    if slot is None:
        form.reference.errors = [
            "No vote with this reference is recorded in this round. Check it" if tracker else why_no_tracker(typed)
        ]
        return _withdraw_page(round_, form, 422)
    withdraw_answers(_guard_key(round_), of_round(round_.id), slot)
    session.pop(sessions.ANSWERED, None)
    return _withdraw_page(round_, form, done=True)


def _withdraw_page(round_: VotingRound, form: WithdrawForm, status: int = 200, *, done: bool = False) -> Response:
    takes = _plan(round_).takes_answers
    return make_response(
        render_template("equality/your-answers.html", round=round_, form=form, done=done, takes=takes), status
    )


@pages.errorhandler(AnswersNotTaken)
def too_late(_error: AnswersNotTaken) -> Response:
    """The report is being made: the vote stands, the answers cannot be changed."""
    return _over()


def not_saved(error: Exception) -> Response:
    """The database or the guard key cannot be used; the vote is not touched by it."""
    log.error("answers-not-available", error=type(error).__name__)
    return error_page(503, ServiceUnavailable(), text=NOT_SAVED)


handle_troubles(pages, not_available=not_saved)
