"""Questions about the person, once a budget is sent: what is asked, and answers kept apart under a key of their own.

An answer to a budget and an answer about a person are joined by HMAC(guard key, id of the answer) alone. The key is a
file of this machine, made as the budget opens and destroyed with the answers once the guard has made its figures. A
group at one table is asked nothing: it is not one person.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.calculator.queries import BudgetView, DraftView, sent_of
from pbudget.equality.actions import keep_answers, name_guard_key, save_questions, withdraw_answers
from pbudget.equality.queries import QuestionPlan, plan_of
from pbudget.equality.rules.consultations import guard_key_of_budget, of_budget
from pbudget.equality.rules.questions import asked, own_question
from pbudget.keys.actions import create_guard_key, load_guard_key
from pbudget.rounds.opening import keys_folder
from pbudget.wards.queries import groups_by_dimension

YOUNGEST = 16
"""Bands of ages begin here, as in a vote: those who answer are held against residents of 16 and over."""


def choose_questions(
    session: Session, budget: BudgetView, names: Sequence[str], own: tuple[str, str], actor: str
) -> None:
    """Settle what is asked; the caller holds the budget and has seen that it has not opened. Raises BadInput."""
    title, lines = (typed.strip() for typed in own)
    mine = [own_question(title, lines)] if title or lines else []
    questions = asked(names, mine, groups_by_dimension(()), YOUNGEST)
    save_questions(session, of_budget(budget.id), questions)
    record(session, actor, "budget questions chosen", budget.slug, questions=len(questions))


def questions_of(budget: BudgetView) -> QuestionPlan:
    """What this budget asks."""
    return plan_of(of_budget(budget.id))


def may_be_asked(held: DraftView) -> bool:
    """Whether somebody sent this budget, and alone."""
    return held.group_size is None and sent_of(held.id) is not None


def make_key_for_answers(session: Session, budget: BudgetView) -> None:
    """Make the key as the budget opens, where anything is asked; the caller holds the budget."""
    asks = of_budget(budget.id)
    if plan_of(asks, session).questions:
        name_guard_key(session, asks, create_guard_key(keys_folder(), guard_key_of_budget(budget.slug)))


def guard_key_for(budget: BudgetView, plan: QuestionPlan) -> bytes:
    """The key to the answers. Raises KeyMissing, KeyMismatch and KeysDestroyed."""
    return load_guard_key(keys_folder(), guard_key_of_budget(budget.slug), plan.guard_key)


def keep_answers_of(
    budget: BudgetView, plan: QuestionPlan, held: DraftView, page: int, answers: Mapping[str, str]
) -> None:
    """Keep one page of answers about whoever sent this budget. Raises as keep_answers and guard_key_for."""
    keep_answers(guard_key_for(budget, plan), of_budget(budget.id), held.id, page, answers)


def take_back_answers_of(budget: BudgetView, plan: QuestionPlan, held: DraftView) -> None:
    """Delete them. Raises as withdraw_answers and guard_key_for."""
    withdraw_answers(guard_key_for(budget, plan), of_budget(budget.id), held.id)
