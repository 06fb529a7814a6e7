"""Tables of the results room: `ballot_count`, `outcome`, `outcome_line`."""

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base


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
