"""The chain of the audit log: each entry is locked to every one before it.

    line = JCS({act, actor, day, detail, seq, subject})      RFC 8785: one way to write it, so one hash
    leaf = SHA-256(0x00 ‖ line)      head = SHA-256(0x01 ‖ head before ‖ leaf)      head 0 = SHA-256("pbudget-audit-v1")

Entry 1 of a log, `officer-1` signing in, has the head SHA-256(0x01 ‖ head 0 ‖ leaf). Change its actor, and its leaf,
its head and every later head differ. Source: spec/trust.md 3.2, the same construction as the ballot ledger.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import rfc8785

GENESIS = hashlib.sha256(b"pbudget-audit-v1").hexdigest()
"""The head of an empty log, 64 hexadecimal characters like every other."""


@dataclass(frozen=True)
class AuditLine:
    """One act: its place in the log, the day (never the minute), who, what, on what, and further words as JSON."""

    seq: int
    day: str
    actor: str
    act: str
    subject: str
    detail: str
    leaf: str
    head: str


@dataclass(frozen=True)
class AuditCheck:
    """Whether the log is whole: how many entries hold, the last head, and the first entry that does not hold."""

    ok: bool
    size: int
    head: str
    first_bad_seq: int | None = None
    reason: str = ""


def canonical(value: object) -> str:
    """JSON in the one form of RFC 8785."""
    return rfc8785.dumps(value).decode("utf-8")  # type: ignore[arg-type]  # callers pass plain JSON values


def leaf_of(seq: int, day: str, actor: str, act: str, subject: str, detail: str) -> str:
    """The hash of what an entry says."""
    line = {"seq": seq, "day": day, "actor": actor, "act": act, "subject": subject, "detail": detail}
    return hashlib.sha256(b"\x00" + canonical(line).encode("utf-8")).hexdigest()


def head_after(head: str, leaf: str) -> str:
    """The head of the log with one more entry."""
    return hashlib.sha256(b"\x01" + bytes.fromhex(head) + bytes.fromhex(leaf)).hexdigest()


def check_chain(lines: Iterable[AuditLine]) -> AuditCheck:
    """Follow the chain from the start; the first entry that does not hold is named."""
    head, size = GENESIS, 0
    for line in lines:
        reason = _fault(line, size + 1, head)
        if reason:
            return AuditCheck(False, size, head, size + 1, reason)
        head, size = line.head, size + 1
    return AuditCheck(True, size, head)


def _fault(line: AuditLine, seq: int, head: str) -> str:
    """What is wrong with an entry; empty when nothing is."""
    if line.seq != seq:
        return f"Entry {seq} is missing: entry {line.seq} stands in its place."
    if line.leaf != leaf_of(line.seq, line.day, line.actor, line.act, line.subject, line.detail):
        return f"Entry {seq} does not say what it said when it was written."
    if line.head != head_after(head, line.leaf):
        return f"Entry {seq} is not locked to the entries before it."
    return ""
