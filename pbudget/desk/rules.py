"""When the desk is open, how a resident is looked up, and the code that belongs to one press of a button.

A double click sends a form twice and shows the second answer only. So a code is not drawn when the form arrives: it
follows from a random number that the form carries, together with the site's secret.

    code_of(seed, 0)  ->  the same code however often the form arrives; 60 random bits, as any other code's
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

from pbudget.kit.errors import BadInput
from pbudget.roll.rules.codes import Code, CodeNotUsable, Draw, make_code, parse_selector
from pbudget.rounds.rules.phases import DECIDING, NOT_YET, OPEN, SET_UP, stage_of
from pbudget.wards.rules.postcodes import NotAPostcode, normalise, spaced

MOST_FOUND = 10
FEWEST_LETTERS = 2
LONGEST_NAME, LONGEST_ADDRESS, MOST_LINES = 200, 500, 6


class DeskClosed(BadInput):
    """Voting is over, so nothing about who may vote can change; the officer reads that."""


class SearchNotUsable(BadInput):
    """Too little was given to look somebody up; `field` is where to give more."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def why_closed(
    phase: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
    decide_by: datetime | None = None,
) -> str:
    """Why the desk can do nothing at this moment; empty while it can."""
    stage = stage_of(phase, opens_at, closes_at, now, decide_by)
    if stage == DECIDING:
        return "Voting has stopped. If two officers extend it, the desk opens again."
    if stage in (SET_UP, NOT_YET, OPEN):
        return ""
    return "Voting is over, so no code can be given out and nothing on the roll can change any more."


def hours_between(now: datetime, closes_at: datetime | None) -> float:
    """How many hours are left to vote in; without end where no closing time is set yet."""
    return (closes_at - now).total_seconds() / 3600 if closes_at else float("inf")


def search_of(reference: str, postcode: str, typed: str) -> tuple[str, str, str]:
    """What to look for: (reference, "", "") or ("", postcode, part of a name or an address). Raises SearchNotUsable."""
    if reference.strip():
        try:
            return parse_selector(reference), "", ""
        except CodeNotUsable as error:
            raise SearchNotUsable(str(error), "reference") from error
    try:
        where = spaced(normalise(postcode))
    except NotAPostcode as error:
        raise SearchNotUsable(
            "Enter the letter’s reference, or a full postcode like SE1 7AB and part of the name or address", "postcode"
        ) from error
    part = " ".join(typed.split())
    if len(part) < FEWEST_LETTERS:
        raise SearchNotUsable("Enter part of the name, or the number and street, as on the letter", "typed")
    return "", where, part


def lines_of(address: str) -> str:
    """An address as the roll keeps it, a line a line. Raises SearchNotUsable where it is too long for the window."""
    lines = [" ".join(line.split()) for line in address.splitlines()]
    kept = [line for line in lines if line]
    if len(kept) > MOST_LINES or sum(map(len, kept)) > LONGEST_ADDRESS:
        raise SearchNotUsable(f"The address must have {MOST_LINES} lines or fewer", "address")
    return "\n".join(kept)


def seed_of(secret: bytes, *said: str) -> bytes:
    """What the codes of one form follow from: 32 bytes nobody has who lacks either the site's secret or the form."""
    return hmac.new(secret, b"pbudget-desk-code-v1\0" + "\0".join(said).encode(), hashlib.sha256).digest()


def code_of(seed: bytes, attempt: int) -> Code:
    """The code of a form; the next attempt's where its selector is somebody else's."""
    return make_code(_drawn(seed, attempt))


def _drawn(seed: bytes, attempt: int) -> Draw:
    """Numbers below a power of two, each from 32 bits of its own."""
    blocks = _blocks(seed, attempt)
    return lambda below: next(blocks) % below


def _blocks(seed: bytes, attempt: int) -> Iterator[int]:
    number = 0
    while True:
        block = hmac.new(seed, f"{attempt} {number}".encode(), hashlib.sha256).digest()
        yield int.from_bytes(block[:4], "big")
        number += 1
