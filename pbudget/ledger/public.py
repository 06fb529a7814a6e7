"""What of a ledger is published, and what only the auditor gets: both as JSON lines, both checked here.

    ledger.jsonl   {"head":"…","leaf":"…","line":{"c":"…","id":"…","kind":"ballot",…},"tracker":"7Q4K-9XTM-2BX"}
    the opening    {"id":"…","nonce":"…","payload":"{\\"assurance\\":…}","seq":2,"slot":"…"}, one for each ballot

The bytes after `"line":` up to `,"tracker":` are the bytes that are hashed. A published line tells that a ballot was
cast and never what it says; the opening tells that, and is for the auditor alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pbudget.ledger.rules import (
    HEX_32,
    HEX_64,
    Entry,
    Verification,
    canonical,
    commitment,
    line_of,
    read_canonical,
    tracker_of,
)
from pbudget.ledger.verifying import BadEntry, ChainCheck, PublicLine, walked

FORM = re.compile(
    rb'\{"head":"([0-9a-f]{64})","leaf":"([0-9a-f]{64})","line":(\{.*\}),"tracker":"([0-9A-Z-]{13})"\}\n', re.DOTALL
)


@dataclass(frozen=True)
class OpeningCheck:
    """Whether an opening holds exactly the ballots of a public ledger; `counted` is one per slot."""

    ok: bool
    ballots: int = 0
    counted: int = 0
    first_bad_seq: int | None = None
    reason: str = ""


def public_line(entry: Entry) -> bytes:
    """One line of `ledger.jsonl`, with its newline."""
    frame = f'{{"head":"{entry.head}","leaf":"{entry.leaf}","line":'.encode()
    return frame + line_of(entry) + f',"tracker":"{tracker_of(entry.leaf)}"}}\n'.encode()


def opening_line(entry: Entry) -> bytes:
    """One line of the auditor's opening, with its newline: what the commitment of a ballot was made from."""
    opened = {"seq": entry.seq, "id": entry.id, "slot": entry.slot, "nonce": entry.nonce, "payload": entry.payload}
    return canonical(opened) + b"\n"


def verify_lines(manifest: bytes, lines: Iterable[bytes], anchors: Mapping[int, str] | None = None) -> Verification:
    """Check a published ledger, line by line with their newlines, against its manifest and any known heads."""
    check = ChainCheck(manifest, anchors or {})
    return walked(check, check.take_line, map(read_line, lines))


def read_line(line: bytes) -> PublicLine:
    """The parts of one published line; raises BadEntry where it is not in its exact form."""
    found = FORM.fullmatch(line)
    if not found:
        raise BadEntry("its line is not in the published form")
    head, leaf, inner, tracker = found.groups()
    said = _said(inner)
    c = said.get("c", "")
    return PublicLine(
        said["round"], said["seq"], said["kind"], said["id"], c, inner, leaf.decode(), head.decode(), tracker.decode()
    )


def _said(inner: bytes) -> dict[str, Any]:
    try:
        said: Any = read_canonical(inner.decode())
    except (ValueError, RecursionError) as error:
        raise BadEntry("its line is not canonical JSON") from error
    content = "c" if said.get("kind") == "ballot" else "body"
    if set(said) != {content, "id", "kind", "round", "seq"} or not _typed(said):
        raise BadEntry("its line lacks a part or has one too many")
    return dict(said)


def _typed(said: Mapping[str, Any]) -> bool:
    whole = type(said["seq"]) is int and isinstance(said["round"], str) and isinstance(said["kind"], str)
    named = isinstance(said["id"], str) and bool(HEX_32.fullmatch(said["id"]))
    if "c" in said:
        return whole and named and isinstance(said["c"], str) and bool(HEX_64.fullmatch(said["c"]))
    return whole and named and isinstance(said["body"], dict)


def verify_opening(lines: Iterable[bytes], opening: Iterable[bytes]) -> OpeningCheck:
    """Check that the opening holds, in order, every ballot of the published lines and nothing else.

    Check the lines themselves with `verify_lines` first. What is opened can then be counted: the last of each slot.
    """
    slots: dict[str, int] = {}
    ballots = (each for each in map(read_line, lines) if each.kind == "ballot")
    rest = iter(opening)
    seen, seq = 0, None
    try:
        for public in ballots:
            seq = public.seq
            slots[_opened(public, next(rest, b""))] = seq
            seen += 1
    except BadEntry as error:
        return OpeningCheck(False, seen, len(slots), seq, str(error))
    if next(rest, None) is not None:
        return OpeningCheck(False, seen, len(slots), seq, "the opening holds more ballots than the ledger")
    return OpeningCheck(True, seen, len(slots))


def _opened(public: PublicLine, line: bytes) -> str:
    """The slot of an opened ballot; raises BadEntry where it is not what was committed to."""
    given = read_opened(line)
    if (given["seq"], given["id"]) != (public.seq, public.id):
        raise BadEntry("the opening lacks this ballot or holds another in its place")
    if commitment(given["nonce"], given["payload"]) != public.c:
        raise BadEntry("the opened ballot is not the one that was recorded")
    if read_ballot(given["payload"]).get("slot") != given["slot"]:
        raise BadEntry("its slot is not the slot inside the ballot")
    return str(given["slot"])


def read_opened(line: bytes) -> dict[str, Any]:
    """One line of an opening: seq, id, slot, nonce and payload (canonical JSON text); BadEntry where it is not one."""
    try:
        given: Any = read_canonical(line.decode().removesuffix("\n")) if line.endswith(b"\n") else None
    except (ValueError, RecursionError) as error:
        raise BadEntry("its opening is not canonical JSON") from error
    if not isinstance(given, dict) or set(given) != {"seq", "id", "slot", "nonce", "payload"}:
        raise BadEntry("the opening lacks this ballot or a part of it")
    if not isinstance(given["nonce"], str) or not HEX_64.fullmatch(given["nonce"]):
        raise BadEntry("its nonce is not 64 hex digits")
    if not isinstance(given["payload"], str):
        raise BadEntry("its payload is not text")
    return dict(given)


def read_ballot(payload: str) -> dict[str, Any]:
    """What a ballot's payload says; BadEntry where it is not canonical JSON."""
    try:
        ballot = read_canonical(payload)
    except (ValueError, RecursionError) as error:
        raise BadEntry("its payload is not canonical JSON") from error
    if not isinstance(ballot, dict):
        raise BadEntry("its payload is not a JSON object")
    return ballot


def opened_ballots(opening: Iterable[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Slot and payload of every ballot that counts in an opening: the last of each slot, in slot order."""
    last = {given["slot"]: given["payload"] for given in map(read_opened, opening)}
    for slot in sorted(last):
        yield slot, read_ballot(last[slot])
