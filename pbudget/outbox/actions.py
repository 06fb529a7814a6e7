"""Putting an e-mail into the outbox. Nothing here waits for a mail server."""

import secrets
from datetime import timedelta

from flask import current_app
from sqlalchemy import and_, case, delete, or_, update
from sqlalchemy.orm import Session

from pbudget.config import Settings
from pbudget.db import database_now
from pbudget.kit.errors import BadInput
from pbudget.outbox.models import Message
from pbudget.outbox.rules import domain_of, usable_address, usable_subject, usable_text

KEPT = timedelta(days=3)
"""How long a message is tried and remembered unless its sender says otherwise."""


REMEMBERED = timedelta(days=30)
TOO_LATE = "It could not be sent in time."


class NothingToSendAgain(BadInput):
    """No message with this number waits for a decision; the person reads which do."""


def queue_mail(session: Session, to: str, subject: str, text: str, keep: timedelta = KEPT) -> int:
    """Queue a plain-text e-mail in the caller's transaction: it goes out if and only if that commits. Its number.

    After `keep` it is tried no more and nothing is left of it: give a day for a link to a resident. Raises
    AddressNotUsable or MailNotUsable, whose words may be shown.
    """
    settings: Settings = current_app.extensions["settings"]
    now = database_now(session)
    message = Message(
        message_id=f"<{secrets.token_hex(16)}@{domain_of(settings.mail_from)}>",
        to=usable_address(to),
        subject=usable_subject(subject),
        text=usable_text(text),
        next_try=now,
        created=now,
        keep_until=now + keep,
    )
    session.add(message)
    session.flush()
    return message.id


def send_again(session: Session, message_number: int) -> None:
    """Put a message that failed, or may or may not have arrived, back into the queue. Raises NothingToSendAgain."""
    stuck = update(Message).where(
        Message.id == message_number, Message.state.in_(("failed", "unsure")), Message.to != ""
    )
    again = stuck.values(state="queued", attempts=0, problem="", next_try=database_now(session))
    if session.execute(again).rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts its rows
        raise NothingToSendAgain(f"There is no message {message_number} that failed. Run pbudget outbox to see which.")


def clear_away_old_mail(session: Session) -> None:
    """Forget what was sent, and whom and what the rest was for, once its time is over.

    That a message never arrived is remembered for another 30 days, so that somebody hears of it.
    """
    now = database_now(session)
    over = Message.keep_until < now
    gone = or_(and_(over, Message.state == "sent"), Message.keep_until < now - REMEMBERED)
    session.execute(delete(Message).where(gone))
    nothing = {"to": "", "subject": "", "text": ""}
    problem = case((Message.problem == "", TOO_LATE), else_=Message.problem)
    session.execute(update(Message).where(over, Message.to != "").values(state="failed", problem=problem, **nothing))
