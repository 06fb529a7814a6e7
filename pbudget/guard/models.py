"""Table of the guard room: a report on a contest. It points at a pot, and no count ever reads it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
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
