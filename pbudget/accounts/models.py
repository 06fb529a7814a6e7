"""Tables of staff accounts. Ids are random: they say neither who came first nor how many there are."""

import secrets
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from pbudget.db import Base, Moment

CONSOLE = "console"
"""Who invited an account that was made at the command line."""


def new_id() -> str:
    """128 random bits as 32 hexadecimal characters."""
    return secrets.token_hex(16)


class Staff(Base):
    """One member of staff. Without a password and an authenticator there is no way in but the one-time link."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND email <> ''", name="email_lower_case"),
        CheckConstraint("label <> ''", name="labelled"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(Text)
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    invited_by: Mapped[str] = mapped_column(String(32))
    fs_uniquifier = synonym("id")  # what Flask-Security calls the id in its own tables
    roles: Mapped[list["StaffRole"]] = relationship(cascade="all, delete-orphan")
    wards: Mapped[list["StaffWard"]] = relationship(cascade="all, delete-orphan")


class StaffRole(Base):
    """A role that somebody has."""

    __tablename__ = "staff_role"
    __table_args__ = (CheckConstraint("role IN ('officer', 'councillor', 'steward', 'auditor')", name="role_known"),)

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class StaffWard(Base):
    """A ward that a councillor acts for."""

    __tablename__ = "staff_ward"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    ward_code: Mapped[str] = mapped_column(ForeignKey("ward.code", ondelete="CASCADE"), primary_key=True, index=True)


class StaffInvitation(Base):
    """A one-time link, kept as a hash: whoever reads the table cannot use it. One a person; a new one replaces it."""

    __tablename__ = "staff_invitation"
    __table_args__ = (CheckConstraint("length(token_hash) = 64", name="hash_is_sha256"),)

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class StaffRecoveryCode(Base):
    """A code that stands in for the phone, once; kept as a password is kept."""

    __tablename__ = "staff_recovery_code"

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verifier: Mapped[str] = mapped_column(Text)


class StaffSession(Base):
    """One sign-in, begun and ended by POST; when its row goes, the sign-in is over wherever its cookie is.

    `stage` is how far it came: `password` awaits the code, `set-up` awaits the first code of a new authenticator
    (whose secret waits here), `full` is signed in.
    """

    __tablename__ = "staff_session"
    __table_args__ = (
        CheckConstraint("stage IN ('password', 'set-up', 'full')", name="stage_known"),
        CheckConstraint("(stage = 'set-up') = (new_secret IS NOT NULL)", name="secret_waits_in_set_up"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    wrong_codes: Mapped[int] = mapped_column(default=0)
    new_secret: Mapped[str | None] = mapped_column(Text)
