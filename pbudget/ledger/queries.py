"""Reading the ledger. What is whole (`entries`, `counted_ballots`) is for verifying and counting, never for a page."""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    cast,
    func,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.exc import DatabaseError

from pbudget.db import db
from pbudget.ledger.checkpoints import Checkpoint, CheckpointNotUsable, anchors, signing_key_in
from pbudget.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerHead, one_of
from pbudget.ledger.public import opening_line, public_line
from pbudget.ledger.rules import MILESTONES, Entry, Verification, tracker_of, tracker_span
from pbudget.ledger.verifying import ChainCheck, walked

AT_A_TIME = 1000
FEWEST_NEW = 20


@dataclass(frozen=True)
class HeadView:
    """Where a round's chain stands: how many entries, and the head's 64 hex digits."""

    round_id: int
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
    row = db.session.execute(HEADS.where(LedgerHead.round_id == round_id)).first()
    return HeadView(*row) if row else None


HEADS = select(*(getattr(LedgerHead, name) for name in HeadView.__dataclass_fields__))


def rounds_with_a_ledger() -> list[tuple[int, str]]:
    """Id and name of every round that has opened, in name order."""
    rows = db.session.execute(select(LedgerHead.round_id, LedgerHead.name).order_by(LedgerHead.name)).all()
    return [(row.round_id, row.name) for row in rows]


def entries(round_id: int, up_to: int | None = None) -> Generator[Entry, None, None]:
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
    with db.session.execute(chosen) as rows:
        yield from map(Entry._make, rows)


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
    return frozenset(db.session.scalars(MILESTONES_OF, {"round_id": round_id}))


MILESTONES_OF = select(LedgerEntry.kind).where(LedgerEntry.round_id == bindparam("round_id"), text(one_of(MILESTONES)))
MET_BY_A_BALLOT = union_all(
    MILESTONES_OF,
    select(LedgerEntry.kind).where(
        LedgerEntry.round_id == bindparam("round_id"),
        LedgerEntry.leaf.between(bindparam("lowest"), bindparam("highest")),
        LedgerEntry.kind == "ballot",
    ),
)


_MET = MET_BY_A_BALLOT.subquery().c.kind
ONLY_OPENED = select(and_(func.min(_MET) == "open", func.max(_MET) == "open")).scalar_subquery()
"""Whether a new ballot meets nothing but the opening, as a condition of the statement that puts it in."""


def met_by_a_ballot(round_id: int, tracker: str, connection: Connection) -> frozenset[str]:
    """What a new ballot meets in its ledger: the milestones, and `ballot` where another one has its tracker."""
    return frozenset(connection.scalars(MET_BY_A_BALLOT, {"round_id": round_id, **span_of_tracker(tracker)}))


def span_of_tracker(tracker: str) -> dict[str, str]:
    """The lowest and the highest leaf with this tracker, as the statements here call them."""
    return dict(zip(("lowest", "highest"), tracker_span(tracker), strict=True))


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


def ballots_since(round_id: int, seq: int) -> tuple[int, dict[str, int]]:
    """How far the chain is, and how many ballots by channel were cast after entry `seq`, replaced ones too."""
    here = LedgerEntry.round_id == round_id, LedgerEntry.seq > seq
    last = db.session.scalar(select(func.max(LedgerEntry.seq)).where(*here)) or seq
    channel = _inside_payload("channel")
    chosen = select(channel, func.count()).where(*here, LedgerEntry.seq <= last, LedgerEntry.kind == "ballot")
    return last, dict(db.session.execute(chosen.group_by(channel)).all())


def helped_ballots(round_id: int) -> int:
    """How many of the ballots that count were cast with somebody's help, by what the voters said."""
    return sum(bool(payload.get("helped")) for _, payload in counted_ballots(round_id))


