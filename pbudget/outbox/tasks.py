"""What the worker does for the outbox: deliver what is due, and forget what is over."""

from functools import partial

import structlog
from flask import current_app
from sqlalchemy import select, update

from pbudget.config import Settings
from pbudget.db import database_now, db, transaction
from pbudget.outbox.actions import clear_away_old_mail
from pbudget.outbox.delivery import (
    MailServerTrouble,
    NobodyKnows,
    NotTakenNow,
    Outgoing,
    Refused,
    Transport,
    transport_to,
)
from pbudget.outbox.models import Message
from pbudget.outbox.rules import SENDING_AT_MOST, SERVER_PAUSE, message_bytes, pause_after

AT_A_TIME = 50
CUT_OFF = (
    "The worker stopped while it sent this. It may have arrived: ask, then send it again with pbudget outbox --again."
)


class TakenByAnother(Exception):
    """Another worker is sending the message: this one leaves it alone."""


def deliver_due_mail() -> bool:
    """Send what is due, over one connection; whether there is more. Safe to do twice and in two workers at once."""
    _give_up_on_cut_off_mail()
    due = _due()
    if not due:
        return False
    settings: Settings = current_app.extensions["settings"]
    try:
        with transport_to(settings.mail_server, settings.mail_from, settings.instance / "mail") as transport:
            for number in due:
                _deliver(transport, number, settings.mail_from)
    except MailServerTrouble as trouble:
        _all_wait(str(trouble))
        return False
    return len(due) == AT_A_TIME


def clear_away() -> None:
    """Forget e-mail whose time is over."""
    with transaction() as session:
        clear_away_old_mail(session)


def _due() -> list[int]:
    """Numbers of the messages to send now, the oldest first."""
    db.session.rollback()
    now = database_now(db.session())
    chosen = select(Message.id).where(Message.state == "queued", Message.next_try <= now, Message.keep_until > now)
    return list(db.session.scalars(chosen.order_by(Message.id).limit(AT_A_TIME)))


def _deliver(transport: Transport, number: int, sender: str) -> None:
    """Send one message and write down how that went."""
    message = db.session.get(Message, number, populate_existing=True)
    if message is None or message.state != "queued":
        return
    attempt = message.attempts
    content = message_bytes(sender, message.to, message.subject, message.text, message.message_id, message.created)
    mail = Outgoing(f"{number:06}-{message.message_id[1:9]}", message.to, content)
    db.session.rollback()  # a mail server may take minutes: no snapshot is held meanwhile
    try:
        transport.deliver(mail, partial(_about_to_send, number, attempt))
    except NotTakenNow as refusal:
        _write(number, attempt, "queued", str(refusal), try_again=True)
    except Refused as refusal:
        _write(number, attempt, "failed", str(refusal))
    except NobodyKnows as doubt:
        _write(number, attempt, "unsure", str(doubt))
    except MailServerTrouble as trouble:
        _write(number, attempt, "queued", str(trouble), try_again=True)
        raise
    except TakenByAnother:
        structlog.get_logger().warning("outbox: a message is sent by another worker")
    else:
        _write(number, attempt, "sent")


def _about_to_send(number: int, attempt: int) -> None:
    """The last moment at which it is certain that the message has not left."""
    with transaction() as session:
        ours = update(Message).where(Message.id == number, Message.state == "queued", Message.attempts == attempt)
        lease = database_now(session) + SENDING_AT_MOST
        taken = session.execute(ours.values(state="sending", next_try=lease))
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts its rows
        raise TakenByAnother


def _write(number: int, attempt: int, state: str, problem: str = "", try_again: bool = False) -> None:
    """How an attempt ended. The text of what was sent is not kept: it may hold a link only its reader should have."""
    with transaction() as session:
        values = {"state": state, "problem": problem, "attempts": attempt + 1}
        if try_again:
            values["next_try"] = database_now(session) + pause_after(attempt + 1)
        if state == "sent":
            values["text"] = ""
        session.execute(update(Message).where(Message.id == number, Message.attempts == attempt).values(**values))


def _all_wait(trouble: str) -> None:
    """The server cannot be used: everything that is due waits a minute, and says why."""
    structlog.get_logger().warning("outbox: the mail server cannot be used", error=trouble)
    with transaction() as session:
        now = database_now(session)
        due = update(Message).where(Message.state == "queued", Message.next_try <= now)
        session.execute(due.values(next_try=now + SERVER_PAUSE, problem=trouble))


def _give_up_on_cut_off_mail() -> None:
    """A message whose worker was gone before it could write how the sending ended: nobody knows whether it arrived."""
    db.session.rollback()
    now = database_now(db.session())
    cut_off = (Message.state == "sending", Message.next_try < now)
    if db.session.scalar(select(Message.id).where(*cut_off).limit(1)) is None:
        return
    with transaction() as session:
        session.execute(update(Message).where(*cut_off).values(state="unsure", problem=CUT_OFF))
