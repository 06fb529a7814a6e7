"""The table of staff acts. Triggers in the migration refuse every change, removal and gap on both engines."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base


class AuditEntry(Base):
    """One act of a member of staff, or of the system."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_from_one"),
        CheckConstraint("length(leaf) = 64 AND length(head) = 64", name="hashes_are_sha256"),
        CheckConstraint("actor <> '' AND act <> ''", name="says_who_and_what"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date)
    actor: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text)
    leaf: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64), unique=True)
