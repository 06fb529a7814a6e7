"""The end of a roll: hidden in the transaction that seals its round, then deleted a few thousand rows at a time.

A million entries in one transaction would keep every voter of every other round waiting. Each portion is a transaction
of its own; what was cut short is gone on with by the next call.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from pbudget.db import db, transaction
from pbudget.roll.generating import letters_folder
from pbudget.roll.models import LetterBatch, RollEntry, RollImport, VotingCode

ROWS_AT_ONCE = 2000


def hide_roll(session: Session, round_id: int) -> None:
    """From the end of this transaction on, nobody is on the roll of this round any more."""
    session.execute(update(RollImport).where(RollImport.round_id == round_id).values(visible=False))


def rolls_left(round_ids: Sequence[int]) -> list[int]:
    """Which of these rounds still have anything of a roll."""
    left = select(RollImport.round_id).where(RollImport.round_id.in_(round_ids)).distinct()
    return sorted(db.session.scalars(left))


def delete_roll(round_id: int) -> int:
    """Delete codes, letters and the roll of a round, some at a time; how many entries there were.

    On SQLite what is deleted is overwritten too. Safe to call again at any time.
    """
    with transaction() as session:
        hide_roll(session, round_id)
        batches = list(session.scalars(select(LetterBatch.id).where(LetterBatch.round_id == round_id)))
    for batch_id in batches:
        (letters_folder() / f"batch-{batch_id}.codes").unlink(missing_ok=True)
    deleted = 0
    while number := _delete_some(round_id):
        deleted += number
    with transaction() as session:
        for table in (VotingCode, LetterBatch, RollImport):  # the imports last: they say that something is left
            session.execute(delete(table).where(table.round_id == round_id))
    return deleted


def _delete_some(round_id: int) -> int:
    """Delete a portion of the entries; their codes, stops and permits go with them by the foreign keys."""
    with transaction() as session:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("PRAGMA secure_delete=on"))
        imports = select(RollImport.id).where(RollImport.round_id == round_id)
        ids = list(session.scalars(select(RollEntry.id).where(RollEntry.import_id.in_(imports)).limit(ROWS_AT_ONCE)))
        session.execute(delete(RollEntry).where(RollEntry.id.in_(ids)))
        return len(ids)
