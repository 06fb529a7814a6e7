"""Tables of the guard room: reports on contests, decisions on them. They point at a round; no count ever reads them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment


class GuardReport(Base):
    """The report on one contest as people read it, small counts left out, and the versions of what it was made from.

    The report for programs has exact counts of small groups, so it is never stored; the same inputs make it again.
    """

    __tablename__ = "guard_report"
    __table_args__ = (CheckConstraint("length(input_hash) = 64", name="input_hash"),)

    pot_id: Mapped[int] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    made_at: Mapped[datetime] = mapped_column(Moment)
    verdict: Mapped[str] = mapped_column(String(20))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    programme: Mapped[list[str]] = mapped_column(JSON)
    """What is true of the whole round, in sentences."""
    input_hash: Mapped[str] = mapped_column(String(64))
    config_version: Mapped[str] = mapped_column(String(64))
    baseline_version: Mapped[str] = mapped_column(String(64))


class GuardBudgetReport(Base):
    """Who answered a budget that has closed, and its figures weighted, small groups left out. Made once, never again:

    with it everything that people said about themselves is deleted.
    """

    __tablename__ = "guard_budget_report"

    budget_id: Mapped[int] = mapped_column(
        ForeignKey("budget_year.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    made_at: Mapped[datetime] = mapped_column(Moment)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    config_version: Mapped[str] = mapped_column(String(64))


class GuardDecision(Base):
    """What two officers decided on the reports of a round, and why. Append-only: a later decision is another row."""

    __tablename__ = "guard_decision"
    __table_args__ = (
        CheckConstraint("decision IN ('certify', 'hold', 'conditions', 'reserve', 'annul')", name="decision"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    decision: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    held_until: Mapped[date | None]
    decided_on: Mapped[date]
    verdicts: Mapped[dict[str, str]] = mapped_column(JSON)
    """By the slug of the pot, as they stood."""
    inputs: Mapped[dict[str, str]] = mapped_column(JSON)
    """The hash of what each report was made from."""


class GuardSnapshot(Base):
    """Who had taken part by one day of an open round, after disclosure control; never what they chose."""

    __tablename__ = "guard_snapshot"

    round_id: Mapped[int] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    made_on: Mapped[date] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class IntakeCounter(Base):
    """How many ballots came by one way of voting in five minutes. No row is about one ballot."""

    __tablename__ = "intake_counter"
    __table_args__ = (CheckConstraint("ballots > 0", name="ballots"),)

    round_id: Mapped[int] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    site: Mapped[str] = mapped_column(String(20), primary_key=True)
    bucket: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    """When the five minutes began."""
    ballots: Mapped[int]


class IntakeMark(Base):
    """How far the ledger of a round was counted, and until when."""

    __tablename__ = "intake_mark"

    round_id: Mapped[int] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seq: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(Moment)


class AccessRecord(Base):
    """Something that was done to reach people: with whom, where, in which form, and what they said."""

    __tablename__ = "access_record"
    __table_args__ = (CheckConstraint("what <> ''", name="says_what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))
    done_on: Mapped[date]
    what: Mapped[str] = mapped_column(String(200))
    partner: Mapped[str] = mapped_column(String(200))
    forms: Mapped[list[str]] = mapped_column(JSON)
    languages: Mapped[str] = mapped_column(String(200))
    by_whom: Mapped[str] = mapped_column(String(200))
    they_said: Mapped[str] = mapped_column(Text)
