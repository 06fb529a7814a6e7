"""Tables of the rounds room: `round` and `pot`."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pbudget.db import Base

PHASES = ("set-up", "open", "closed", "published")
BALLOT_TYPES = ("approval", "knapsack", "ranked", "points")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Round(Base):
    """One participatory budget."""

    __tablename__ = "round"
    __table_args__ = (CheckConstraint(_one_of("phase", PHASES), name="phase"),)

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

    pots: Mapped[list["Pot"]] = relationship(back_populates="round", order_by="Pot.position", passive_deletes=True)


class Pot(Base):
    """The money of one contest: a ward's, or borough-wide where it has no ward."""

    __tablename__ = "pot"
    __table_args__ = (
        UniqueConstraint("round_id", "slug"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("units >= 1", name="units"),
        CheckConstraint(_one_of("ballot_type", BALLOT_TYPES), name="ballot_type"),
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

    round: Mapped[Round] = relationship(back_populates="pots")
