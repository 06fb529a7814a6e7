"""Tables of the equality room: what a round asks, and sealed answers under links that only the guard key makes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment


class EqualityRound(Base):
    """The questions of a round. After `closed_at` no answer is taken or changed; after `destroyed_at` none is left."""

    __tablename__ = "equality_round"

    round_id: Mapped[int] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    destroyed_at: Mapped[datetime | None] = mapped_column(Moment)


class EqualityAnswer(Base):
    """One page of one voter's answers, encrypted under the guard key. No time, no ward, no ballot, no slot.

    `part` is the page, so that a page answered again replaces itself and the website never reads an answer.
    """

    __tablename__ = "equality_answer"
    __table_args__ = (CheckConstraint("length(guard_link) = 64", name="guard_link_is_a_digest"),)

    round_id: Mapped[int] = mapped_column(
        ForeignKey("equality_round.round_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    guard_link: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
