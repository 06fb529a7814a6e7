"""The chain: what is hashed, in which bytes, and how every entry is checked. Standard library and rfc8785 only.

    genesis = SHA256(0x02 ‖ manifest)                                     the head before the first entry
    c       = SHA256("pbudget-ballot-v1" ‖ 0x00 ‖ nonce ‖ payload)        a ballot's commitment
    line    = {"c":"…","id":"…","kind":"ballot","round":"spring","seq":2} every other kind: its body in place of c
    leaf    = SHA256(0x00 ‖ line)
    head    = SHA256(0x01 ‖ previous head ‖ leaf)

Text is canonical JSON (RFC 8785, no fractions); digests are 32 raw bytes inside hashes and lower-case hex in text.
The formats are written out for other verifiers in docs/ledger.md.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from pbudget.kit.errors import PbudgetError

VOTING = ("ballot", "amend", "roll", "extend")
COUNTING = ("tally", "publish")
MILESTONES = ("open", "close", "annul", "seal")
KINDS = (*MILESTONES, *VOTING, *COUNTING, "checkpoint", "reconcile")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LARGEST_NUMBER = 2**53 - 1
BALLOT_PREFIX = b"pbudget-ballot-v1\0"
HEX_64 = re.compile(r"[0-9a-f]{64}")
HEX_32 = re.compile(r"[0-9a-f]{32}")


class NotCanonical(PbudgetError):
    """Something cannot be written as canonical JSON; the person sees the 500 page."""


class RoundClosed(PbudgetError):
    """Voting has closed: the person reads that their vote has not been recorded and why."""


class EntryOutOfPlace(PbudgetError):
    """An act came before or after its time (a tally before the close, anything after the seal)."""


class Entry(NamedTuple):
    """One entry whole, as the database keeps it: for verifying, the auditor and the count, never for a page.

    A ballot has `slot`, `nonce` (64 hex digits each) and `payload` (canonical JSON text); every other kind has `body`.
    """

    round: str
    seq: int
    kind: str
    id: str
    slot: str | None
    nonce: str | None
    payload: str | None
    body: str | None
    leaf: str
    head: str


@dataclass(frozen=True)
class Verification:
    """What checking a chain found. Where `ok` is false, `first_bad_seq` is the first entry that cannot be trusted."""

    ok: bool
    size: int
    head: str
    first_bad_seq: int | None = None
    reason: str = ""


def canonical(value: Any) -> bytes:
    """The one way to write a value down: RFC 8785 JSON. Fractions are refused; money is whole pence."""
    import rfc8785

    _refuse_fractions(value)
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical(f"This cannot be written as canonical JSON: {error}") from error


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise NotCanonical("A fraction cannot go into the ledger. Use whole numbers.")
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for part in value:
        _refuse_fractions(part)


def read_canonical(text: str) -> Any:
    """The value of canonical JSON text; ValueError where the text is anything but its own canonical form.

    Written again with the standard library, which is three times as fast as `canonical` and gives the same bytes for
    everything without fractions (a test compares them).
    """
    value = json.loads(text, parse_float=_no_fraction, parse_constant=_no_fraction, parse_int=_small_enough)
    ordered = value if text.isascii() or max(text) <= "\uffff" else _ordered(value)
    if json.dumps(ordered, ensure_ascii=False, sort_keys=ordered is value, separators=(",", ":")) != text:
        raise ValueError("not canonical")
    return value


def _no_fraction(text: str) -> Any:
    raise ValueError(f"{text} is not a whole number")


def _small_enough(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST_NUMBER:
        raise ValueError("a number beyond 2^53 - 1")
    return int(text)


def _ordered(value: Any) -> Any:
    """The value with every object's names in UTF-16 order, as RFC 8785 has it."""
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    return [_ordered(part) for part in value] if isinstance(value, list) else value


def genesis_head(manifest: bytes) -> str:
    """The head before the first entry: it binds every later one to the manifest's exact bytes."""
    return hashlib.sha256(b"\x02" + manifest).hexdigest()


def commitment(nonce: str, payload: str) -> str:
    """What the public list says of a ballot: bound to every choice, and to the slot, and telling neither."""
    return hashlib.sha256(BALLOT_PREFIX + bytes.fromhex(nonce) + payload.encode()).hexdigest()


