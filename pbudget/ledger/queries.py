"""Reading the ledger. What is whole (`entries`, `counted_ballots`) is for verifying and counting, never for a page."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, cast, func, select, text, type_coerce

from pbudget.db import db
from pbudget.ledger.models import LedgerEntry, LedgerHead, one_of
from pbudget.ledger.rules import MILESTONES, Entry, tracker_of, tracker_span

AT_A_TIME = 1000


@dataclass(frozen=True)
class HeadView:
    """Where a round's chain stands: how many entries, and the head's 64 hex digits."""

    name: str
    manifest: str
    genesis: str
    seq: int
    head: str


@dataclass(frozen=True)
class EntryView:
    """What anyone may know of an entry: no payload, no slot, no nonce."""

    seq: int
    kind: str
    entry_id: str
    leaf: str
    head: str
    body: dict[str, Any] | None = None

    @property
    def tracker(self) -> str:
        """The voter's reference."""
        return tracker_of(self.leaf)


def head_of(round_id: int) -> HeadView | None:
    """Where the chain of this round stands; None before the round has opened."""
    row = db.session.execute(head_columns().where(LedgerHead.round_id == round_id)).first()
    return HeadView(*row) if row else None


def head_columns() -> Select[*tuple[Any, ...]]:
    """The columns of a HeadView, in its order."""
    return select(LedgerHead.name, LedgerHead.manifest, LedgerHead.genesis, LedgerHead.seq, LedgerHead.head)


def rounds_with_a_ledger() -> list[tuple[int, str]]:
    """Id and name of every round that has opened, in name order."""
    rows = db.session.execute(select(LedgerHead.round_id, LedgerHead.name).order_by(LedgerHead.name)).all()
    return [(row.round_id, row.name) for row in rows]


def entries(round_id: int, up_to: int | None = None) -> Iterator[Entry]:
    """Every entry whole, in order, a thousand at a time: a walk over any ledger needs the same little memory."""
    columns = [LedgerHead.name.label("round"), LedgerEntry.seq, LedgerEntry.kind, LedgerEntry.entry_id]
    columns += [LedgerEntry.slot, LedgerEntry.nonce, LedgerEntry.payload, LedgerEntry.body]
    columns += [LedgerEntry.leaf, LedgerEntry.head]
    chosen = (
        select(*columns)
        .join(LedgerHead, LedgerHead.round_id == LedgerEntry.round_id)
        .where(LedgerEntry.round_id == round_id)
        .order_by(LedgerEntry.seq)
        .execution_options(yield_per=AT_A_TIME)
    )
    if up_to is not None:
        chosen = chosen.where(LedgerEntry.seq <= up_to)
    for row in db.session.execute(chosen):
        yield Entry._make(row)


def acts(round_id: int) -> list[EntryView]:
    """Every entry that is not a ballot, in order, with what it says: the public record of a round."""
    chosen = view_columns().where(LedgerEntry.round_id == round_id, LedgerEntry.kind != "ballot")
    return [view_of(row) for row in db.session.execute(chosen.order_by(LedgerEntry.seq))]


def entry_by_tracker(round_id: int, tracker: str) -> EntryView | None:
    """The ballot entry with this tracker (as `parse_tracker` gives it), or None."""
    lowest, highest = tracker_span(tracker)
    chosen = view_columns().where(
        LedgerEntry.round_id == round_id, LedgerEntry.leaf.between(lowest, highest), LedgerEntry.kind == "ballot"
    )
    row = db.session.execute(chosen).first()
    view = view_of(row) if row else None
    return view if view and view.tracker == tracker else None


def view_columns() -> Select[*tuple[Any, ...]]:
    """The columns of an EntryView, in its order."""
    entry = LedgerEntry
    return select(entry.seq, entry.kind, entry.entry_id, entry.leaf, entry.head, entry.body)


def view_of(row: Any) -> EntryView:
    """A row of `view_columns` as pages and callers see it."""
    seq, kind, entry_id, leaf, head, body = row
    return EntryView(seq, kind, entry_id, leaf, head, json.loads(body) if body else None)


def latest_ballot(round_id: int, slot: str) -> bool:
    """Whether this slot holds a ballot."""
    chosen = select(LedgerEntry.seq).where(LedgerEntry.round_id == round_id, LedgerEntry.slot == slot).limit(1)
    return db.session.scalar(chosen) is not None


def milestones(round_id: int) -> frozenset[str]:
    """Which of open, close, annul and seal this round's ledger has."""
    chosen = select(LedgerEntry.kind).where(LedgerEntry.round_id == round_id, text(one_of(MILESTONES)))
    return frozenset(db.session.scalars(chosen))


@dataclass(frozen=True)
class BallotTotals:
    """How many ballots were cast, how many count (one per slot), how many replaced an earlier one."""

    cast: int
    counted: int

    @property
    def replacing(self) -> int:
        """Ballots that replaced an earlier one."""
        return self.cast - self.counted


def ballot_totals(round_id: int) -> BallotTotals:
    """Ballots cast and counted so far."""
    counts = select(func.count(), func.count(LedgerEntry.slot.distinct()))
    row = db.session.execute(counts.where(LedgerEntry.round_id == round_id, LedgerEntry.kind == "ballot")).one()
    return BallotTotals(*row)


def ballots_by(round_id: int) -> dict[tuple[str, str], int]:
    """Counted ballots by (ward code, channel): turnout, and nothing about choices."""
    last = _last_of_each_slot(round_id)
    ward, channel = _inside_payload("ward"), _inside_payload("channel")
    chosen = select(ward, channel, func.count()).where(LedgerEntry.round_id == round_id, LedgerEntry.seq.in_(last))
    return {(ward, channel): count for ward, channel, count in db.session.execute(chosen.group_by(ward, channel))}


def counted_ballots(round_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Slot and payload of every ballot that counts, in slot order: for the count, after close."""
    last = _last_of_each_slot(round_id)
    ballots = select(LedgerEntry.slot, LedgerEntry.payload).where(LedgerEntry.round_id == round_id)
    rows = db.session.execute(ballots.where(LedgerEntry.seq.in_(last)).order_by(LedgerEntry.slot))
    return [(str(slot), json.loads(str(payload))) for slot, payload in rows]


def _last_of_each_slot(round_id: int) -> Select[int]:
    last = select(func.max(LedgerEntry.seq))
    return last.where(LedgerEntry.round_id == round_id, LedgerEntry.slot.is_not(None)).group_by(LedgerEntry.slot)


def _inside_payload(name: str) -> ColumnElement[str]:
    """A text value at the top of the payload, in either engine's words."""
    if db.engine.dialect.name == "sqlite":
        inside: ColumnElement[str] = type_coerce(LedgerEntry.payload, JSON)[name].as_string()
    else:
        inside = cast(LedgerEntry.payload, JSON)[name].as_string()
    return inside
