"""Writing to the ledger: open it, append to it. Always inside `transaction()`; entries never change afterwards."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, column, insert, select, table, update
from sqlalchemy.orm import Session

from pbudget.db import table_of, writing
from pbudget.kit.errors import PbudgetError
from pbudget.ledger.checkpoints import Checkpoint, say_utc, sign
from pbudget.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerHead
from pbudget.ledger.queries import (
    HEADS,
    ONLY_OPENED,
    EntryView,
    HeadView,
    met_by_a_ballot,
    milestones,
    span_of_tracker,
    view_columns,
    view_of,
)
from pbudget.ledger.rules import (
    Entry,
    canonical,
    genesis_head,
    head_after,
    leaf_of,
    line_of,
    read_canonical,
    refuse_out_of_place,
    tracker_of,
)

ROUND = table("round", column("id"), column("slug"))  # rounds/ lies higher in the house: its table by name only
# Statements that every ballot needs are built once: building one takes several times as long as running it.
HEAD_TO_HOLD = HEADS.where(LedgerHead.round_id == bindparam("held_id")).with_for_update()
HEAD_TO_HOLD_BY_SLUG = (
    HEADS.join(ROUND, ROUND.c.id == LedgerHead.round_id)
    .where(ROUND.c.slug == bindparam("slug"))
    .with_for_update(of=LedgerHead)
)
HEAD = table_of(LedgerHead)
ENTRY = table_of(LedgerEntry)
NEW_ENTRY = insert(ENTRY)
NEW_BALLOT = (
    insert(ENTRY)
    .from_select(ENTRY.c.keys(), select(*(bindparam(c.name, type_=c.type) for c in ENTRY.c)).where(ONLY_OPENED))
    .execution_options(preserve_rowcount=True)
)
MOVED_HEAD = update(HEAD).where(HEAD.c.round_id == bindparam("held_id"), HEAD.c.seq == bindparam("held_seq"))


class LedgerNotOpen(PbudgetError):
    """The round has no ledger yet: the person reads that voting has not opened."""


class LedgerOpenAlready(PbudgetError):
    """A round's ledger is opened once; the officer reads that the round is open already."""


class ManifestNotUsable(PbudgetError):
    """The manifest is not canonical JSON; the officer reads that it cannot be published like this."""


class IdempotencyTokenReused(PbudgetError):
    """A form was sent again with other choices: nothing is cast, and the person sees "Check your answers" again."""


def open_ledger(session: Session, round_id: int, manifest: bytes, body: Mapping[str, Any] | None = None) -> EntryView:
    """Start the round's chain from the manifest's exact bytes, with its `open` entry.

    The lines call the round by the slug it has now. `body` is what else the open entry says in public.
    """
    text = _manifest_text(manifest)
    if session.scalar(select(LedgerHead.round_id).where(LedgerHead.round_id == round_id)) is not None:
        raise LedgerOpenAlready("This round is open already. Its ledger can be opened once only.")
    name = session.execute(select(ROUND.c.slug).where(ROUND.c.id == round_id)).scalar_one()
    genesis = genesis_head(manifest)
    head = {"seq": 0, "head": genesis, "genesis": genesis}
    session.execute(insert(LedgerHead).values(round_id=round_id, name=name, manifest=text, **head))
    return append(session, round_id, "open", {**(body or {}), "manifest": hashlib.sha256(manifest).hexdigest()})


def _manifest_text(manifest: bytes) -> str:
    try:
        text = manifest.decode()
        if isinstance(read_canonical(text), dict):
            return text
    except (ValueError, RecursionError) as error:
        raise ManifestNotUsable("The manifest is not canonical JSON, so nobody could check it.") from error
    raise ManifestNotUsable("The manifest is not a JSON object, so nobody could check it.")


def hold_ledger(session: Session, round_id: int) -> HeadView:
    """Take the round's place in the queue until the transaction ends: from here on nobody else appends to it.

    Read the time after this (`database_now`), not before. On SQLite the transaction itself is the queue.
    """
    return _held(writing(session).execute(HEAD_TO_HOLD, {"held_id": round_id}).first())


def hold_ledger_of(connection: Connection, slug: str) -> HeadView:
    """Hold the ledger of the round with this slug, in one question."""
    return _held(connection.execute(HEAD_TO_HOLD_BY_SLUG, {"slug": slug}).first())


def _held(row: Any) -> HeadView:
    if row is None:
        raise LedgerNotOpen("Voting in this round has not opened.")
    return HeadView(*row)


def append(session: Session, round_id: int, kind: str, body: Mapping[str, Any]) -> EntryView:
    """Add an entry that is not a ballot. Its body is public for ever: no names, no addresses, nothing of one person."""
    head = hold_ledger(session, round_id)
    refuse_out_of_place(kind, milestones(round_id))
    entry = _chained(head, kind, body=canonical(dict(body)).decode())
    connection = writing(session)
    connection.execute(NEW_ENTRY, _row_of(head, entry))
    return _moved(connection, head, entry)


