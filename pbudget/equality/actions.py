"""What is done with answers: keep them sealed, take them back, take no more, destroy them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ScalarSelect, delete, insert, select
from sqlalchemy.orm import Session

from pbudget.db import database_now, transaction
from pbudget.equality.models import EqualityAnswer, EqualityPlan
from pbudget.equality.queries import plan_of, plan_row
from pbudget.equality.rules.consultations import Consultation
from pbudget.equality.rules.questions import Question
from pbudget.equality.sealing import sealed
from pbudget.keys.rules import guard_link_of
from pbudget.kit.errors import BadInput, PbudgetError


class AnswersNotTaken(PbudgetError):
    """Nothing is asked, or the report is being made: the person reads that what they sent counts all the same."""


class AnswerNotOffered(BadInput):
    """An answer that the page did not offer; the page is shown again."""


def save_questions(session: Session, asks: Consultation, questions: Sequence[Question]) -> None:
    """Settle what is asked; the caller holds the consultation and has seen that it has not opened."""
    row = plan_row(session, asks) or EqualityPlan(**{asks.column: asks.id})
    row.questions = [question.as_json() for question in questions]
    session.add(row)
    session.flush()


def name_guard_key(session: Session, asks: Consultation, guard_key: str) -> None:
    """Write down which key opens the answers of a budget, as it opens; the caller holds the budget."""
    row = plan_row(session, asks, to_change=True)
    assert row is not None
    row.guard_key = guard_key


def keep_answers(k_guard: bytes, asks: Consultation, slot: str, part: int, answers: Mapping[str, str]) -> None:
    """Keep one page of somebody's answers (by question name), in place of an earlier one; empty answers take it away.

    `slot` is the slot of a ballot, or the id of an answer to a budget: nothing of either is read or written. Raises
    AnswersNotTaken and AnswerNotOffered.
    """
    given = {name: value for name, value in answers.items() if value}
    link = guard_link_of(k_guard, slot)
    with transaction() as session:
        plan = plan_of(asks, session)
        if not plan.takes_answers or not 1 <= part <= len(plan.screens):
            raise AnswersNotTaken("Answers are not taken any more.")
        _refuse_unknown(plan.screens[part - 1], given)
        _delete(session, asks, link, part)
        if given:
            row = {"plan_id": _plan_id(asks), "guard_link": link, "part": part, "sealed": sealed(k_guard, link, given)}
            session.execute(insert(EqualityAnswer).values(**row))


def withdraw_answers(k_guard: bytes, asks: Consultation, slot: str) -> None:
    """Take everything back that was answered under this slot. Raises AnswersNotTaken once the report is being made."""
    link = guard_link_of(k_guard, slot)
    with transaction() as session:
        if not plan_of(asks, session).takes_answers:
            raise AnswersNotTaken("The report is being made, so answers can be neither given nor taken back.")
        _delete(session, asks, link)


def take_no_more_answers(session: Session, asks: Consultation) -> None:
    """From now on what is stored is what the report is made from. Repeating it does no harm."""
    row = plan_row(session, asks, to_change=True)
    if row and row.closed_at is None:
        row.closed_at = database_now(session)


def destroy_answers(session: Session, asks: Consultation) -> None:
    """Delete every answer: the report is made for good. The key goes with it, by the caller's hand."""
    session.execute(delete(EqualityAnswer).where(EqualityAnswer.plan_id == _plan_id(asks)))
    row = plan_row(session, asks, to_change=True)
    if row and row.destroyed_at is None:
        row.destroyed_at = database_now(session)
        row.closed_at = row.closed_at or row.destroyed_at


def _refuse_unknown(questions: Sequence[Question], given: Mapping[str, str]) -> None:
    offered = {question.name: question.values() for question in questions}
    for name, value in given.items():
        if value not in offered.get(name, ()):
            raise AnswerNotOffered("Choose one of the answers on the page, or leave the question out.")


def _delete(session: Session, asks: Consultation, link: str, part: int | None = None) -> None:
    rows = delete(EqualityAnswer).where(EqualityAnswer.plan_id == _plan_id(asks), EqualityAnswer.guard_link == link)
    session.execute(rows if part is None else rows.where(EqualityAnswer.part == part))


def _plan_id(asks: Consultation) -> ScalarSelect[int]:
    """The number of a consultation's plan, as a part of another statement."""
    return select(EqualityPlan.id).where(getattr(EqualityPlan, asks.column) == asks.id).scalar_subquery()