def line_bytes(round_name: str, seq: int, kind: str, entry_id: str, *, c: str = "", body: str = "") -> bytes:
    """An entry's public line: canonical JSON of round, seq, kind, id and either c or body (canonical text)."""
    first = f'"body":{body}' if body else f'"c":"{c}"'
    name = json.dumps(round_name, ensure_ascii=False)
    return f'{{{first},"id":"{entry_id}","kind":"{kind}","round":{name},"seq":{seq}}}'.encode()


def line_of(entry: Entry) -> bytes:
    """The public line of a stored entry."""
    if entry.payload is None:
        return line_bytes(entry.round, entry.seq, entry.kind, entry.id, body=entry.body or "")
    c = commitment(entry.nonce or "", entry.payload)
    return line_bytes(entry.round, entry.seq, entry.kind, entry.id, c=c)


def leaf_of(line: bytes) -> str:
    """The digest of one line."""
    return hashlib.sha256(b"\x00" + line).hexdigest()


def head_after(head: str, leaf: str) -> str:
    """The chain's head once this leaf follows that head."""
    return hashlib.sha256(b"\x01" + bytes.fromhex(head) + bytes.fromhex(leaf)).hexdigest()


def tracker_of(leaf: str) -> str:
    """The voter's reference: the leaf's first 50 bits in Crockford base 32 and a check character, `7Q4K-9XTM-2BX`."""
    text = crockford(leaf, 10)
    text += check_character(text)
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def fingerprint(head: str) -> str:
    """A head as people compare it: its first 80 bits, `K7QD-22MX-9TRA-0PW3`."""
    text = crockford(head, 16)
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def say_size(size: int) -> str:
    """How long a ledger is, in words: `1 entry`, `3,412 entries`."""
    return "1 entry" if size == 1 else f"{size:,} entries"


def crockford(digest: str, length: int) -> str:
    """The first 5 × `length` bits of a hex digest, in Crockford's base 32."""
    number = int(digest, 16) >> (len(digest) * 4 - length * 5)
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(length)))


def check_character(text: str) -> str:
    """The Luhn mod 32 character for base-32 text: finds every single wrong character and every swap but 0 with Z."""
    total = 0
    for place, character in enumerate(reversed(text)):
        product = CROCKFORD.index(character) * (1 if place % 2 else 2)
        total += product // 32 + product % 32
    return CROCKFORD[-total % 32]


def parse_tracker(text: str) -> str | None:
    """A tracker as somebody typed it, in its own form; None where it cannot be one. O is 0, I and L are 1."""
    plain = re.sub(r"[\s\-‐-―]", "", text.upper()).translate(str.maketrans("OIL", "011"))
    if len(plain) != 11 or not set(plain) <= set(CROCKFORD) or check_character(plain[:10]) != plain[10]:
        return None
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def tracker_span(tracker: str) -> tuple[str, str]:
    """The lowest and the highest leaf with this tracker, 64 hex digits each."""
    number = 0
    for character in tracker.replace("-", "")[:10]:
        number = number << 5 | CROCKFORD.index(character)
    lowest = number << 206
    return f"{lowest:064x}", f"{lowest | (1 << 206) - 1:064x}"


def refuse_out_of_place(kind: str, reached: Set[str]) -> None:
    """Raise where an entry of this kind may not follow these milestones: `open` first, no ballot after the close."""
    if kind == "ballot" and reached & {"close", "annul"}:
        raise RoundClosed("Voting in this round has closed. Your vote has NOT been recorded.")
    problem = _problem_of_place(kind, reached)
    if problem:
        raise EntryOutOfPlace(f"The ledger cannot take {kind!r}: {problem}.")


def _problem_of_place(kind: str, reached: Set[str]) -> str:
    over = reached & {"close", "annul"}
    problems = {
        f"{kind} is not a kind of entry": kind not in KINDS,
        "it comes before the opening": kind != "open" and "open" not in reached,
        f"there is one {kind} already": kind in reached,
        "the round is sealed": "seal" in reached,
        "voting has closed": bool(kind in (*VOTING, "close") and over),
        "voting has not closed": bool(kind in (*COUNTING, "seal") and not over),
    }
    return next((problem for problem, found in problems.items() if found), "")


def counted(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The last ballot of each slot, by slot: what is counted."""
    return {entry.slot: entry for entry in entries if entry.kind == "ballot" and entry.slot is not None}
