"""The one reminder before voting closes: queued for the outbox in portions that survive a kill, nobody twice.

A portion is one transaction: its e-mails and how far the roll has been gone through. What is killed before the commit
has sent nothing; what is killed after it is not repeated. Who has voted is never looked at.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from pbudget.audit.actions import SYSTEM, record
from pbudget.config import Settings
from pbudget.db import database_now, db, transaction
from pbudget.outbox.actions import queue_mail
from pbudget.outbox.queries import message_counts
from pbudget.outbox.rules import AddressNotUsable, mailbox_of
from pbudget.publicity.queries import is_held_back
from pbudget.roll.queries import places_with_email
from pbudget.rounds.models import Reminder, ReminderStop, Round
from pbudget.rounds.rules.reminders import is_due, subject_of_reminder, text_of_reminder

PORTION = 100
MOST_WAITING = 200
"""While so many e-mails wait, no more reminders are queued: a link that a resident waits for goes out first."""
KEPT = timedelta(days=1)


def send_due_reminders() -> bool:
    """Queue one portion of the reminder of each round that is due; whether there is more to do at once."""
    db.session.rollback()
    now = database_now(db.session())
    due = [round_id for round_id in _rounds_with_reminder() if _is_due(round_id, now)]
    if not due or is_held_back(now) or message_counts().get("queued", 0) >= MOST_WAITING:
        return False
    more = [_queue_portion(round_id) for round_id in due]
    return any(more)


def _rounds_with_reminder() -> Sequence[int]:
    """Open rounds with a roll whose reminder is not done."""
    done = exists().where(Reminder.round_id == Round.id, Reminder.done_at.is_not(None))
    chosen = select(Round.id).where(
        Round.phase == "open",
        Round.reminder_days.is_not(None),
        Round.assurance != "open",
        Round.rehearsal_of.is_(None),
        ~done,
    )
    return db.session.scalars(chosen.order_by(Round.id)).all()


def _is_due(round_id: int, now: datetime) -> bool:
    row = db.session.get_one(Round, round_id)
    assert row.opens_at is not None
    assert row.closes_at is not None
    return is_due(row.opens_at, row.closes_at, row.reminder_days, now)


def _queue_portion(round_id: int) -> bool:
    """Queue the next portion and write down how far that is; whether there is more."""
    with transaction() as session:
        row = session.get_one(Round, round_id, populate_existing=True)
        progress = session.get(Reminder, round_id, with_for_update=True, populate_existing=True)
        if progress is None:
            progress = Reminder(round_id=round_id, last_entry="", queued=0)
            session.add(progress)
        places = places_with_email(session, round_id, progress.last_entry, PORTION)
        progress.queued += sum(_remind(session, row, place.email) for place in places)
        if len(places) == PORTION:
            progress.last_entry = places[-1].id
            return True
        progress.last_entry, progress.done_at = "", database_now(session)
        session.flush()
        record(session, SYSTEM, "reminder sent", row.slug, emails=progress.queued)
    return False


def _remind(session: Session, row: Round, email: str) -> bool:
    """Queue one reminder, unless its reader asked for none or the address cannot be written to."""
    try:
        mark = mark_of(email)
        if session.get(ReminderStop, mark):
            return False
        settings = _settings()
        there = f"{settings.public_url}/rounds/{row.slug}"
        stop = f"{settings.public_url}/reminders/stop/{_tokens().dumps(mark)}"
        assert row.closes_at is not None
        text = text_of_reminder(row.name, row.closes_at, row.assurance, there, stop, settings.council_name)
        queue_mail(session, email, subject_of_reminder(row.name), text, keep=KEPT)
    except AddressNotUsable:
        return False
    return True


def stop_reminders(token: str) -> None:
    """Send no more reminders to whoever this token was made for; repeating it does no harm. Raises BadSignature."""
    mark = mark_in(token)
    with transaction() as session:
        session.merge(ReminderStop(mark=mark))


def mark_in(token: str) -> str:
    """The mark that a token carries. Raises BadSignature when nobody here made it."""
    mark = _tokens().loads(token)
    if not isinstance(mark, str) or len(mark) != 64:
        raise BadSignature("This is no token of a reminder.")
    return mark


def mark_of(email: str) -> str:
    """What is kept of an address whose owner wants no reminders: a hash under this installation's secret."""
    message = f"pbudget no reminders v1\0{mailbox_of(email)}"
    return hmac.new(_settings().secret_key.encode(), message.encode(), hashlib.sha256).hexdigest()


def _tokens() -> URLSafeSerializer:
    return URLSafeSerializer(_settings().secret_key, salt="no more reminders")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
