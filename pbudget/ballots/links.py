"""Voting by a link to one's e-mail address, in a round that goes without letters but asks for a contact point.

ask_for_link(keys, round_, "ann@example.org", ask)     queues one e-mail, whoever voted before; a newer link replaces it
use_link(keys, round_, code, ward_id)                  the id of a blank draft; the link does not work a second time

Nothing that using a link writes can be joined to what asking for it wrote without the round's key: see rules/links.py.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pbudget.ballots.actions import key_for, start_draft
from pbudget.ballots.models import ContactLink, UsedLink
from pbudget.ballots.queries import VotingRound
from pbudget.ballots.rules.contacts import FORGET_AFTER, LINK_LASTS, subject_of_link, text_of_link
from pbudget.ballots.rules.links import digest_of, mark_of, open_slot, seal_slot, used_mark_of
from pbudget.ballots.rules.moments import rounded_up
from pbudget.config import Settings
from pbudget.db import database_now, db, transaction
from pbudget.keys.rules import slot_of
from pbudget.kit.errors import BadInput
from pbudget.outbox.actions import queue_mail
from pbudget.outbox.rules import mailbox_of, usable_address
from pbudget.roll.rules.codes import Code, make_code
from pbudget.rounds.models import Round


class LinkNotUsable(BadInput):
    """A link that does not work; the message says why and what to do. Nothing has begun."""


class LinkNotRecognised(LinkNotUsable):
    """No link with this code, or none that is remembered."""


class LinkUsed(LinkNotUsable):
    """It was used, here or in another browser."""


class LinkReplaced(LinkNotUsable):
    """A newer one was asked for."""


class LinkExpired(LinkNotUsable):
    """Its time is over."""


def ask_for_link(
    keys_folder: Path, round_: VotingRound, typed: str, address_of_page: str, may_send: Callable[[str], bool]
) -> None:
    """Send a link to this address; `may_send` says whether this contact point may have one more now.

    Does the same whether or not the address has voted, and looks at no ballot. Raises AddressNotUsable.
    """
    contact, to = mailbox_of(typed), usable_address(typed.strip())
    if not may_send(contact):
        return
    key = key_for(keys_folder, round_)
    code = make_code()
    council = _settings().council_name
    with transaction() as session:
        until = rounded_up(database_now(session) + LINK_LASTS)
        _put_link(session, round_.id, key, contact, code, until)
        text = text_of_link(round_.name, address_of_page, code.grouped, until, council)
        queue_mail(session, to, subject_of_link(round_.name), text, keep=LINK_LASTS)


def _put_link(session: Session, round_id: int, key: bytes, contact: str, code: Code, until: datetime) -> None:
    """Write the link down, in place of earlier ones of this contact point."""
    mark = mark_of(key, contact)
    earlier = update(ContactLink).where(ContactLink.round_id == round_id, ContactLink.mark == mark)
    session.execute(earlier.values(replaced=True))
    session.execute(
        insert(ContactLink).values(
            round_id=round_id,
            digest=digest_of(key, code.plain),
            mark=mark,
            sealed=seal_slot(key, code.plain, slot_of(key, f"contact:{contact}")),
            replaced=False,
            expires_at=until,
        )
    )


def use_link(keys_folder: Path, round_: VotingRound, code: Code, ward_id: int, instead_of: str = "") -> str:
    """The id of a new blank draft for whoever the link was sent to. Raises a LinkNotUsable."""
    key = key_for(keys_folder, round_)
    try:
        with transaction() as session:
            slot = _slot_behind(session, round_.id, key, code)
            forget = rounded_up(database_now(session) + LINK_LASTS + FORGET_AFTER)
            used = used_mark_of(key, code.plain)
            session.execute(insert(UsedLink).values(round_id=round_.id, mark=used, forget_at=forget))
            return start_draft(round_.id, slot, ward_id, assurance="open", instead_of=instead_of)
    except IntegrityError as error:
        raise _used() from error


def slot_of_link(keys_folder: Path, round_: VotingRound, code: Code) -> str:
    """The slot behind a link, used or not; empty where there is no such link any more."""
    key = key_for(keys_folder, round_)
    link = db.session.get(ContactLink, (round_.id, digest_of(key, code.plain)))
    return open_slot(key, code.plain, link.sealed) if link else ""


def _slot_behind(session: Session, round_id: int, key: bytes, code: Code) -> str:
    """The slot a link stands for, if it can be used now."""
    if session.get(UsedLink, (round_id, used_mark_of(key, code.plain))):
        raise _used()
    link = session.get(ContactLink, (round_id, digest_of(key, code.plain)))
    if link is None:
        raise LinkNotRecognised("We do not recognise this code. Check it against your e-mail, or ask for a new link")
    if link.replaced:
        raise LinkReplaced("You asked for a newer link. Open the newest e-mail and use that one")
    if link.expires_at <= database_now(session):
        raise LinkExpired("This link is too old. Links work for 2 hours. Ask for a new one")
    return open_slot(key, code.plain, link.sealed)


def _used() -> LinkUsed:
    return LinkUsed("This link has been used already. Go on where you used it, or ask for a new link")


def purge_links(now: datetime) -> None:
    """Forget links that are long over, and all of rounds that take no votes any more."""
    over = select(Round.id).where(or_(Round.phase != "open", Round.closes_at <= now))
    with transaction() as session:
        old = ContactLink.expires_at <= now - FORGET_AFTER
        session.execute(delete(ContactLink).where(or_(old, ContactLink.round_id.in_(over))))
        session.execute(delete(UsedLink).where(or_(UsedLink.forget_at <= now, UsedLink.round_id.in_(over))))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
