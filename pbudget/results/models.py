"""Tables of the results room: outcomes with their lines, the count of a round, what was published of it, bundles."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment


class BallotCount(Base):
    """How many ballots a pot received, and how many projects they named."""

    __tablename__ = "ballot_count"
    __table_args__ = (CheckConstraint("blank >= 0 AND blank <= ballots", name="ballots"),)

    pot_id: Mapped[int] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), primary_key=True)
    ballots: Mapped[int]
    blank: Mapped[int]
    sizes: Mapped[dict[str, int]] = mapped_column(JSON)
    """Ballots by the number of projects they name: `{"0": 3, "1": 120}`."""


class Outcome(Base):
    """One count of a pot: the result itself, or what another rule would have funded."""

    __tablename__ = "outcome"
    __table_args__ = (
        UniqueConstraint("pot_id", "position"),
        CheckConstraint("spent >= 0 AND remaining >= 0", name="money"),
        CheckConstraint("position >= 0", name="position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pot_id: Mapped[int] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    position: Mapped[int]
    """0 is the result; 1, 2, … are what other rules would have funded."""
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    spent: Mapped[int] = mapped_column(BigInteger)
    remaining: Mapped[int] = mapped_column(BigInteger)
    story: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How it was counted, ready to be read: Equal Shares rounds, Phragmén steps, ties that decided money."""


class OutcomeLine(Base):
    """One project in one outcome."""

    __tablename__ = "outcome_line"

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id", ondelete="CASCADE"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    """Where it stands on the page: funded ones first, in the order they were funded."""
    funded: Mapped[bool]
    votes: Mapped[int]
    score: Mapped[str] = mapped_column(String(40))
    """Votes or points, exact: a whole number or a fraction."""
    rank: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)


class RoundCount(Base):
    """The count of a round: written once, with the ledger's `tally` entry, and never changed."""

    __tablename__ = "round_count"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(Text)
    """outcome.json, letter for letter."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Figures about taking part, none about a person: see rules/facts.py."""


class ContestFile(Base):
    """The ballots of a contest as a .pb file, compressed: shuffled once, when they were counted."""

    __tablename__ = "contest_file"
    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("unique_ballots >= 0", name="unique_ballots"),
    )

    pot_id: Mapped[int] = mapped_column(ForeignKey("pot.id"), primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    ballots: Mapped[int]
    unique_ballots: Mapped[int]
    """Ballots that say what no other says."""


class Recount(Base):
    """One recount of one contest: by this service on request, or by the auditor on a machine of their own."""

    __tablename__ = "recount"
    __table_args__ = (CheckConstraint("made_by IN ('service', 'auditor')", name="made_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pot_id: Mapped[int] = mapped_column(ForeignKey("pot.id"), index=True)
    made_on: Mapped[date]
    made_by: Mapped[str] = mapped_column(String(8))
    agrees: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")


class Publication(Base):
    """What two officers published of a round, and until when it can be challenged."""

    __tablename__ = "publication"

    round_id: Mapped[int] = mapped_column(ForeignKey("round_count.round_id"), primary_key=True, autoincrement=False)
    published_at: Mapped[datetime] = mapped_column(Moment)
    forms: Mapped[dict[str, str]] = mapped_column(JSON)
    """`ballots` or `totals` by the slug of the pot."""
    reason: Mapped[str] = mapped_column(Text)
    """Why ballots were published where the rule alone would not have; empty where nobody decided so."""
    caveat: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """What residents read beside the result where it was published without a decision on it."""
    last_challenge_day: Mapped[date]
    sealed_at: Mapped[datetime | None] = mapped_column(Moment)
    backups_gone_on: Mapped[date | None]
    """From this day no backup of the roll is left."""


class Bundle(Base):
    """What a result bundle holds besides the ledger, the manifest and the contest files, and its signed checksums."""

    __tablename__ = "result_bundle"

    round_id: Mapped[int] = mapped_column(ForeignKey("publication.round_id"), primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """How many entries of the ledger are in it: one bundle when the result is published, one when it is sealed."""
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    """Text by file name."""
    sums: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(129))
    """Empty where the signing key was lost."""
