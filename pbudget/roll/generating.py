"""Making codes for the letters of a ward: an hour for 50,000, may be killed at any moment and begun again.

For each portion: draw selectors that were never used in the round, hash on all cores, write the plain codes into the
sealed file, then the hashes into the database. A code that reached only the file was never valid and is left out of
the letters; a code in the database is always in the file. An entry has at most one live code: the database sees to it.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pbudget.audit.actions import SYSTEM, record
from pbudget.config import Settings
from pbudget.db import db, transaction
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import BadInput
from pbudget.roll import hashing, letter_queries, queries
from pbudget.roll.codefile import CodeFile, MadeCode, make_passphrase
from pbudget.roll.identify import clock, scrypt_cost
from pbudget.roll.letter_queries import BatchView
from pbudget.roll.models import LetterBatch, VotingCode
from pbudget.roll.rules.codes import SELECTORS, Code, make_secret, selector_at
from pbudget.roll.stopping import count_today, hold_voting, stop_live_codes

HASHES_A_CORE = 8
KEPT_FOR = timedelta(hours=24)
TEST_LETTERS = 5
TRIES = 5

Progress = Callable[[int, int], None]
"""Told how many codes of the batch are made, and of how many."""


class NothingToMake(BadInput):
    """Everybody in the ward has a live code, or the ward has no roll; the message says which."""


class BatchInTheMaking(BadInput):
    """Letters of this ward are being made already; the officer waits for them or voids them."""


class BatchNotFound(BadInput):
    """There is no such batch of letters, or it is not in a state for this."""


class SelectorsUsedUp(BadInput):
    """The round has used all of its 1,048,576 references."""


@dataclass(frozen=True)
class StartedBatch:
    """A batch to be filled by `generate_codes`. The passphrase is shown to the officer once and kept nowhere."""

    id: int
    passphrase: str
    codes: int


@dataclass(frozen=True)
class PreparedCode:
    """A new code and what the database keeps of it, ready before a transaction begins."""

    made: MadeCode
    verifier: hashing.Verifier

    def row(self, round_id: int, **columns: object) -> dict[str, object]:
        """The columns of its row."""
        made, (salt, digest) = self.made, self.verifier
        return {
            "round_id": round_id,
            "selector": made.selector,
            "salt": salt,
            "verifier": digest,
            "roll_entry_id": made.entry_id,
            "state": "live",
            "why_void": None,
            **columns,
        }


def code_file(batch_id: int) -> CodeFile:
    """The file of plain codes of a batch, in a folder of the instance that backups leave out."""
    return CodeFile(letters_folder() / f"batch-{batch_id}.codes")


def letters_folder() -> Path:
    """Where files of plain codes are while they wait for the printer."""
    settings: Settings = current_app.extensions["settings"]
    return settings.instance / "letters"


def start_batch(round_id: int, ward_id: int, kind: str = "letters", *, actor: str = SYSTEM) -> StartedBatch:
    """Begin letters for everybody in a ward without a live code, or five test letters that cannot vote.

    Raises NothingToMake or BatchInTheMaking.
    """
    number = len(_entries_to_serve(round_id, ward_id, kind))
    if not number:
        raise NothingToMake("Everybody on the roll of this ward has a code, or the ward has no roll. Nothing was made.")
    passphrase = make_passphrase()
    with transaction() as session:
        batch_id = _add_batch(session, round_id, ward_id, kind)
        code_file(batch_id).create(batch_id, passphrase, scrypt_cost())
        record(session, actor, "letters begun", f"batch {batch_id}", kind=kind, codes=number)
    return StartedBatch(batch_id, passphrase, number)


def generate_codes(batch_id: int, progress: Progress = lambda done, total: None) -> int:
    """Make the codes of a batch that are still missing; how many the batch has then. Safe to call again at any time.

    Raises BatchUnderWay while another process does it, CodeFileMissing when the file is gone.
    """
    batch = letter_queries.batch(batch_id)
    if batch is None or batch.state != "making":
        raise BatchNotFound("These letters are not being made any more.")
    with code_file(batch_id).held(), ThreadPoolExecutor(hashing.cores()) as pool:
        _fill(batch, pool, progress)
    with transaction() as session:
        expires = (clock().now().astimezone(UTC) + KEPT_FOR).replace(tzinfo=None)
        _set_state(session, batch_id, "making", "ready", expires_at=expires)
    return letter_queries.codes_of_batch(batch_id)


def confirm_download(batch_id: int, *, actor: str = SYSTEM) -> None:
    """The officer has the letters: delete the file of plain codes now."""
    code_file(batch_id).remove()
    with transaction() as session:
        _set_state(session, batch_id, "ready", "delivered")
        record(session, actor, "letters delivered, plain codes deleted", f"batch {batch_id}")


def spoil_batch(batch_id: int, *, actor: str = SYSTEM) -> int:
    """Void every code of a batch that went wrong at the printer; how many. New letters are a new batch."""
    with transaction() as session:
        round_id = session.execute(select(LetterBatch.round_id).where(LetterBatch.id == batch_id)).scalar_one()
        opened = hold_voting(session, round_id)
        number = stop_live_codes(session, round_id, VotingCode.batch_id == batch_id, "spoiled")
        session.execute(update(LetterBatch).where(LetterBatch.id == batch_id).values(state="spoiled"))
        if opened:
            count_today(session, round_id, voided=number)
        record(session, actor, "letters voided", f"batch {batch_id}", codes=number)
    code_file(batch_id).remove()
    return number


def purge_code_files(now: datetime) -> int:
    """Delete the files of plain codes whose 24 hours are over, and files no batch knows. How many were deleted."""
    due = select(LetterBatch.id).where(
        LetterBatch.state == "ready", LetterBatch.expires_at <= now.astimezone(UTC).replace(tzinfo=None)
    )
    expired = list(db.session.scalars(due))
    for batch_id in expired:
        code_file(batch_id).remove()
        with transaction() as session:
            _set_state(session, batch_id, "ready", "expired")
    return len(expired) + sum(_remove_unknown(path) for path in letters_folder().glob("batch-*.codes"))


def prepare_code(code: Code, entry_id: str) -> PreparedCode:
    """A code for one entry, hashed: made before the transaction that stores it."""
    made = MadeCode(code.selector, code.secret, entry_id)
    return PreparedCode(made, hashing.make_verifier(code.secret, scrypt_cost()))


def _entries_to_serve(round_id: int, ward_id: int, kind: str, made: int = 0) -> list[str]:
    if kind == "test":
        return letter_queries.first_entries(round_id, ward_id, TEST_LETTERS)[made:]
    return letter_queries.entries_without_code(round_id, ward_id)


def _add_batch(session: Session, round_id: int, ward_id: int, kind: str) -> int:
    today = clock().now().astimezone(LONDON).date()
    batch = LetterBatch(round_id=round_id, ward_id=ward_id, kind=kind, state="making", made_on=today)
    session.add(batch)
    try:
        session.flush()
    except IntegrityError as error:
        raise BatchInTheMaking("Letters of this ward are being made. Wait until they are ready.") from error
    return batch.id


def _fill(batch: BatchView, pool: ThreadPoolExecutor, progress: Progress) -> None:
    """Portion after portion until every entry of the batch has its code."""
    made, waiting, used = _standing(batch)
    total, failed = made + len(waiting), 0
    while waiting:
        portion, waiting = _split(waiting)
        prepared = _prepare(portion, used, pool)
        code_file(batch.id).append([one.made for one in prepared])
        try:
            _store(batch, prepared)
            made += len(prepared)
        except IntegrityError:  # another batch or an officer was faster with an entry or a selector: look again
            failed += 1
            if failed > TRIES:
                raise
            made, waiting, used = _standing(batch)
        progress(made, max(total, made))


def _standing(batch: BatchView) -> tuple[int, list[str], set[str]]:
    """How many codes the batch has, which entries wait for theirs, which selectors are used."""
    made = letter_queries.codes_of_batch(batch.id)
    waiting = _entries_to_serve(batch.round_id, batch.ward_id, batch.kind, made)
    used = queries.selectors(batch.round_id)
    db.session.rollback()  # ends the read: hashing takes long
    return made, waiting, used


def _split(waiting: list[str]) -> tuple[list[str], list[str]]:
    size = HASHES_A_CORE * hashing.cores()
    return waiting[:size], waiting[size:]


def _prepare(entry_ids: Iterable[str], used: set[str], pool: ThreadPoolExecutor) -> list[PreparedCode]:
    """Codes for these entries, their selectors new and noted in `used`, hashed on all cores."""
    made = [MadeCode(_new_selector(used), make_secret(), entry_id) for entry_id in entry_ids]
    cost = scrypt_cost()
    return [
        PreparedCode(one, verifier)
        for one, verifier in zip(
            made, pool.map(lambda code: hashing.make_verifier(code.secret, cost), made), strict=True
        )
    ]


def _new_selector(used: set[str]) -> str:
    if len(used) >= SELECTORS:
        raise SelectorsUsedUp(f"This round has used all {SELECTORS:,} letter references. No more codes can be made.")
    selector = selector_at(secrets.randbelow(SELECTORS))
    while selector in used:
        selector = selector_at(secrets.randbelow(SELECTORS))
    used.add(selector)
    return selector


def _store(batch: BatchView, prepared: Sequence[PreparedCode]) -> None:
    test = {"state": "void", "why_void": "test"} if batch.kind == "test" else {}
    with transaction() as session:
        opened = hold_voting(session, batch.round_id)
        _refuse_stopped(session, batch.id)
        rows = [one.row(batch.round_id, batch_id=batch.id, since_opening=opened, **test) for one in prepared]
        session.execute(insert(VotingCode), rows)
        if opened and not test:
            count_today(session, batch.round_id, printed=len(rows))


def _refuse_stopped(session: Session, batch_id: int) -> None:
    """A batch that was voided while it was being made gets no more codes."""
    state = session.scalar(select(LetterBatch.state).where(LetterBatch.id == batch_id).with_for_update())
    if state != "making":
        raise BatchNotFound("These letters were voided while they were being made.")


def _set_state(session: Session, batch_id: int, before: str, after: str, **columns: object) -> None:
    chosen = update(LetterBatch).where(LetterBatch.id == batch_id, LetterBatch.state == before)
    if session.scalar(chosen.values(state=after, **columns).returning(LetterBatch.id)) is None:
        raise BatchNotFound("These letters are not in a state for this. Reload the page to see how they stand.")


def _remove_unknown(path: Path) -> int:
    """Delete a file whose batch does not wait for it; 1 if it was deleted."""
    with suppress(ValueError):
        batch = letter_queries.batch(int(path.stem.removeprefix("batch-")))
        if batch and batch.state in ("making", "ready"):
            return 0
    path.unlink(missing_ok=True)
    return 1
