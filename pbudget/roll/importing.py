"""Loading a roll: checked whole, written in short transactions, seen all at once.

Entries are written under an import id that nothing else looks at until one update makes it visible, so voters wait
for a few thousand rows at most; while rows are read, the worker's other threads have their turns. An import that was
cut short is never seen, and is cleared away by a later one.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from pbudget.audit.actions import SYSTEM, record
from pbudget.db import db, transaction
from pbudget.jobs.turns import taking_turns
from pbudget.kit.errors import BadInput
from pbudget.roll import queries
from pbudget.roll.identify import clock
from pbudget.roll.models import RollEntry, RollImport
from pbudget.roll.rules.roll_columns import find_columns
from pbudget.roll.rules.roll_file import RollReport, RollRow, RollTerms, Seen, check_roll, identity_of, rows_of
from pbudget.wards.rules.tables import OpenTable, open_table

ROWS_AT_ONCE = 2000
LARGEST_FILE = 250 * 1024 * 1024
STALE_AFTER = timedelta(minutes=10)
LONGEST_FILE_NAME = 200
PROBLEMS_TOLD = 10
ID_SPACE = 2**128

Progress = Callable[[int, int], None]
"""Told how many codes' worth of rows are written, and of how many."""


class RollNotUsable(BadInput):
    """The file was not loaded; the message says why. Nothing of the roll has changed."""


class RollInUse(BadInput):
    """Codes exist for this round's roll, so it cannot be replaced any more; entries can still be added."""


@dataclass(frozen=True)
class RollImported:
    """What was loaded: the fingerprint stands in the audit log and on the officer's screen."""

    import_id: int
    kind: str
    rows: int
    codes: int
    sha256: str
    replaced: int
    """How many files of an earlier roll this one replaced."""


def check_file(
    path: Path, round_id: int, terms: RollTerms, *, adding: bool = False, most: int | None = None
) -> RollReport:
    """What a file holds and what is wrong with it; nothing is written. Raises BadInput when it is no roll at all.

    `most`: look at so many rows only, and at a roll of no more entries for who is on it already; the rest is looked
    at before anything is loaded.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise RollNotUsable(
            f"The file is {size // 1024**2:,} MB and at most {LARGEST_FILE // 1024**2} MB can be read. "
            "Send only the columns the roll needs, or one ward at a time."
        )
    with _open_roll(path) as table:
        looks = adding and (most is None or sum(queries.roll_of(round_id).by_ward.values()) <= most)
        return check_roll(table, terms, _on_the_roll(round_id, table.headings) if looks else None, most)


def import_roll(
    path: Path,
    round_id: int,
    terms: RollTerms,
    *,
    file_name: str = "",
    adding: bool = False,
    actor: str = SYSTEM,
    progress: Progress = lambda done, total: None,
) -> RollImported:
    """Load a file as the roll of a round, in place of the earlier one or, with `adding`, beside it.

    Raises RollNotUsable, RollInUse, or FileNotUsable; then nothing is loaded. Holds no transaction for long.
    """
    clear_interrupted_imports()
    _refuse_replacing_used_roll(round_id, adding=adding)
    fingerprint = fingerprint_of(path)
    _refuse_same_file(round_id, fingerprint, adding=adding)
    report = check_file(path, round_id, terms, adding=adding)
    if not report.usable:
        raise RollNotUsable(_why_not(report))
    import_id = _begin(round_id, report, file_name or path.name, fingerprint)
    try:
        _write_entries(path, import_id, round_id, replace(terms, check_emails=False), report.codes, progress)
        if fingerprint_of(path) != fingerprint:
            raise RollNotUsable("The file was changed while it was being read. Nothing was loaded. Load it again.")
        earlier = _make_visible(import_id, round_id, report, actor, adding=adding)
    except BaseException:
        discard_import(import_id)
        raise
    for old in earlier:
        discard_import(old)
    return RollImported(import_id, report.kind, report.rows, report.codes, fingerprint, len(earlier))


@contextmanager
def _open_roll(path: Path) -> Iterator[OpenTable]:
    """The file's rows, gone through so that no thread that writes has to wait for this one."""
    with path.open("rb") as file, open_table(file) as table:
        yield replace(table, rows=taking_turns(table.rows))


def fingerprint_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def discard_import(import_id: int) -> None:
    """Remove an import that is not visible, a few thousand rows at a time."""
    some = select(RollEntry.id).where(RollEntry.import_id == import_id).limit(ROWS_AT_ONCE)
    while True:
        with transaction() as session:
            session.execute(update(RollImport).where(RollImport.id == import_id).values(visible=False))
            ids = list(session.scalars(some))
            if not ids:
                session.execute(delete(RollImport).where(RollImport.id == import_id))
                return
            session.execute(delete(RollEntry).where(RollEntry.id.in_(ids)))


def clear_interrupted_imports() -> int:
    """Remove what imports left that were cut short: invisible and untouched for ten minutes. How many there were."""
    stale = _now() - STALE_AFTER
    chosen = select(RollImport.id).where(RollImport.visible.is_(False), RollImport.touched_at < stale)
    left = list(db.session.scalars(chosen))
    for import_id in left:
        discard_import(import_id)
    return len(left)


