"""What "Check my reference" answers: recorded or not, and in which published list. Never a place or a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Published(Protocol):
    """A signed checkpoint, as far as this is about it: how long the list was, and when it was signed (UTC text)."""

    @property
    def size(self) -> int:
        """Entries in the list."""
        ...

    @property
    def utc(self) -> str:
        """`2027-03-14T06:00:00Z`."""
        ...


@dataclass(frozen=True)
class ReferenceStanding:
    """Whether a reference is recorded, and the day of the first published list it is in, if one is out."""

    recorded: bool
    listed_at: datetime | None = None


def standing_of_reference(seq: int | None, published: Sequence[Published]) -> ReferenceStanding:
    """Where a ballot's reference stands; `seq` is its place in the ledger, None where it is not there."""
    if seq is None:
        return ReferenceStanding(False)
    first = next((checkpoint for checkpoint in published if checkpoint.size >= seq), None)
    return ReferenceStanding(True, datetime.fromisoformat(first.utc) if first else None)
