"""Taking a backup while people vote, reading one, and saying on the record what a restored one lost."""

import secrets
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from flask import current_app
from sqlalchemy import column, false, make_url, select, table
from sqlalchemy.orm import Session

from pbudget import __version__, schema
from pbudget.audit.actions import SYSTEM, record
from pbudget.backups.copying import (
    Heads,
    copy_sqlite,
    digest_of,
    dump_postgresql,
    file_of,
    heads_in,
    snapshot,
    sync,
)
from pbudget.backups.rules import NOTE, BackupNote, BackupNotUsable, LedgerState, Loss, read_note, states_of_copy
from pbudget.config import Settings
from pbudget.db import database_now, db, transaction
from pbudget.kit.errors import PbudgetError
from pbudget.ledger.actions import append, hold_ledger
from pbudget.ledger.checkpoints import say_utc
from pbudget.ledger.models import LedgerHead
from pbudget.ledger.queries import head_of, milestones, rounds_with_a_ledger
from pbudget.ledger.watch import heads, ledger_problems, remember

ENDS = frozenset({"close", "annul", "seal"})
ROUND = table("round", column("id"), column("is_demo"), column("rehearsal_of"))  # rounds/ lies higher in the house


class Backup(NamedTuple):
    """A backup that was taken: its folder, its note, and what is wrong with the ledgers in it."""

    folder: Path
    note: BackupNote
    problems: list[str]


def take_backup(folder: Path, moment: datetime | None = None) -> Backup:
    """Verify every ledger and copy the database of the same moment into a new folder.

    A ledger that cannot be trusted does not stop the copy, which may be evidence; the folder's name says it.
    """
    settings: Settings = current_app.extensions["settings"]
    made = moment or datetime.now(UTC)
    draft = folder / f".making-{secrets.token_hex(6)}"
    draft.mkdir(mode=0o700, parents=True)
    try:
        copy = draft / file_of(db.engine.dialect.name)
        problems = ledger_problems()
        db.session.remove()
        heads_then = _copy_database(settings, copy)
        return _finished(draft, folder, copy, made, states_of_copy(ledger_states(), heads_then), problems)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _copy_database(settings: Settings, copy: Path) -> Heads:
    """Copy it whole; the ledgers' heads in the copy."""
    if db.engine.dialect.name == "sqlite":
        copy_sqlite(Path(str(make_url(settings.database_url).database)), copy)
        return heads_in(copy)
    with snapshot() as (name, heads_then):
        dump_postgresql(settings.database_url, name, copy)
    return heads_then


def _finished(
    draft: Path, folder: Path, copy: Path, made: datetime, ledgers: tuple[LedgerState, ...], problems: list[str]
) -> Backup:
    """Write the note and give the folder its name, which says whether the backup is a good one."""
    engine = db.engine.dialect.name
    note = BackupNote(
        say_utc(made), __version__, schema.current() or "", engine, copy.name, digest_of(copy), not problems, ledgers
    )
    (draft / NOTE).write_text(note.as_json(), encoding="utf-8")
    sync(draft / NOTE)
    name = f"pbudget-{made.astimezone(UTC):%Y-%m-%dT%H%M%SZ}" + ("-NOT-WHOLE" if problems else "")
    place = draft.rename(folder / name)
    sync(place / NOTE)
    return Backup(place, note, problems)


def ledger_states() -> tuple[LedgerState, ...]:
    """How far every ledger is. People vote where it has opened and not ended; not in a demonstration or a rehearsal."""
    real = set(db.session.scalars(select(ROUND.c.id).where(ROUND.c.is_demo == false(), ROUND.c.rehearsal_of.is_(None))))
    found = []
    for round_id, name in rounds_with_a_ledger():
        head = head_of(round_id)
        assert head is not None
        found.append(LedgerState(name, head.seq, head.head, round_id in real and not milestones(round_id) & ENDS))
    return tuple(found)


def read_backup(folder: Path) -> BackupNote:
    """The note of a backup whose copy is as it was made. Raises BackupNotUsable."""
    try:
        note = read_note((folder / NOTE).read_text(encoding="utf-8"))
        whole = digest_of(folder / note.file) == note.sha256
    except (OSError, UnicodeDecodeError) as error:
        raise BackupNotUsable(f"{folder} is not a backup: it has no {NOTE}, or no copy beside it.") from error
    if not whole:
        raise BackupNotUsable(f"{folder / note.file} is not the file that was made: its checksum differs. Use another.")
    return note


def record_loss(losses: Sequence[Loss], people: Sequence[str], reason: str) -> None:
    """Say in each ledger, for everybody, that entries were lost, and in the audit log who answered for it."""
    for loss in losses:
        with transaction() as session:
            _say_in_the_ledger(session, loss)
            record(
                session,
                SYSTEM,
                "restored from an older backup",
                loss.round,
                entries=loss.entries,
                known=loss.known,
                people=list(people),
                reason=reason,
            )


def _say_in_the_ledger(session: Session, loss: Loss) -> None:
    """Where the ledger still takes entries; the sealed one of a finished round stays as it is."""
    round_id = session.scalar(select(LedgerHead.round_id).where(LedgerHead.name == loss.round))
    if round_id is None:
        return
    hold_ledger(session, round_id)
    said = {"what": "restore", "entries": loss.entries, "known": loss.known, "lost": loss.lost}
    try:
        append(session, round_id, "amend", {**said, "utc": say_utc(database_now(session))})
    except PbudgetError:
        return


def begin_watching_anew() -> None:
    """From now on the ledgers as they are here are what this machine has seen."""
    remember({name: (size, head) for name, size, head in heads().values()})