def _now() -> datetime:
    """The clock's moment as the database keeps it: UTC without saying so."""
    return clock().now().astimezone(UTC).replace(tzinfo=None)


def _refuse_replacing_used_roll(round_id: int, *, adding: bool) -> None:
    if not adding and queries.has_codes(round_id):
        raise RollInUse(
            "Codes were made for this roll, so it cannot be replaced. Add a file to it, or void the letters first."
        )


def _refuse_same_file(round_id: int, fingerprint: str, *, adding: bool) -> None:
    if adding and fingerprint in {file.sha256 for file in queries.roll_files(round_id)}:
        raise RollNotUsable("This file is part of the roll already. Nothing was loaded.")


def _on_the_roll(round_id: int, headings: tuple[str, ...]) -> Seen:
    """Everybody on the roll already, where the file names people or addresses."""
    seen = Seen()
    if find_columns(headings).kind != "count":
        for name, address, postcode in taking_turns(queries.identities(round_id)):
            seen.add(f"{identity_of(name, address, postcode)}\n", 0)
    return seen


def _why_not(report: RollReport) -> str:
    number = report.number_of_problems
    problems = "1 row" if number == 1 else f"{number:,} rows"
    listed = " ".join(report.problems[:PROBLEMS_TOLD])
    more = f" … and {number - PROBLEMS_TOLD:,} more." if number > PROBLEMS_TOLD else ""
    return f"{problems} cannot be used, so nothing was loaded. {listed}{more} Mend the file and load it again."


def _begin(round_id: int, report: RollReport, file_name: str, fingerprint: str) -> int:
    with transaction() as session:
        started = RollImport(
            round_id=round_id,
            kind=report.kind,
            file_name=file_name[-LONGEST_FILE_NAME:],
            sha256=fingerprint,
            rows=report.rows,
            touched_at=_now(),
        )
        session.add(started)
        session.flush()
        return started.id


def _write_entries(path: Path, import_id: int, round_id: int, terms: RollTerms, total: int, progress: Progress) -> None:
    """Write every entry, a few thousand in a transaction; what is slow happens between transactions."""
    same = {"round_id": round_id, "import_id": import_id}
    done = 0
    with _open_roll(path) as table:
        entries = _entries(rows_of(table, terms), terms, total)
        while portion := [{**same, **entry} for entry in islice(entries, ROWS_AT_ONCE)]:
            with transaction() as session:
                _put(session, portion)
                session.execute(update(RollImport).where(RollImport.id == import_id).values(touched_at=_now()))
            done += len(portion)
            progress(done, total)


def _put(session: Session, portion: Sequence[Mapping[str, Any]]) -> None:
    """Write a portion: by COPY on PostgreSQL, which takes it with a third of the work of so many INSERTs."""
    if session.get_bind().dialect.name != "postgresql":
        session.execute(insert(RollEntry), portion)
        return
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY roll_entry ({', '.join(portion[0])}) FROM STDIN") as copy:
        for entry in portion:
            copy.write_row(tuple(entry.values()))


def _entries(rows: Iterator[RollRow], terms: RollTerms, total: int) -> Iterator[dict[str, Any]]:
    """The entries of the rows, one for each code.

    Ids are random within ascending steps of the 128-bit range, so that the index grows at its end: with ids drawn from
    the whole range a million rows take four times as long. At least 100 bits of each are random.
    """
    step = ID_SPACE // max(total, 1)
    start = 0
    for row in rows:
        columns = {
            "ward_id": terms.wards[row.ward_code],
            "number": row.number,
            "name": row.name or None,
            "address": row.address or None,
            "postcode": row.postcode or None,
            "email": row.email or None,
        }
        for place in range(1, row.codes + 1):
            yield {"id": f"{start + secrets.randbelow(step):032x}", "place": place, **columns}
            start += step


def _make_visible(import_id: int, round_id: int, report: RollReport, actor: str, *, adding: bool) -> list[int]:
    """Show the import, and hide what it replaces, in one transaction. The ids of the imports it replaces."""
    with transaction() as session:
        _refuse_replacing_used_roll(round_id, adding=adding)  # codes may have been made while we wrote
        earlier = [] if adding else _visible_imports(session, round_id)
        session.execute(update(RollImport).where(RollImport.id.in_(earlier)).values(visible=False, touched_at=_now()))
        session.execute(update(RollImport).where(RollImport.id == import_id).values(visible=True))
        sha256 = session.execute(select(RollImport.sha256).where(RollImport.id == import_id)).scalar_one()
        act = "roll added to" if adding else "roll loaded"
        record(session, actor, act, f"round {round_id}", rows=report.rows, codes=report.codes, sha256=sha256)
        return earlier


def _visible_imports(session: Session, round_id: int) -> list[int]:
    return list(session.scalars(select(RollImport.id).where(RollImport.round_id == round_id, RollImport.visible)))