def counted_ballots(round_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Slot and payload of every ballot that counts, in slot order: for the count, after close."""
    last = _last_of_each_slot(round_id)
    ballots = select(LedgerEntry.slot, LedgerEntry.payload).where(LedgerEntry.round_id == round_id)
    rows = db.session.execute(ballots.where(LedgerEntry.seq.in_(last)).order_by(LedgerEntry.slot))
    return [(str(slot), json.loads(str(payload))) for slot, payload in rows]


def ballots_in_leaf_order(round_id: int) -> list[tuple[str, dict[str, Any]]]:
    """The same in the order of their leaf hashes, which anybody can make again and which tells no time."""
    ballots = select(LedgerEntry.slot, LedgerEntry.payload).where(LedgerEntry.round_id == round_id)
    rows = db.session.execute(
        ballots.where(LedgerEntry.seq.in_(_last_of_each_slot(round_id))).order_by(LedgerEntry.leaf)
    )
    return [(str(slot), json.loads(str(payload))) for slot, payload in rows]


def counted_slots(round_id: int) -> list[tuple[str, str]]:
    """Slot and ward code of every ballot that counts so far, in slot order; what is on them is not read."""
    ballots = select(LedgerEntry.slot, _inside_payload("ward")).where(LedgerEntry.round_id == round_id)
    last = _last_of_each_slot(round_id)
    rows = db.session.execute(ballots.where(LedgerEntry.seq.in_(last)).order_by(LedgerEntry.slot))
    return [(str(slot), ward) for slot, ward in rows]


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


def public_lines(round_id: int, up_to: int | None = None) -> Iterator[bytes]:
    """`ledger.jsonl`, line by line, whole or up to an entry: what anyone may have, and no choice in it."""
    return map(public_line, entries(round_id, up_to))


def opening_lines(round_id: int) -> Iterator[bytes]:
    """The auditor's opening, line by line: every ballot with its nonce. After close, for the auditor alone."""
    return (opening_line(entry) for entry in entries(round_id) if entry.kind == "ballot")


def checkpoints_of(round_id: int) -> list[Checkpoint]:
    """Every signed checkpoint of a round, the oldest first."""
    row = LedgerCheckpoint
    columns = select(LedgerHead.name, row.size, row.head, row.utc, row.signature)
    chosen = columns.join(LedgerHead, LedgerHead.round_id == row.round_id).where(row.round_id == round_id)
    return [Checkpoint(*each) for each in db.session.execute(chosen.order_by(row.size))]


def entries_since_checkpoint(round_id: int) -> int:
    """How many entries the latest checkpoint does not cover: a daily one is due from FEWEST_NEW."""
    head = head_of(round_id)
    covered = select(func.max(LedgerCheckpoint.size)).where(LedgerCheckpoint.round_id == round_id)
    return (head.seq if head else 0) - (db.session.scalar(covered) or 0)


def verify_ledger(round_id: int, against: Checkpoint | None = None) -> Verification:
    """Check a round's ledger whole: every entry, the stored head, every stored checkpoint and one from outside."""
    db.session.rollback()  # a fresh snapshot, not the one of an earlier read
    if db.engine.dialect.name == "postgresql":  # where each statement would see the votes cast since the one before
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        return _whole(round_id, against)
    finally:
        db.session.rollback()


def _whole(round_id: int, against: Checkpoint | None) -> Verification:
    head = head_of(round_id)
    if head is None:
        return Verification(False, 0, "", None, "there is no ledger of this round")
    heads, problem = _known_heads(round_id, head, against)
    found = _verified(round_id, head, heads)
    if found.ok and problem:
        return Verification(False, found.size, found.head, None, problem)
    return found if not found.ok or _stands_at(head, found) else _off_the_head(head, found)


def _known_heads(round_id: int, head: HeadView, against: Checkpoint | None) -> tuple[dict[int, str], str]:
    """Heads by size from every checkpoint, or what is wrong with a checkpoint."""
    kept = [*checkpoints_of(round_id), *([against] if against else [])]
    try:
        return anchors(kept, head.name, signing_key_in(head.manifest.encode())) if kept else {}, ""
    except CheckpointNotUsable as error:
        return {}, str(error).removesuffix(".")


def _verified(round_id: int, head: HeadView, heads: dict[int, str]) -> Verification:
    check = ChainCheck(head.manifest.encode(), heads)
    try:
        with closing(entries(round_id)) as chain:
            return walked(check, check.take, chain)
    except DatabaseError as error:
        reason = f"the database cannot read it ({type(error.orig).__name__})"
        return Verification(False, check.size, check.head, check.size + 1, reason)


def _stands_at(head: HeadView, found: Verification) -> bool:
    return (head.seq, head.head) == (found.size, found.head)


def _off_the_head(head: HeadView, found: Verification) -> Verification:
    reason = f"the ledger ends at {found.size} entries but its head stands at {head.seq}: entries were removed or added"
    return Verification(False, found.size, found.head, min(found.size, head.seq) + 1, reason)


def database_damage() -> str:
    """What SQLite's own check finds wrong with the file, in its words; empty where it is sound, and on PostgreSQL."""
    if db.engine.dialect.name != "sqlite":
        return ""
    try:
        told = db.session.execute(text("PRAGMA integrity_check(1)")).scalar_one()
    except DatabaseError as error:
        told = str(error.orig)
    return "" if told == "ok" else str(told)
