"""What a backup says about itself, and whether putting it back would lose votes.

losses([LedgerState("spring", 40, …)], [Known("spring", 57, "a checkpoint")])  ->  [Loss("spring", 40, 57, …)]
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from pbudget.kit.errors import BadInput

FORMAT = 1
NOTE = "backup.json"


class BackupNotUsable(BadInput):
    """The folder is not a backup, or a part of it was changed or lost; the message says which."""


@dataclass(frozen=True)
class LedgerState:
    """How far a round's ledger is: the round's name, entries, the head's 64 hex digits, and whether people vote."""

    round: str
    entries: int
    head: str
    open: bool


@dataclass(frozen=True)
class BackupNote:
    """`backup.json`: what the copy beside it is. `whole` is False when a ledger could not be trusted that day."""

    made: str
    version: str
    schema: str
    engine: str
    file: str
    sha256: str
    whole: bool
    ledgers: tuple[LedgerState, ...]

    def as_json(self) -> str:
        """The text of the file."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n"


@dataclass(frozen=True)
class Known:
    """That a round's ledger once had so many entries, and who says so."""

    round: str
    entries: int
    source: str


@dataclass(frozen=True)
class Loss:
    """Entries that a backup lacks."""

    round: str
    entries: int
    known: int
    source: str

    @property
    def lost(self) -> int:
        """How many."""
        return self.known - self.entries

    def words(self) -> str:
        """For whoever restores."""
        return (
            f"{self.round}: this backup has {self.entries:,} entries, but {self.source} has {self.known:,}. "
            f"Restoring it would lose {self.lost:,}."
        )


def read_note(text: str) -> BackupNote:
    """What `as_json` wrote; raises BackupNotUsable."""
    try:
        given: dict[str, Any] = json.loads(text)
        if given.pop("format") != FORMAT:
            raise BackupNotUsable("This backup was made by another version of pbudget. Restore it with that version.")
        ledgers = tuple(LedgerState(**each) for each in given.pop("ledgers"))
        return BackupNote(**given, ledgers=ledgers)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupNotUsable(f"{NOTE} cannot be read. Use the backup's folder as it was made.") from error


def states_of_copy(now: Iterable[LedgerState], copied: Mapping[str, tuple[int, str]]) -> tuple[LedgerState, ...]:
    """The ledgers as they are in the copy: others went on voting while it was made."""
    found = ((each, copied[each.round]) for each in now if each.round in copied)
    return tuple(replace(each, entries=entries, head=head) for each, (entries, head) in found)


def losses(held: Iterable[LedgerState], known: Iterable[Known]) -> list[Loss]:
    """What would be lost, for each round the longest that is known; a ledger the backup has not at all counts as 0."""
    has = {each.round: each.entries for each in held}
    longest: dict[str, Known] = {}
    for each in known:
        if each.entries > longest.get(each.round, Known("", 0, "")).entries:
            longest[each.round] = each
    short = [each for each in longest.values() if each.entries > has.get(each.round, 0)]
    return [Loss(each.round, has.get(each.round, 0), each.entries, each.source) for each in short]


def two_people(names: Iterable[str]) -> list[str]:
    """The names, tidied, if they are of two different people; BackupNotUsable otherwise."""
    given = [" ".join(name.split()) for name in names]
    if len({name.casefold() for name in given if name}) < 2:
        raise LossNotAccepted(
            "Losing votes takes two people: give --person twice, with two different names. Nothing was changed."
        )
    return given


class LossNotAccepted(BadInput):
    """Restoring would lose votes, and nobody has answered for that; nothing was changed."""
