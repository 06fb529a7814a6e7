"""Reading the audit log."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from pbudget.audit.models import AuditEntry
from pbudget.audit.rules import AuditCheck, AuditLine, check_chain
from pbudget.db import db

AT_A_TIME = 1_000


def entries(limit: int, offset: int = 0) -> Sequence[AuditLine]:
    """Entries, the latest first."""
    asked = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit).offset(offset)
    return [_line(entry) for entry in db.session.scalars(asked)]


def entry_count() -> int:
    """How many acts are recorded."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def verify() -> AuditCheck:
    """Check the whole log as it stands in the database; the first entry that does not hold is named."""
    return check_chain(from_the_start())


def from_the_start() -> Iterator[AuditLine]:
    """Every entry in order, a thousand at a time, so that a long log needs little memory."""
    last: AuditEntry | None = None
    while True:
        asked = select(AuditEntry).order_by(AuditEntry.seq).limit(AT_A_TIME)
        part = db.session.scalars(asked.where(AuditEntry.seq > last.seq) if last else asked).all()
        yield from map(_line, part)
        if len(part) < AT_A_TIME:
            return
        last = part[-1]


def _line(entry: AuditEntry) -> AuditLine:
    return AuditLine(
        entry.seq,
        entry.day.isoformat(),
        entry.actor,
        entry.act,
        entry.subject,
        entry.detail,
        entry.leaf,
        entry.head,
    )
