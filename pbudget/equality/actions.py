"""What is done with answers: keep them sealed, take them back, take no more, destroy them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from pbudget.db import database_now, transaction
from pbudget.equality.models import EqualityAnswer, EqualityRound
from pbudget.equality.queries import plan_of
from pbudget.equality.rules.questions import Question
from pbudget.equality.sealing import sealed
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds, guard_link_of
from pbudget.kit.errors import BadInput, PbudgetError


class AnswersNotTaken(PbudgetError):
    """The round asks nothing, or the report is being made: the person reads that the vote stands all the same."""


class AnswerNotOffered(BadInput):
    """An answer that the page did not offer; the page is shown again."""


def save_questions(session: Session, round_id: int, questions: Sequence[Question]) -> None:
    """Settle what a round asks; the caller holds the round and has seen that it has not opened."""
    row = session.get(EqualityRound, round_id) or EqualityRound(round_id=round_id)
    row.questions = [question.as_json() for question in questions]
    session.add(row)
    session.flush()


def keep_answers(
    keys_folder: Path, round_id: int, slug: str, ids: KeyIds, slot: str, part: int, answers: Mapping[str, str]
) -> None:
    """Keep one page of a voter's answers (by question name), in place of an earlier one; empty answers take it away.

    Nothing of a ballot is read or written. Raises AnswersNotTaken and AnswerNotOffered; KeyMissing, KeyMismatch and
    KeysDestroyed where this machine has no guard key.
    """
    given = {name: value for name, value in answers.items() if value}
    k_guard = load_key(keys_folder, slug, "guard", ids)
    link = guard_link_of(k_guard, slot)
    with transaction() as session:
        plan = plan_of(round_id, session)
        if not plan.takes_answers or not 1 <= part <= len(plan.screens):
            raise AnswersNotTaken("Answers are not taken any more.")
        _refuse_unknown(plan.screens[part - 1], given)
        _delete(session, round_id, link, part)
        if given:
            row = {"round_id": round_id, "guard_link": link, "part": part, "sealed": sealed(k_guard, link, given)}
            session.execute(insert(EqualityAnswer).values(**row))


def withdraw_answers(keys_folder: Path, round_id: int, slug: str, ids: KeyIds, slot: str) -> None:
    """Take everything back that this voter answered. Raises AnswersNotTaken once the report is being made."""
    link = guard_link_of(load_key(keys_folder, slug, "guard", ids), slot)
    with transaction() as session:
        if not plan_of(round_id, session).takes_answers:
            raise AnswersNotTaken("The report is being made, so answers can be neither given nor taken back.")
        _delete(session, round_id, link)


def take_no_more_answers(session: Session, round_id: int) -> None:
    """From now on what is stored is what the report is made from. Repeating it does no harm."""
    row = session.get(EqualityRound, round_id, with_for_update=True, populate_existing=True)
    if row and row.closed_at is None:
        row.closed_at = database_now(session)


def destroy_answers(session: Session, round_id: int) -> None:
    """Delete every answer of a round: it is certified or sealed. The key goes with it, by the caller's hand."""
    session.execute(delete(EqualityAnswer).where(EqualityAnswer.round_id == round_id))
    row = session.get(EqualityRound, round_id, with_for_update=True, populate_existing=True)
    if row and row.destroyed_at is None:
        row.destroyed_at = database_now(session)
        row.closed_at = row.closed_at or row.destroyed_at


def _refuse_unknown(questions: Sequence[Question], given: Mapping[str, str]) -> None:
    offered = {question.name: question.values() for question in questions}
    for name, value in given.items():
        if value not in offered.get(name, ()):
            raise AnswerNotOffered("Choose one of the answers on the page, or leave the question out.")


def _delete(session: Session, round_id: int, link: str, part: int | None = None) -> None:
    rows = delete(EqualityAnswer).where(EqualityAnswer.round_id == round_id, EqualityAnswer.guard_link == link)
    session.execute(rows if part is None else rows.where(EqualityAnswer.part == part))
