"""From set-up to the first vote: the keys, their locked copies, the manifest, the ledger."""

from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.config import Settings
from pbudget.db import database_now, transaction
from pbudget.keys.actions import create_keys, escrow_copy, load_keys
from pbudget.keys.rules import KeyIds
from pbudget.kit.errors import BadInput
from pbudget.ledger.actions import open_ledger, sign_head
from pbudget.roll.queries import desk_totals
from pbudget.rounds.models import EscrowReceipt, Round
from pbudget.rounds.queries import set_up_by_id
from pbudget.rounds.readiness import NotReadyToOpen, frozen, parts_of, preparation_of
from pbudget.rounds.rules.dates import say_utc
from pbudget.rounds.rules.extension import decision_due
from pbudget.rounds.rules.manifest import manifest_bytes
from pbudget.rounds.rules.tasks import missing_to_open


class RoundNotInSetUp(BadInput):
    """The round has opened, so what was settled with it cannot be changed any more; the person reads what can."""


def held_round(session: Session, round_id: int) -> Round:
    """The round's row, held to the end of the transaction and read afresh."""
    chosen = select(Round).where(Round.id == round_id).with_for_update().execution_options(populate_existing=True)
    return session.execute(chosen).scalar_one()


def held_in_set_up(session: Session, round_id: int) -> Round:
    """The row of a round that has not opened, held. Raises RoundNotInSetUp."""
    row = held_round(session, round_id)
    if row.phase != "set-up":
        raise RoundNotInSetUp("The round has opened, so this is settled. Use an amendment, which two officers approve.")
    return row


def keys_folder() -> Path:
    """Where the keys of rounds lie on this machine."""
    settings: Settings = current_app.extensions["settings"]
    return settings.keys_folder


def make_keys(round_id: int, actor: str) -> None:
    """Make the round's keys, once, and note their ids; the officer's act is in the audit log."""
    with transaction() as session:
        row = held_in_set_up(session, round_id)
        if row.key_ids:
            return
        row.key_ids = create_keys(keys_folder(), row.slug).as_json()
        record(session, actor, "round keys made", row.slug)


def take_escrow_copy(round_id: int, passphrase: str, actor: str) -> bytes:
    """A copy of the round's keys locked with this passphrase, noted as this officer's.

    Raises PassphraseTooShort, KeyMissing and NotReadyToOpen (no keys yet).
    """
    with transaction() as session:
        row = held_round(session, round_id)
        if not row.key_ids:
            raise NotReadyToOpen("This round has no keys yet. Make them first.")
        load_keys(keys_folder(), row.slug, KeyIds(**row.key_ids))
        copy = escrow_copy(keys_folder(), row.slug, passphrase)
        session.merge(EscrowReceipt(round_id=row.id, staff_id=actor, downloaded_at=database_now(session)))
        session.flush()
        record(session, actor, "round keys downloaded, locked", row.slug)
    return copy


def open_round(session: Session, round_id: int) -> None:
    """Freeze and publish the manifest and start the ledger. Called by an approval, inside its transaction.

    Raises NotReadyToOpen when a task is not done, RoundNotInSetUp the second time, KeyMissing and KeyMismatch.
    """
    row = held_in_set_up(session, round_id)
    now = database_now(session)
    round_ = set_up_by_id(round_id)
    parts = parts_of(round_id)
    missing = missing_to_open(preparation_of(round_, parts, now))
    if missing:
        raise NotReadyToOpen(f"The round cannot open yet. {missing[0].title}: {missing[0].missing[0]}")
    begin_voting(session, row, manifest_bytes(frozen(round_, parts)))


def begin_voting(session: Session, row: Round, manifest: bytes) -> None:
    """Store the manifest, open the ledger with it, sign where the chain begins."""
    now = database_now(session)
    keys = load_keys(keys_folder(), row.slug, KeyIds(**(row.key_ids or {})))
    row.manifest, row.phase, row.opened_at = manifest.decode(), "open", now
    row.decide_by = decision_due(row.closes_at) if row.extension_days and row.closes_at else None
    session.flush()
    open_ledger(session, row.id, manifest, {"counts": desk_totals(row.id).as_json(), "utc": say_utc(now)})
    sign_head(session, row.id, keys.signing, now)
