"""Is every ledger whole, and not shorter than this machine has seen it? Asked at the start, hourly and before a count.

What was seen stands in `ledgers-seen.json` in the instance folder, outside the database: a database that was put back
to an older state is right in itself, and only something outside it can tell.
"""

import json
import os
from pathlib import Path

from flask import current_app
from sqlalchemy import column, false, select, table

from pbudget.config import Settings
from pbudget.db import db
from pbudget.kit.errors import PbudgetError
from pbudget.ledger.models import LedgerEntry, LedgerHead
from pbudget.ledger.queries import database_damage, rounds_with_a_ledger, verify_ledger

SEEN = "ledgers-seen.json"
ROUND = table("round", column("id"), column("is_demo"))  # rounds/ lies higher in the house: its table by name only


class LedgerNotTrusted(PbudgetError):
    """A ledger was changed, or is shorter than it was; officers read which, and what to do."""


def check_ledgers() -> None:
    """Verify every ledger, compare it with what was seen before, and remember what is seen now.

    Raises LedgerNotTrusted with everything that is wrong; then nothing is remembered, so it is said until it is mended.
    """
    states = {name: (size, head) for name, size, head in heads().values()}  # first: what follows covers them
    problems = [problem for problem in (rollback_problem(), *ledger_problems()) if problem]
    if problems:
        raise LedgerNotTrusted(" ".join([*problems, "Change nothing, and see docs/operations.md."]))
    remember(states)


def ledger_problems() -> list[str]:
    """What is wrong with the ledgers of this database, a sentence each."""
    damage = database_damage()
    problems = [f"The database file is damaged: {damage}."] if damage else []
    for round_id, name in rounds_with_a_ledger():
        found = verify_ledger(round_id)
        where = f"entry {found.first_bad_seq} cannot be trusted: " if found.first_bad_seq else ""
        problems += [] if found.ok else [f"The ledger of {name} is not whole: {where}{found.reason}."]
    return problems


def rollback_problem(only: str = "") -> str:
    """What of the ledgers this machine has seen is not there any more; empty when all of it is.

    `only` asks for the round of this name alone. One short statement a ledger.
    """
    try:
        known = {name: state for name, state in seen().items() if only in ("", name)}
    except LedgerNotTrusted as error:
        return str(error)
    found = [problem for name, (size, head) in known.items() if (problem := _missing(name, size, head))]
    return " ".join(found)


def heads() -> dict[int, tuple[str, int, str]]:
    """Name, entries and head of every ledger, by round id; a demonstration's may be thrown away and does not count."""
    chosen = select(LedgerHead.round_id, LedgerHead.name, LedgerHead.seq, LedgerHead.head)
    db.session.rollback()
    rows = db.session.execute(chosen.join(ROUND, ROUND.c.id == LedgerHead.round_id).where(ROUND.c.is_demo == false()))
    return {row.round_id: (row.name, row.seq, row.head) for row in rows}


def seen() -> dict[str, tuple[int, str]]:
    """Entries and head of each round's ledger when this machine last found it whole."""
    try:
        return {name: (size, head) for name, (size, head) in json.loads(_file().read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError) as error:
        raise LedgerNotTrusted(f"{_file()} cannot be read. Delete it if nobody changed the ledgers.") from error


def remember(states: dict[str, tuple[int, str]]) -> None:
    """Write down what is there now; the file is whole at every moment."""
    draft = _file().with_suffix(f".{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(states, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(_file())


def _missing(name: str, size: int, head: str) -> str:
    columns = select(LedgerHead.seq, LedgerEntry.head)
    of_round = columns.outerjoin(
        LedgerEntry, (LedgerEntry.round_id == LedgerHead.round_id) & (LedgerEntry.seq == size)
    ).where(LedgerHead.name == name)
    row = db.session.execute(of_round).first()
    if row is None or row.seq < size:
        has = f"has {row.seq:,} entries now" if row else "is gone"
        return f"The ledger of {name} had {size:,} entries and {has}: an older copy was put in its place."
    return "" if row.head == head else f"The ledger of {name} is not what it was at {size:,} entries."


def _file() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.instance / SEEN
