"""The daily checkpoint: signed once a day when there is enough that is new, and mailed to every witness."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pbudget.db import db
from pbudget.ledger.queries import FEWEST_NEW, checkpoints_of, verify_ledger
from pbudget.outbox.models import Message
from pbudget.rounds.checkpointing import CheckpointNotSigned, sign_daily_checkpoints
from pbudget.rounds.opening import keys_folder
from tests.rounds.building import OPENS, set_clock
from tests.rounds.test_voting_acts import cast, kinds, open_now

DAY = timedelta(days=1)


def mail() -> list[Message]:
    db.session.rollback()
    chosen = select(Message).where(Message.subject.contains("checkpoint of")).order_by(Message.id)
    return list(db.session.scalars(chosen))


def test_the_days_checkpoint_is_signed_once_and_mailed_to_every_witness(app):
    ready = open_now(app)
    before = len(checkpoints_of(ready.id))
    for voter in range(FEWEST_NEW):
        cast(ready.id, voter)
    set_clock(app, OPENS + DAY)
    sign_daily_checkpoints()
    sign_daily_checkpoints()
    assert len(checkpoints_of(ready.id)) == before + 1
    assert kinds(ready.id).count("checkpoint") == 1
    latest = checkpoints_of(ready.id)[-1]
    assert mail()
    assert all(latest.as_json() in message.text for message in mail())
    assert verify_ledger(ready.id, latest).ok


def test_few_new_entries_wait_for_more(app):
    ready = open_now(app)
    cast(ready.id, 1)
    set_clock(app, OPENS + DAY)
    sign_daily_checkpoints()
    assert kinds(ready.id).count("checkpoint") == 0
    assert mail() == []


def test_a_key_that_is_gone_is_said_and_nothing_is_written(app):
    ready = open_now(app)
    for voter in range(FEWEST_NEW):
        cast(ready.id, voter)
    for file in keys_folder().rglob("signing.key"):
        file.unlink()
    set_clock(app, OPENS + DAY)
    with pytest.raises(CheckpointNotSigned, match="Spring vote 2027"):
        sign_daily_checkpoints()
    assert kinds(ready.id).count("checkpoint") == 0
