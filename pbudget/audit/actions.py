"""Writing the audit log: one function, called inside the transaction of the act it records."""

from datetime import date

from flask import current_app
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pbudget.audit.models import AuditEntry
from pbudget.audit.rules import GENESIS, canonical, head_after, leaf_of
from pbudget.kit.clock import LONDON, Clock, SystemClock

SYSTEM = "system"
"""The actor of what no person did: the worker, the command line without a name."""
POSTGRESQL_LOCK = 0x70627564676574
"""One number for the one audit log of a database; held to the end of the transaction, so entries never fork."""


def record(session: Session, actor: str, act: str, subject: str = "", **detail: str | int | bool | list[str]) -> int:
    """Add an act to the log, in the caller's transaction: recorded if and only if it happened. The entry's number.

    `actor` is a StaffView.id or SYSTEM; `act` a few words ("letters printed"); `subject` what it was done to, never a
    resident's name, address, code or choice. Call it last: it holds the end of the log until the transaction is over.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRESQL_LOCK})
    last = session.execute(select(AuditEntry.seq, AuditEntry.head).order_by(AuditEntry.seq.desc()).limit(1)).first()
    seq, before = (last.seq + 1, last.head) if last else (1, GENESIS)
    today = _today()
    words = canonical(detail)
    leaf = leaf_of(seq, today.isoformat(), actor, act, subject, words)
    session.add(
        AuditEntry(
            seq=seq,
            day=today,
            actor=actor,
            act=act,
            subject=subject,
            detail=words,
            leaf=leaf,
            head=head_after(before, leaf),
        )
    )
    session.flush()
    return seq


def _today() -> date:
    clock: Clock = current_app.extensions.get("clock") or SystemClock()
    return clock.now().astimezone(LONDON).date()
