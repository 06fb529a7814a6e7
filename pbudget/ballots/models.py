"""Tables of the ballots room: drafts, and links sent by e-mail. A cast ballot is in the ledger; nothing of the roll is
here or there.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base, Moment

CHANNELS = ("online", "kiosk", "roadshow", "paper")
ASSURANCES = ("code", "roll", "open")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class BallotDraft(Base):
    """A ballot that is being filled in: who may cast it only as a slot, never as a code or a place on the roll.

    `touched_at` (UTC) is rounded up to five minutes, so that even a copy of this table does not say when exactly
    somebody voted. Casting deletes the row.
    """

    __tablename__ = "ballot_draft"
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id_is_128_bits"),
        CheckConstraint("length(slot) = 64", name="slot_is_a_digest"),
        CheckConstraint("length(token) = 32", name="token_is_128_bits"),
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(_one_of("assurance", ASSURANCES), name="assurance"),
        Index("ix_ballot_draft_touched_at", "touched_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    slot: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(10))
    assurance: Mapped[str] = mapped_column(String(4))
    ward_id: Mapped[int] = mapped_column(ForeignKey("ward.id"))
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Choices by the slug of the pot."""
    token: Mapped[str] = mapped_column(String(32))
    """New whenever a choice changes; with the id it is the ballot's idempotency token in the ledger."""
    seed: Mapped[str] = mapped_column(String(32))
    """What the order of the proposals is shuffled by."""
    touched_at: Mapped[datetime] = mapped_column(Moment)
    stops: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How far the roll's numbers of stopped codes were when the ballot was begun: see `queries.was_stopped`."""


class ContactLink(Base):
    """A link that was sent to somebody's e-mail address, without the address: all of it is locked by the round's key.

    The row is written with the e-mail and never touched when the link is used, so that no transaction holds both the
    address and the ballot: see rules/links.py.
    """

    __tablename__ = "contact_link"
    __table_args__ = (
        CheckConstraint("length(digest) = 64 AND length(mark) = 64", name="digests"),
        CheckConstraint("length(sealed) = 48", name="sealed_slot"),
        Index("ix_contact_link_mark", "round_id", "mark"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))
    """Whose it is, to replace it by a newer one."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The slot, which only the code and the round's key together open."""
    replaced: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class UsedLink(Base):
    """A link that was used. `forget_at` (UTC) is rounded up, so that it does not say when."""

    __tablename__ = "used_link"
    __table_args__ = (CheckConstraint("length(mark) = 64", name="mark_is_a_digest"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    forget_at: Mapped[datetime] = mapped_column(Moment)