def append_ballot(session: Session, round_id: int, payload: Mapping[str, Any], idem: str) -> EntryView:
    """Add a ballot, once per token: the same token and payload give the same entry, however often they come.

    Raises IdempotencyTokenReused for the same token with another payload, RoundClosed after the close.
    """
    head = hold_ledger(session, round_id)
    known = _entry_of_token(session, round_id, idem, payload)
    return known or append_new_ballot(writing(session), head, payload, idem)


def append_new_ballot(connection: Connection, head: HeadView, payload: Mapping[str, Any], idem: str) -> EntryView:
    """Add a ballot that is known to be new to the ledger that is held at this head; RoundClosed after the close.

    The database refuses a token that is there already. A ballot is drawn again where its tracker is taken (once in a
    thousand million).
    """
    if payload["round"] != head.name:
        raise ValueError(f"A ballot for {payload['round']!r} does not belong in the ledger of {head.name!r}.")
    text = canonical(dict(payload)).decode()
    while True:
        entry = _chained(head, "ballot", slot=payload["slot"], nonce=secrets.token_hex(32), payload=text)
        if _put_where_it_may_follow(connection, head, entry, idem):
            return _moved(connection, head, entry)
        met = met_by_a_ballot(head.round_id, tracker_of(entry.leaf), connection)
        refuse_out_of_place("ballot", met - {"ballot"})


def add_checkpoint(
    session: Session, round_id: int, signing_key: bytes, moment: datetime, counts: Mapping[str, int]
) -> Checkpoint:
    """Add the day's `checkpoint` entry, which carries the day's counts, and sign the head with it."""
    append(session, round_id, "checkpoint", {"counts": dict(counts), "utc": say_utc(moment)})
    return sign_head(session, round_id, signing_key, moment)


def sign_head(session: Session, round_id: int, signing_key: bytes, moment: datetime) -> Checkpoint:
    """Sign where the chain stands now, without an entry: after the close, the result and the seal. Once per head."""
    head = hold_ledger(session, round_id)
    here = LedgerCheckpoint.round_id == round_id, LedgerCheckpoint.size == head.seq
    columns = select(LedgerCheckpoint.head, LedgerCheckpoint.utc, LedgerCheckpoint.signature)
    row = session.execute(columns.where(*here)).first()
    if row:
        return Checkpoint(head.name, head.seq, *row)
    checkpoint = sign(signing_key, head.name, head.seq, head.head, moment)
    signed = {"size": head.seq, "head": head.head, "utc": checkpoint.utc, "signature": checkpoint.signature}
    session.execute(insert(LedgerCheckpoint).values(round_id=round_id, **signed))
    return checkpoint


def _entry_of_token(session: Session, round_id: int, idem: str, payload: Mapping[str, Any]) -> EntryView | None:
    chosen = view_columns().add_columns(LedgerEntry.round_id, LedgerEntry.payload).where(LedgerEntry.idem == idem)
    row = session.execute(chosen).first()
    if row is None:
        return None
    if (row.round_id, row.payload) != (round_id, canonical(dict(payload)).decode()):
        raise IdempotencyTokenReused("Your choices have changed since you checked them. Check your answers again.")
    return view_of(row[:6])


def _chained(head: HeadView, kind: str, **content: str) -> Entry:
    """The entry that follows this head, with its leaf and its own head."""
    columns = {"slot": None, "nonce": None, "payload": None, "body": None, **content}
    entry = Entry(head.name, head.seq + 1, kind, secrets.token_hex(16), leaf="", head="", **columns)
    leaf = leaf_of(line_of(entry))
    return entry._replace(leaf=leaf, head=head_after(head.head, leaf))


def _put_where_it_may_follow(connection: Connection, head: HeadView, entry: Entry, idem: str) -> bool:
    """Whether the ballot was put in: one question and one write in the same statement."""
    row = _row_of(head, entry, idem) | span_of_tracker(tracker_of(entry.leaf))
    return connection.execute(NEW_BALLOT, row).rowcount == 1


def _row_of(head: HeadView, entry: Entry, idem: str | None = None) -> dict[str, Any]:
    columns = entry._asdict()
    del columns["round"]
    columns["entry_id"] = columns.pop("id")
    return {"round_id": head.round_id, "idem": idem, **columns}


def _moved(connection: Connection, head: HeadView, entry: Entry) -> EntryView:
    """Move the head to the entry that was put in."""
    place = {"held_id": head.round_id, "held_seq": head.seq}
    connection.execute(MOVED_HEAD, {**place, "seq": entry.seq, "head": entry.head})
    body = read_canonical(entry.body) if entry.body else None
    return EntryView(entry.seq, entry.kind, entry.id, entry.leaf, entry.head, body)
