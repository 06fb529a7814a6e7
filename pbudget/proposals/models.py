"""Table of the proposals room: `proposal`."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base


class Proposal(Base):
    """A costed idea for one pot. Its reference is unique in the pot and is what ballots name."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("pot_id", "reference"), CheckConstraint("cost >= 0", name="cost"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pot_id: Mapped[int] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    reference: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[int] = mapped_column(BigInteger)
    """In the smallest unit of the round's currency."""
    withdrawn: Mapped[str | None] = mapped_column(Text)
    """Why it was withdrawn after opening, as residents read it; a withdrawn proposal cannot win."""
