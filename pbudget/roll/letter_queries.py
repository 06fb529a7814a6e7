"""Reading the letters: which batches there are, whom they go to, who has no code yet."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from pbudget.db import db
from pbudget.roll.models import LetterBatch, RollEntry, RollImport, VotingCode
from pbudget.roll.queries import FILE_ORDER, EntryView, entry_view


@dataclass(frozen=True)
class BatchView:
    """Letters of one ward; `codes` made so far, `live` of them can be voted with, `expires_at` in UTC."""

    id: int
    round_id: int
    ward_id: int
    kind: str
    state: str
    made_on: date
    expires_at: datetime | None
    codes: int = 0
    live: int = 0


def batches(round_id: int) -> list[BatchView]:
    """Every batch of letters of a round, the latest first."""
    live = func.count().filter(VotingCode.state == "live")
    chosen = (
        select(LetterBatch, func.count(VotingCode.selector), live)
        .outerjoin(VotingCode, VotingCode.batch_id == LetterBatch.id)
        .where(LetterBatch.round_id == round_id)
        .group_by(LetterBatch.id)
        .order_by(LetterBatch.id.desc())
    )
    return [_batch_view(row, codes, live) for row, codes, live in db.session.execute(chosen)]


def batch(batch_id: int) -> BatchView | None:
    """One batch without its counts, or None."""
    row = db.session.get(LetterBatch, batch_id, populate_existing=True)
    return _batch_view(row) if row else None


def entries_without_code(round_id: int, ward_id: int, limit: int | None = None) -> list[str]:
    """The entries of a ward that have no live code, in the order of their files."""
    chosen = (
        select(RollEntry.id)
        .join(RollImport)
        .outerjoin(VotingCode, (VotingCode.roll_entry_id == RollEntry.id) & (VotingCode.state == "live"))
        .where(RollEntry.ward_id == ward_id, RollImport.round_id == round_id, RollImport.visible)
        .where(VotingCode.selector.is_(None))
        .order_by(*FILE_ORDER)
        .limit(limit)
    )
    return list(db.session.scalars(chosen))


def first_entries(round_id: int, ward_id: int, limit: int) -> list[str]:
    """The first entries of a ward, with or without a code."""
    chosen = (
        select(RollEntry.id)
        .join(RollImport)
        .where(RollEntry.ward_id == ward_id, RollImport.round_id == round_id, RollImport.visible)
        .order_by(*FILE_ORDER)
        .limit(limit)
    )
    return list(db.session.scalars(chosen))


def codes_of_batch(batch_id: int) -> int:
    """How many codes a batch has so far."""
    return db.session.scalar(select(func.count()).where(VotingCode.batch_id == batch_id)) or 0


def entries_of_batch(batch_id: int) -> list[EntryView]:
    """Whom the letters of a batch go to, in the order of their files; codes voided since are left out."""
    usable = (VotingCode.why_void.is_(None)) | (VotingCode.why_void == "test")
    chosen = (
        select(RollEntry, VotingCode.selector)
        .join(VotingCode, VotingCode.roll_entry_id == RollEntry.id)
        .where(VotingCode.batch_id == batch_id, usable)
        .order_by(*FILE_ORDER)
    )
    return [entry_view(row, selector) for row, selector in db.session.execute(chosen)]


def _batch_view(row: LetterBatch, codes: int = 0, live: int = 0) -> BatchView:
    expires = row.expires_at.replace(tzinfo=UTC) if row.expires_at else None
    return BatchView(row.id, row.round_id, row.ward_id, row.kind, row.state, row.made_on, expires, codes, live)
