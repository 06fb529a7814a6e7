"""Tables of the rounds room: `round`, `pot`, `approval`, reminders, and who keeps an escrow copy of a round's keys."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pbudget.db import Base, Moment

PHASES = ("set-up", "open", "closed", "published", "sealed", "annulled")
"""What the officers have done. What a resident finds follows from it and the clock: see rules/phases.py."""
BALLOT_TYPES = ("approval", "knapsack", "ranked", "points")
ASSURANCES = ("code", "roll", "open")
CONTACT_POINTS = ("none", "email")
PUBLISHED_AS = ("ballots", "totals")
OUTCOMES = ("waiting", "done", "refused", "changed", "expired")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Round(Base):
    """One participatory budget. A replay has no moments, no manifest and no keys; a rehearsal names its round."""

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint(_one_of("phase", PHASES), name="phase"),
        CheckConstraint(_one_of("assurance", ASSURANCES), name="assurance"),
        CheckConstraint(_one_of("contact_point", CONTACT_POINTS), name="contact_point"),
        CheckConstraint(_one_of("publish", PUBLISHED_AS), name="publish"),
        CheckConstraint("closes_at > opens_at", name="closes_at"),
        CheckConstraint("codes_per_address BETWEEN 1 AND 20", name="codes_per_address"),
        CheckConstraint("challenge_days BETWEEN 1 AND 90", name="challenge_days"),
        CheckConstraint("youngest_age BETWEEN 0 AND 120", name="youngest_age"),
        CheckConstraint("oldest_age BETWEEN youngest_age AND 120", name="oldest_age"),
        CheckConstraint("reminder_days BETWEEN 1 AND 30", name="reminder_days"),
        CheckConstraint("extension_days BETWEEN 1 AND 28", name="extension_days"),
        CheckConstraint("quorum_votes BETWEEN 1 AND 1000000", name="quorum_votes"),
        CheckConstraint("quorum_per_thousand BETWEEN 0 AND 500", name="quorum_per_thousand"),
        CheckConstraint("decide_by IS NULL OR extension_days IS NOT NULL", name="decide_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    phase: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(20), default="en")
    currency: Mapped[str] = mapped_column(String(8), default="GBP")
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    dates_as_stated: Mapped[str] = mapped_column(String(80), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)

    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    assurance: Mapped[str] = mapped_column(String(8), default="code", server_default="code")
    contact_point: Mapped[str] = mapped_column(String(8), default="none", server_default="none")
    """What an `open` round asks a resident for, so that each has one ballot."""
    codes_per_address: Mapped[int] = mapped_column(default=1, server_default="1")
    youngest_age: Mapped[int] = mapped_column(default=16, server_default="16")
    """In whole years on the last day of voting; 0 is any age."""
    oldest_age: Mapped[int | None]
    """None is no limit; a young people's vote has one."""
    reminder_days: Mapped[int | None]
    """How many days before the close everybody on the roll with an e-mail address is reminded; None is never."""
    extension_days: Mapped[int | None]
    """By how many days voting can be extended at its closing time, once; None is not at all."""
    decide_by: Mapped[datetime | None] = mapped_column(Moment)
    """Until when that can be decided; None before the opening, where it is not allowed, and once it is decided."""
    quorum_votes: Mapped[int] = mapped_column(default=100, server_default="100")
    """The fewest votes with which a contest has its quorum."""
    quorum_per_thousand: Mapped[int] = mapped_column(default=20, server_default="20")
    """The share of residents, or of the roll, in thousandths, that must have voted as well; 0 is none."""
    channel_online: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    channel_kiosk: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    channel_roadshow: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    channel_paper: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    publish: Mapped[str] = mapped_column(String(8), default="totals", server_default="totals")
    """`ballots` (a file of every ballot) or `totals` (scores only; the file goes to the auditor)."""
    publish_reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    challenge_days: Mapped[int] = mapped_column(default=14, server_default="14")
    annul_rule: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    unawarded: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """What happens to money no project gets, as residents read it."""
    witnesses: Mapped[list[dict[str, str]] | None] = mapped_column(JSON)
    """Each `{"role": …, "email": …}`; only the role is ever published."""
    documents: Mapped[dict[str, str] | None] = mapped_column(JSON)
    """Where the privacy notice, the accessibility statement and the DPIA are."""
    saved_tasks: Mapped[list[str] | None] = mapped_column(JSON)
    """Names of the tasks whose page an officer has saved."""
    l_and_a: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The signed statement of the last logic-and-accuracy test."""
    manifest: Mapped[str | None] = mapped_column(Text)
    """Canonical JSON, letter for letter as published; frozen when opening is asked for."""
    key_ids: Mapped[dict[str, str] | None] = mapped_column(JSON)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    rehearsal_of: Mapped[int | None] = mapped_column(ForeignKey("round.id"))

    pots: Mapped[list["Pot"]] = relationship(back_populates="round", order_by="Pot.position", passive_deletes=True)


class Pot(Base):
    """The money of one contest: a ward's, or borough-wide where it has no ward."""

    __tablename__ = "pot"
    __table_args__ = (
        UniqueConstraint("round_id", "slug"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("units >= 1", name="units"),
        CheckConstraint(_one_of("ballot_type", BALLOT_TYPES), name="ballot_type"),
        CheckConstraint("most_choices >= 1", name="most_choices"),
        CheckConstraint("most_points >= 1", name="most_points"),
        CheckConstraint("cluster = '' OR ward_id IS NOT NULL", name="cluster"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    amount: Mapped[int] = mapped_column(BigInteger)
    units: Mapped[int] = mapped_column(default=100)
    """Smallest units in one unit of the round's currency: 100 pence in a pound."""
    ballot_type: Mapped[str] = mapped_column(String(20))
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the pot is counted by, as `Rule` writes itself down."""
    most_choices: Mapped[int | None]
    """How many projects a ballot may name; None is no limit. A knapsack ballot is also held to the pot's amount."""
    most_points: Mapped[int | None]
    """How many points a points ballot gives out in all."""
    cluster: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    """The name under which its ward is looked at together with others; empty where it is looked at by itself."""

    round: Mapped[Round] = relationship(back_populates="pots")


class Approval(Base):
    """An act that one officer asked for and another must approve; `subject_hash` is of exactly what is approved."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id_is_128_bits"),
        CheckConstraint("length(subject_hash) = 64", name="subject_hash"),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("outcome <> 'done' OR approved_by <> requested_by", name="two_officers"),
        CheckConstraint("(outcome IN ('done', 'refused')) = (approved_by IS NOT NULL)", name="says_who_decided"),
        Index(
            "uq_approval_waiting",
            "round_id",
            "act",
            "subject_hash",
            unique=True,
            sqlite_where=text("outcome = 'waiting'"),
            postgresql_where=text("outcome = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    subject_hash: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text)
    """JSON: `asked` is what the officer filled in, `subject` is exactly what is approved and hashed."""
    requested_by: Mapped[str] = mapped_column(String(32))
    requested_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(String(32))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(10), default="waiting")
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused, or what was changed."""


class EscrowReceipt(Base):
    """An officer has downloaded a locked copy of the round's keys."""

    __tablename__ = "escrow_receipt"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    downloaded_at: Mapped[datetime] = mapped_column(Moment)


class Reminder(Base):
    """How far the one reminder of a round is. A portion of it and this row are written in one transaction."""

    __tablename__ = "reminder"
    __table_args__ = (CheckConstraint("queued >= 0", name="queued"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    last_entry: Mapped[str] = mapped_column(String(32), default="")
    """The last place on the roll that was looked at, in the order of their random ids."""
    queued: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class ReminderStop(Base):
    """Somebody wants no reminders: a keyed hash of the address, and nothing that tells whose."""

    __tablename__ = "reminder_stop"
    __table_args__ = (CheckConstraint("length(mark) = 64", name="mark_is_a_digest"),)

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
