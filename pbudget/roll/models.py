"""Tables of the roll room. No column anywhere says whether, when or how anybody voted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base

KINDS = ("named", "address", "count")
BATCH_KINDS = ("letters", "test")
BATCH_STATES = ("making", "ready", "delivered", "expired", "spoiled")
REASONS = ("reissued", "returned", "spoiled", "test", "removed")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class RollImport(Base):
    """One file of the roll. Its entries count only once it is visible; `touched_at` (UTC) shows it is still running."""

    __tablename__ = "roll_import"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column(default=0)
    visible: Mapped[bool] = mapped_column(default=False)
    touched_at: Mapped[datetime]


class RollEntry(Base):
    """One vote's worth of the roll: a person, one of the codes an address gets, or an anonymous place in a ward.

    `number` is the row of the file, `place` counts the codes of one address from 1. `address` has one line a line.
    """

    __tablename__ = "roll_entry"
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id_is_128_bits"),
        CheckConstraint("place >= 1", name="place"),
        Index("ix_roll_entry_order", "import_id", "ward_id", "number", "place"),
        Index("ix_roll_entry_postcode", "postcode"),
        Index(
            "ix_roll_entry_email",
            "round_id",
            "email",
            sqlite_where=text("email IS NOT NULL"),
            postgresql_where=text("email IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("roll_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    place: Mapped[int] = mapped_column(default=1)
    name: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(Text)
    postcode: Mapped[str | None] = mapped_column(String(8))
    email: Mapped[str | None] = mapped_column(String(254))


class LetterBatch(Base):
    """Letters of one ward, made together. `expires_at` (UTC) is when the file of plain codes goes at the latest."""

    __tablename__ = "letter_batch"
    __table_args__ = (
        CheckConstraint(_one_of("kind", BATCH_KINDS), name="kind"),
        CheckConstraint(_one_of("state", BATCH_STATES), name="state"),
        Index(
            "ix_letter_batch_one_in_the_making",
            "round_id",
            "ward_id",
            unique=True,
            sqlite_where=text("state = 'making'"),
            postgresql_where=text("state = 'making'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="making")
    made_on: Mapped[date]
    expires_at: Mapped[datetime | None]


class VotingCode(Base):
    """A code's public selector and the hash of its secret; the code itself is nowhere in the database.

    A live code has no reason; a void one says why. An entry has at most one live code at a time.
    """

    __tablename__ = "voting_code"
    __table_args__ = (
        CheckConstraint("length(selector) = 4", name="selector"),
        CheckConstraint("length(salt) = 16 AND length(verifier) = 32", name="hashed"),
        CheckConstraint("(state = 'live') = (why_void IS NULL)", name="void_codes_say_why"),
        CheckConstraint("state IN ('live', 'void')", name="state"),
        CheckConstraint(f"why_void IS NULL OR {_one_of('why_void', REASONS)}", name="why_void"),
        Index(
            "ix_voting_code_one_live",
            "roll_entry_id",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    selector: Mapped[str] = mapped_column(String(4), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    verifier: Mapped[bytes] = mapped_column(LargeBinary)
    roll_entry_id: Mapped[str] = mapped_column(ForeignKey("roll_entry.id", ondelete="CASCADE"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("letter_batch.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(4), default="live")
    why_void: Mapped[str | None] = mapped_column(String(10))
    since_opening: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Made after the round opened; the manifest holds a fingerprint of the others."""


class RollStop(Base):
    """An entry whose code was stopped, or whose ward was corrected, once its round had opened; numbered in that order.

    An unfinished ballot remembers how far the numbers were when it began, and whoever casts looks whether its voter
    was stopped since. So nothing of a ballot is written when a code is stopped: written together, the two rows would
    tell whose ballot it is.
    """

    __tablename__ = "roll_stop"
    __table_args__ = (Index("ix_roll_stop_round_id", "round_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    roll_entry_id: Mapped[str] = mapped_column(ForeignKey("roll_entry.id", ondelete="CASCADE"), index=True)


class DeskCount(Base):
    """What was done to the roll and its codes on a day (London), as numbers: see `queries.DeskTotals`."""

    __tablename__ = "desk_count"
    __table_args__ = (
        UniqueConstraint("round_id", "day"),
        CheckConstraint("reissued_with_ballot BETWEEN 0 AND reissued", name="with_ballot"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    day: Mapped[date]
    reissued: Mapped[int] = mapped_column(default=0)
    reissued_with_ballot: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(default=0)
    printed: Mapped[int] = mapped_column(default=0)
    voided: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
