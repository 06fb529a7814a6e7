"""Reading the outbox: counts and problems, never an address or a text."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from pbudget.db import db
from pbudget.outbox.models import Message


@dataclass(frozen=True)
class MessageView:
    """A message as officers see it: what is wrong with it, not who gets it or what it says."""

    id: int
    state: str
    attempts: int
    problem: str
    created: datetime


def message_counts() -> dict[str, int]:
    """How many messages are in each state: queued, sending, sent, failed, unsure."""
    return dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all())


def troubled_messages(limit: int = 50) -> list[MessageView]:
    """Messages that failed, may or may not have arrived, or wait for another try; the latest first."""
    chosen = select(Message).where(Message.problem != "").order_by(Message.id.desc()).limit(limit)
    return [
        MessageView(row.id, row.state, row.attempts, row.problem, row.created) for row in db.session.scalars(chosen)
    ]
