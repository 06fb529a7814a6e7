"""Reading what a round asks; reading answers is the guard's alone, with its key."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pbudget.db import db
from pbudget.equality.models import EqualityAnswer, EqualityRound
from pbudget.equality.rules.questions import Question, question_of, screens_of
from pbudget.equality.sealing import AnswerNotReadable, unsealed
from pbudget.keys.rules import guard_link_of


@dataclass(frozen=True)
class QuestionPlan:
    """What a round asks after the vote, and whether answers are still taken."""

    questions: tuple[Question, ...] = ()
    takes_answers: bool = False

    @property
    def screens(self) -> tuple[tuple[Question, ...], ...]:
        """The pages of questions."""
        return screens_of(self.questions)


@dataclass(frozen=True)
class OpenedAnswers:
    """Answers by slot, as the guard reads them; `unreadable` counts stored rows that could not be opened."""

    by_slot: dict[str, dict[str, str]]
    unreadable: int


def plan_of(round_id: int, session: Session | None = None) -> QuestionPlan:
    """What this round asks; nothing where no officer has chosen yet."""
    row = (session or db.session).get(EqualityRound, round_id, populate_existing=True)
    if row is None:
        return QuestionPlan()
    return QuestionPlan(tuple(question_of(each) for each in row.questions), row.closed_at is None)


def open_answers(k_guard: bytes, round_id: int, slots: Iterable[str]) -> OpenedAnswers:
    """The answers of these slots. For the guard's job only; nothing it returns is shown to anybody as it is."""
    stored: defaultdict[str, list[bytes]] = defaultdict(list)
    chosen = select(EqualityAnswer.guard_link, EqualityAnswer.sealed).where(EqualityAnswer.round_id == round_id)
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
