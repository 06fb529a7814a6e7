"""Reading what a consultation asks; reading answers is the guard's alone, with its key."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pbudget.db import db
from pbudget.equality.models import EqualityAnswer, EqualityPlan
from pbudget.equality.rules.consultations import Consultation
from pbudget.equality.rules.questions import Question, question_of, screens_of
from pbudget.equality.sealing import AnswerNotReadable, unsealed
from pbudget.keys.rules import guard_link_of


@dataclass(frozen=True)
class QuestionPlan:
    """What a consultation asks afterwards, and whether answers are still taken.

    `guard_key` names the key of a budget; `are_destroyed` says that its answers are gone for good.
    """

    questions: tuple[Question, ...] = ()
    takes_answers: bool = False
    guard_key: str = ""
    are_destroyed: bool = False

    @property
    def screens(self) -> tuple[tuple[Question, ...], ...]:
        """The pages of questions."""
        return screens_of(self.questions)


@dataclass(frozen=True)
class OpenedAnswers:
    """Answers by slot, as the guard reads them; `unreadable` counts stored rows that could not be opened."""

    by_slot: dict[str, dict[str, str]]
    unreadable: int


def plan_of(asks: Consultation, session: Session | None = None) -> QuestionPlan:
    """What this consultation asks; nothing where no officer has chosen yet."""
    row = plan_row(session or db.session(), asks)
    if row is None:
        return QuestionPlan()
    questions = tuple(question_of(each) for each in row.questions)
    return QuestionPlan(questions, row.closed_at is None, row.guard_key or "", row.destroyed_at is not None)


def plan_row(session: Session, asks: Consultation, *, to_change: bool = False) -> EqualityPlan | None:
    """The row of a plan, read anew; `to_change` holds it until the transaction ends."""
    wanted = select(EqualityPlan).where(getattr(EqualityPlan, asks.column) == asks.id)
    wanted = wanted.with_for_update() if to_change else wanted
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def open_answers(k_guard: bytes, asks: Consultation, slots: Iterable[str]) -> OpenedAnswers:
    """The answers under these slots. For the guard's job only; nothing it returns is shown to anybody as it is."""
    stored: defaultdict[str, list[bytes]] = defaultdict(list)
    chosen = (
        select(EqualityAnswer.guard_link, EqualityAnswer.sealed)
        .join(EqualityPlan, EqualityPlan.id == EqualityAnswer.plan_id)
        .where(getattr(EqualityPlan, asks.column) == asks.id)
    )
    for link, row in db.session.execute(chosen.order_by(EqualityAnswer.guard_link, EqualityAnswer.part)):
        stored[link].append(row)
    by_slot, unreadable = {}, 0
    for slot in slots:
        link = guard_link_of(k_guard, slot)
        if link in stored:
            by_slot[slot], failed = _opened(k_guard, link, stored[link])
            unreadable += failed
    return OpenedAnswers(by_slot, unreadable)


def _opened(k_guard: bytes, link: str, rows: list[bytes]) -> tuple[dict[str, str], int]:
    answers, failed = {}, 0
    for row in rows:
        try:
            answers.update(unsealed(k_guard, link, row))
        except AnswerNotReadable:
            failed += 1
    return answers, failed
