"""Table of the ballots room: `ballot_draft`. A cast ballot is in the ledger; nothing of the roll is here or there."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
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
