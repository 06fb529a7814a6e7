"""Tables of the calculator: budget years with their versions, drafts, and the responses that were sent."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment

PHASES = ("set-up", "open", "closed")
CHANNELS = ("online", "kiosk", "roadshow")
LARGEST_GROUP = 100


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class BudgetYear(Base):
    """A budget that residents balance, by the name in its address; what it holds is in its versions."""

    __tablename__ = "budget_year"
    __table_args__ = (
        CheckConstraint(_one_of("phase", PHASES), name="phase"),
        CheckConstraint("phase = 'set-up' OR closes_at IS NOT NULL", name="an_open_budget_closes"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(Text)
    phase: Mapped[str] = mapped_column(String(6), default="set-up", server_default=text("'set-up'"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class BudgetVersion(Base):
    """A budget as it stood from one change to the next: whole, never changed, never deleted."""

    __tablename__ = "budget_version"
    __table_args__ = (CheckConstraint("length(fingerprint) = 64", name="fingerprint"),)

    budget_id: Mapped[int] = mapped_column(ForeignKey("budget_year.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)
    """The budget of rules/budget.py as JSON."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text, default="")


class BudgetDraft(Base):
    """What somebody has chosen so far, under a random id: nobody's name, and no trace of who it is.

    `touched_at` is rounded up to five minutes. All drafts go an hour after the budget closes.
    """

    __tablename__ = "budget_draft"
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id_is_128_bits"),
        CheckConstraint("length(token) = 32", name="token_is_128_bits"),
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(f"group_size BETWEEN 2 AND {LARGEST_GROUP}", name="group_size"),
        UniqueConstraint("budget_id", "code_digest"),
        Index("ix_budget_draft_touched_at", "touched_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget_year.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column()
    """The version its choices were last checked against."""
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    comments: Mapped[dict[str, str]] = mapped_column(JSON)
    band: Mapped[str] = mapped_column(String(1), default="D", server_default=text("'D'"))
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))
    channel: Mapped[str] = mapped_column(String(10))
    group_size: Mapped[int | None] = mapped_column()
    """How many people sit at the table; empty for one person."""
    seed: Mapped[str] = mapped_column(String(32))
    """What the order of the groups is shuffled by."""
    token: Mapped[str] = mapped_column(String(32))
    """New whenever the answer changes: what is sent is what the page showed."""
    code_digest: Mapped[str | None] = mapped_column(String(64))
    """A keyed hash of the code to come back with."""
    touched_at: Mapped[datetime] = mapped_column(Moment)


class BudgetResponse(Base):
    """An answer that was sent: the last one of its draft. After the close no answer is added or changed."""

    __tablename__ = "budget_response"
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id_is_128_bits"),
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(f"group_size BETWEEN 2 AND {LARGEST_GROUP}", name="group_size"),
        Index("ix_budget_response_budget_id", "budget_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget_year.id", ondelete="CASCADE"))
    token: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column()
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    comments: Mapped[dict[str, str]] = mapped_column(JSON)
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))
    channel: Mapped[str] = mapped_column(String(10))
    group_size: Mapped[int | None] = mapped_column()
    still_to_find: Mapped[int] = mapped_column(BigInteger)
    is_balanced: Mapped[bool] = mapped_column()
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was sent without balancing, in the person's words."""
    sent_on: Mapped[date] = mapped_column()
