"""Tables of the equality room: what a consultation asks, and sealed answers under links that only a guard key makes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment


class EqualityPlan(Base):
    """The questions of a round or of a budget year: of exactly one of the two.

    After `closed_at` no answer is taken or changed; after `destroyed_at` none is left. `guard_key` names the key of a
    budget; a round's is named in its manifest.
    """

    __tablename__ = "equality_plan"
    __table_args__ = (CheckConstraint("(round_id IS NULL) <> (budget_id IS NULL)", name="asked_by_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), unique=True)
    budget_id: Mapped[int | None] = mapped_column(ForeignKey("budget_year.id", ondelete="CASCADE"), unique=True)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    guard_key: Mapped[str | None] = mapped_column(String(32))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    destroyed_at: Mapped[datetime | None] = mapped_column(Moment)


class EqualityAnswer(Base):
    """One page of one person's answers, encrypted under the guard key. No time, no ward, no ballot, no slot.

    `part` is the page, so that a page answered again replaces itself and the website never reads an answer.
    """

    __tablename__ = "equality_answer"
    __table_args__ = (CheckConstraint("length(guard_link) = 64", name="guard_link_is_a_digest"),)

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("equality_plan.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    guard_link: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
