"""The table of the outbox room."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment

STATES = ("queued", "sending", "sent", "failed", "unsure")


class Message(Base):
    """One e-mail. `sending` is written before its text goes over the line, so that nothing is sent twice.

    A message left `sending` by a worker that is gone becomes `unsure`: it may have arrived, and only a person sends it
    again. The text is emptied once it is sent; at `keep_until` address, subject and text go, sent or not.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        Index("ix_message_state", "state", "next_try"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime] = mapped_column(Moment)
    keep_until: Mapped[datetime] = mapped_column(Moment)
