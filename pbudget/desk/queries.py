"""Reading what the desk needs: a resident or a short list, permits that wait, whether a place holds a ballot."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pbudget.db import db
from pbudget.desk.models import DeskPermit
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds, slot_of
from pbudget.ledger.queries import latest_ballot
from pbudget.roll.queries import EntryView, entries_at, entry_by_id, entry_by_reference, last_code_of


@dataclass(frozen=True)
class PermitView:
    """A code that may be given, once, and until when (UTC)."""

    id: str
    entry_id: str
    officer: str
    identity: tuple[str, ...]
    expires_at: datetime


def found(round_id: int, reference: str, postcode: str, typed: str, limit: int) -> list[EntryView]:
    """The entries that fit what `rules.search_of` gave, at most so many."""
    if reference:
        one = entry_by_reference(round_id, reference)
        return [one] if one else []
    return entries_at(round_id, postcode, typed, limit)


def resident(round_id: int, entry_id: str) -> tuple[EntryView, str | None] | None:
    """An entry and how its codes stand (see `last_code_of`), or None."""
    entry = entry_by_id(round_id, entry_id)
    return (entry, last_code_of(round_id, entry_id)) if entry else None


def permits_of(round_id: int, officer: str, now: datetime) -> list[PermitView]:
    """What this officer may still give out, what runs out first first."""
    own = DeskPermit.round_id == round_id, DeskPermit.officer == officer, DeskPermit.expires_at > now
    return [_view(row) for row in db.session.scalars(select(DeskPermit).where(*own).order_by(DeskPermit.expires_at))]


def permit(permit_id: str, officer: str, now: datetime) -> PermitView | None:
    """One of this officer's permits, or None when it was used, ran out or is somebody else's."""
    row = db.session.get(DeskPermit, permit_id, populate_existing=True)
    return _view(row) if row and row.officer == officer and row.expires_at > now else None


def holds_ballot(keys_folder: Path, round_: Any, entry_id: str) -> bool:
    """Whether a ballot is cast for this entry: worked out with the round's key, stored nowhere, asked once a code is
    given and never on a page that looks somebody up.

    `round_` has an id, a slug and key ids. Raises KeyMissing, KeyMismatch or KeysDestroyed.
    """
    key = load_key(keys_folder, round_.slug, "round", KeyIds(**(round_.key_ids or {})))
    return latest_ballot(round_.id, slot_of(key, f"roll:{entry_id}"))


def _view(row: DeskPermit) -> PermitView:
    return PermitView(row.id, row.roll_entry_id, row.officer, tuple(row.identity), row.expires_at)
