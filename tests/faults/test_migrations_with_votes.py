"""The schema goes down and up again under a ledger with votes: the chain stays what it was, and is never dropped."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pbudget import schema
from pbudget.db import db, transaction
from pbudget.ledger.actions import append_ballot
from pbudget.ledger.queries import verify_ledger
from tests.support.open_round import open_round

FIRST_WITH_A_LEDGER = "0002"


@pytest.fixture
def schema_restored(app):
    """Whatever a test does to the schema, the next one finds it complete."""
    yield app
    db.session.remove()
    schema.upgrade()


def revisions_below_the_newest() -> list[str]:
    """Every revision that has a ledger, the newest first, without the newest itself."""
    newest = int(schema.newest() or "0")
    return [f"{number:04}" for number in range(newest - 1, int(FIRST_WITH_A_LEDGER) - 1, -1)]


def fingerprint(round_id: int) -> str:
    """Of every byte of every entry, and of what verifying says."""
    db.session.remove()
    found = verify_ledger(round_id)
    assert found.ok, found.reason
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM ledger_entry ORDER BY seq")).all()
        heads = connection.execute(text("SELECT * FROM ledger_head")).all()
    everything = [found, [tuple(row) for row in rows], [tuple(row) for row in heads]]
    return hashlib.sha256(repr(everything).encode()).hexdigest()


def refuse_to_change_a_vote() -> None:
    """The triggers still stand."""
    with pytest.raises(DBAPIError), db.engine.connect().execution_options(writing=True) as connection:
        connection.execute(text("UPDATE ledger_entry SET payload = '{}' WHERE seq = 2"))


@pytest.mark.parametrize("ballots", [20, pytest.param(5000, marks=pytest.mark.full)])
def test_the_chain_is_the_same_after_every_step_down_and_up(schema_restored, ballots, caplog):
    vote = open_round(schema_restored)
    with transaction() as session:
        for number in range(ballots):
            payload = {"round": vote.slug, "slot": f"{number:064x}", "contests": {"riverside": ["skate"]}}
            append_ballot(session, vote.id, payload, f"{number:064x}")
    before = fingerprint(vote.id)
    for revision in revisions_below_the_newest():
        schema.downgrade(revision)
        assert fingerprint(vote.id) == before, f"the way down to {revision} changed the ledger"
        refuse_to_change_a_vote()
    with pytest.raises(SystemExit):
        schema.downgrade("0001")
    assert "ledger of a real round, which this step back would destroy" in caplog.text
    assert fingerprint(vote.id) == before
    schema.upgrade()
    assert fingerprint(vote.id) == before, "the way up changed the ledger"
    refuse_to_change_a_vote()
