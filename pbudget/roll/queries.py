"""Reading the roll: who is on it, which codes there are, which letters were made."""

from dataclasses import dataclass

from sqlalchemy import func, select

from pbudget.db import db
from pbudget.roll.models import RollEntry, RollImport, VotingCode


@dataclass(frozen=True)
class RollEntryView:
    """Who is behind a code, as far as voting needs it: the entry's id (random, 32 hexadecimal digits) and its ward."""

    id: str
    ward_id: int


@dataclass(frozen=True)
class StoredCode:
    """What the database knows of a selector; `why_void` is None while the code can be voted with."""

    entry: RollEntryView
    salt: bytes
    verifier: bytes
    why_void: str | None


def stored_code(round_id: int, selector: str) -> StoredCode | None:
    """The code with this selector. On a connection of its own, given back before anything slow happens."""
    chosen = (
        select(VotingCode.roll_entry_id, RollEntry.ward_id, VotingCode.salt, VotingCode.verifier, VotingCode.why_void)
        .join(RollEntry, RollEntry.id == VotingCode.roll_entry_id)
        .where(VotingCode.round_id == round_id, VotingCode.selector == selector)
    )
    with db.engine.connect() as connection:
        row = connection.execute(chosen).first()
    return StoredCode(RollEntryView(row[0], row[1]), *row[2:]) if row else None


def roll_size_by_ward(round_id: int) -> dict[int, int]:
    """How many entries the roll has in each ward, by ward id."""
    counted = (
        select(RollEntry.ward_id, func.count())
        .join(RollImport)
        .where(RollEntry.round_id == round_id, RollImport.visible)
        .group_by(RollEntry.ward_id)
    )
    return dict(db.session.execute(counted).tuples().all())


def entry_ids(round_id: int) -> list[str]:
    """The id of every entry of the roll, in no meaningful order."""
    chosen = select(RollEntry.id).join(RollImport).where(RollEntry.round_id == round_id, RollImport.visible)
    return list(db.session.scalars(chosen.order_by(RollEntry.id)))
