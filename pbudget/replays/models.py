"""Table of the replays room: `replay`."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pbudget.db import Base


class Replay(Base):
    """The file one pot was read from. No ballot of it enters the ledger."""

    __tablename__ = "replay"

    pot_id: Mapped[int] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file as it came."""
    original: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The file as it came, zlib-compressed; it may hold age and sex columns and is never offered for download."""
    public: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The same ballots shuffled, renumbered and without any demographic column, zlib-compressed."""
    meta: Mapped[dict[str, Any]] = mapped_column(JSON)
    notices: Mapped[list[Any]] = mapped_column(JSON)
    """What was odd about the file, as `[line, text]`."""
    stated_winners: Mapped[list[str]] = mapped_column(JSON)
    """References the file itself marks as selected; empty where it does not say."""
