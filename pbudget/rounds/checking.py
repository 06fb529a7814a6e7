"""What `pbudget verify` asks beyond the chain: are the voting codes those that the manifest and the ledger speak of?

A code that somebody with the database slipped in could vote like any other, and no ballot would look wrong.
"""

import json

from sqlalchemy.exc import DatabaseError

from pbudget.db import db
from pbudget.ledger.bundle import Finding
from pbudget.ledger.queries import acts, head_of
from pbudget.roll.queries import codes_fingerprint, codes_since_opening, desk_totals
from pbudget.rounds.desk_numbers import numbers_in_ledger


def check_codes(round_id: int) -> list[Finding]:
    """Whether the codes are those of the manifest, and those made since are as many as were counted.

    Nothing for a round whose manifest names no codes, and for a sealed one: its codes are gone.
    """
    head = head_of(round_id)
    stated = json.loads(head.manifest).get("voters", {}).get("codes_fp", "") if head else ""
    try:
        found, number = codes_fingerprint(round_id)
    except DatabaseError as error:
        db.session.rollback()
        return [Finding(False, f"the database cannot read the voting codes ({type(error.orig).__name__})")]
    made = codes_since_opening(round_id)
    if not head or not stated or not (number or made):
        return []
    return [
        Finding(found == stated, f"{head.name}: {_manifest_words(number, found == stated)}"),
        _counted(round_id, head.name, made),
    ]


def _manifest_words(number: int, same: bool) -> str:
    if same:
        return f"the {number:,} voting codes there were at the opening are those of the manifest"
    return f"the {number:,} voting codes that are said to be from the opening are NOT those of the manifest"


def _counted(round_id: int, name: str, made: int) -> Finding:
    """Codes made since the opening: as many as the desk counted, and at least as many as the ledger has said."""
    before = _at_opening(round_id)
    counted = desk_totals(round_id).codes_made - before
    said = numbers_in_ledger(round_id)
    stated = said["reissued"] + said["issued"] + said["printed"] - before
    words = f"{name}: {made:,} codes made since the opening, {counted:,} counted, {stated:,} of them in the ledger"
    return Finding(made == counted >= stated, words)


def _at_opening(round_id: int) -> int:
    """How many codes had been given at the desk before the round opened: what the first entry says."""
    body = next((entry.body or {} for entry in acts(round_id) if entry.kind == "open"), {})
    counts = body.get("counts", {})
    return sum(counts.get(part, 0) for part in ("reissued", "issued", "printed"))
