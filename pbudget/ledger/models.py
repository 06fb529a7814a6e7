"""Tables of the ledger room: append-only by triggers on both engines (migration 0002), with no time of a vote."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base
from pbudget.ledger.rules import KINDS, MILESTONES


def one_of(kinds: tuple[str, ...]) -> str:
    """`kind IN (…)`, letter for letter the same in the index and in the query that uses it."""
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


class LedgerHead(Base):
    """Where a round's chain stands; its row lock puts appends in a queue. Verified against the chain."""

    __tablename__ = "ledger_head"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    """What every line calls the round: its slug on the day it opened."""
    manifest: Mapped[str] = mapped_column(Text)
    """The published manifest, letter for letter; UTF-8 of it is what `genesis` is made from."""
    genesis: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))


class LedgerEntry(Base):
    """One entry. A ballot has slot, nonce and payload; every other kind has a body. `idem` is outside the chain."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(one_of(KINDS), name="kind"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint(
            "CASE WHEN kind = 'ballot' THEN slot IS NOT NULL AND nonce IS NOT NULL AND payload IS NOT NULL"
            " AND idem IS NOT NULL AND body IS NULL ELSE slot IS NULL AND nonce IS NULL AND payload IS NULL"
            " AND idem IS NULL AND body IS NOT NULL END",
            name="columns_of_its_kind",
        ),
        Index("ix_ledger_entry_slot", "round_id", "slot"),
        Index("ix_ledger_entry_leaf", "round_id", "leaf"),
        Index(
            "uq_ledger_entry_milestone",
            "round_id",
            "kind",
            unique=True,
            sqlite_where=text(one_of(MILESTONES)),
            postgresql_where=text(one_of(MILESTONES)),
        ),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("ledger_head.round_id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    entry_id: Mapped[str] = mapped_column(String(32), unique=True)
    idem: Mapped[str | None] = mapped_column(String(64), unique=True)
    slot: Mapped[str | None] = mapped_column(String(64))
    nonce: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    leaf: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64), unique=True)


class LedgerCheckpoint(Base):
    """A signed statement of how long a round's chain was and its head there, as it was sent to the witnesses."""

    __tablename__ = "ledger_checkpoint"

    round_id: Mapped[int] = mapped_column(ForeignKey("ledger_head.round_id"), primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    head: Mapped[str] = mapped_column(String(64))
    utc: Mapped[str] = mapped_column(String(20))
    """When it was signed, `2027-03-14T06:00:00Z`."""
    signature: Mapped[str] = mapped_column(String(128))
