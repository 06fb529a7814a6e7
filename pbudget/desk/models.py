"""Table of the desk room: `desk_permit`. It names an entry of the roll, never a code, and goes when it is used."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment


class DeskPermit(Base):
    """Two officers agreed that this officer may give this entry a code, until a moment (UTC)."""

    __tablename__ = "desk_permit"
    __table_args__ = (CheckConstraint("length(id) = 32", name="id_is_128_bits"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    roll_entry_id: Mapped[str] = mapped_column(ForeignKey("roll_entry.id", ondelete="CASCADE"), index=True)
    officer: Mapped[str] = mapped_column(String(32))
    identity: Mapped[list[str]] = mapped_column(JSON)
    """The kinds of identity that were shown, for the audit log."""
    expires_at: Mapped[datetime] = mapped_column(Moment)
