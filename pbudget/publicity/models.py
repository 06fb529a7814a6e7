"""The table of the publicity room."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment


class PreElection(Base):
    """One pre-election period, from the start of its first day to the end of its last (London), unless ended before.

    Rows stay: they are the record of when publicity was held back and why. At most one has not been ended.
    """

    __tablename__ = "pre_election"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="last_day"),
        CheckConstraint("reason <> ''", name="reason"),
        Index(
            "uq_pre_election_not_ended",
            "standing",
            unique=True,
            sqlite_where=text("standing"),
            postgresql_where=text("standing"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    started_by: Mapped[str] = mapped_column(String(32))
    standing: Mapped[bool] = mapped_column(default=True)
    """Whether it still holds; false once an officer has ended it or its last day is over and another was set."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(String(32))
