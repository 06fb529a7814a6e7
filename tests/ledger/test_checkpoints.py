"""Checkpoints in the database, the public ledger out of it, and `pbudget verify` on it."""

import itertools
import sqlite3
import subprocess

import pytest

from pbudget import schema
from pbudget.db import database_now, db, transaction
from pbudget.keys.actions import ids_of, load_key
from pbudget.kit.clock import FixedClock, SystemClock
from pbudget.ledger.actions import add_checkpoint, append, append_ballot, sign_head
from pbudget.ledger.checkpoints import CheckpointNotUsable, is_signed_by, signing_key_in
from pbudget.ledger.public import verify_lines, verify_opening
from pbudget.ledger.queries import (
    acts,
    checkpoints_of,
    entries,
    entries_since_checkpoint,
    head_of,
    opening_lines,
    public_lines,
    rounds_with_a_ledger,
    verify_ledger,
)
from tests.ledger.building import payload, slot
from tests.ledger.bundling import NOON
from tests.ledger.conftest import opened
from tests.ledger.test_bundle import run


@pytest.fixture
def signing(round_id, tmp_path) -> bytes:
    keys = tmp_path / "keys"
    return load_key(keys, "spring-2027", "signing", ids_of(keys, "spring-2027"))


def cast(round_id, *voters):
    with transaction() as session:
        for voter in voters:
            append_ballot(session, round_id, payload(voter), f"token {round_id} {voter}")


def test_a_days_checkpoint_is_an_entry_and_a_signed_statement(round_id, signing):
    cast(round_id, 1, 2)
    with transaction() as session:
        made = add_checkpoint(session, round_id, signing, NOON, {"reissued": 2, "added_to_roll": 0})
    assert (made.round, made.size, made.utc) == ("spring-2027", 4, "2027-03-14T12:00:00Z")
    assert is_signed_by(made, signing_key_in(head_of(round_id).manifest.encode()))
    assert acts(round_id)[-1].body == {"counts": {"added_to_roll": 0, "reissued": 2}, "utc": "2027-03-14T12:00:00Z"}
    assert checkpoints_of(round_id) == [made]
    assert verify_ledger(round_id, made).ok


def test_the_same_head_is_signed_once(round_id, signing):
    with transaction() as session:
        first, second = sign_head(session, round_id, signing, NOON), sign_head(session, round_id, signing, NOON)
    assert first == second
    assert len(checkpoints_of(round_id)) == 1


def test_what_no_checkpoint_covers_is_counted(round_id, signing):
    cast(round_id, 1, 2, 3)
    assert entries_since_checkpoint(round_id) == 4
    with transaction() as session:
        sign_head(session, round_id, signing, NOON)
    assert entries_since_checkpoint(round_id) == 0
    cast(round_id, 4)
    assert entries_since_checkpoint(round_id) == 1


def test_the_head_can_be_signed_after_the_seal(round_id, signing):
    with transaction() as session:
        append(session, round_id, "close", {})
        append(session, round_id, "seal", {})
        assert sign_head(session, round_id, signing, NOON).size == 3
    assert verify_ledger(round_id).ok


def test_the_published_ledger_verifies_and_holds_no_ballot(round_id, signing):
    cast(round_id, 1, 2)
    lines = list(public_lines(round_id))
    head = head_of(round_id)
    found = verify_lines(head.manifest.encode(), lines, {3: head.head})
    assert (found.ok, found.size, found.head) == (True, 3, head.head)
    published = b"".join(lines).decode()
    nonces = [entry.nonce for entry in entries(round_id) if entry.nonce]
    for secret in (slot(1), slot(2), "contests", "online", "X99000001", "token", *nonces):
        assert secret not in published


def test_the_published_ledger_can_stop_at_an_entry(round_id):
    cast(round_id, 1, 2)
    assert list(public_lines(round_id, up_to=2)) == list(itertools.islice(public_lines(round_id), 2))


def test_the_auditors_opening_opens_exactly_the_published_ballots(round_id):
    cast(round_id, 1, 2, 3)
    with transaction() as session:
        append_ballot(session, round_id, payload(1, ["z"]), "again")
        append(session, round_id, "close", {})
    found = verify_opening(public_lines(round_id), opening_lines(round_id))
    assert (found.ok, found.ballots, found.counted) == (True, 4, 3)


def test_a_checkpoint_of_another_round_or_with_another_signature_is_no_proof(app, round_id, signing, tmp_path):
    other = opened("autumn-2027", tmp_path)
    with transaction() as session:
        stranger = sign_head(session, other, signing, NOON)
    found = verify_ledger(round_id, stranger)
    assert (found.ok, found.first_bad_seq) == (False, None)
    assert "'autumn-2027', not for 'spring-2027'" in found.reason
    assert "not signed" in verify_ledger(other).reason, "signed with another round's key"
    assert rounds_with_a_ledger() == [(other, "autumn-2027"), (round_id, "spring-2027")]


def test_a_manifest_without_a_signing_key_is_said_to_have_none():
    for manifest in (b"{}", b"[]", b'{"keys":{"signing":5}}', b'{"keys":5}', b"\xff"):
        with pytest.raises(CheckpointNotUsable):
            signing_key_in(manifest)


def test_a_round_without_a_ledger_cannot_be_verified(app):
    assert verify_ledger(1).reason == "there is no ledger of this round"


def test_pbudget_verify_checks_the_database(sqlite_app, tmp_path):
    round_id = opened("spring-2027", tmp_path)
    keys = tmp_path / "keys"
    with transaction() as session:
        kept = sign_head(session, round_id, load_key(keys, "spring-2027", "signing", ids_of(keys, "spring-2027")), NOON)
    (tmp_path / "kept.json").write_text(kept.as_json())
    here = {"PBUDGET_INSTANCE": str(tmp_path)}
    assert run(**here).stdout == f"ok     spring-2027: {kept.words()}. Nothing was changed.\n"
    assert kept.words().startswith("1 entry, fingerprint ")
    good = run("spring-2027", "--against", str(tmp_path / "kept.json"), **here)
    assert good.returncode == 0, good.stderr
    for words in (("winter",), ("--against", str(tmp_path / "absent.json")), ("spring-2027", "--against", "app.py")):
        refused: subprocess.CompletedProcess[str] = run(*words, **here)
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr
    with sqlite3.connect(tmp_path / "pbudget.sqlite") as stranger:
        stranger.executescript("DROP TRIGGER ledger_entry_no_update; UPDATE ledger_entry SET body = '{}'")
    stranger.close()
    bad = run("spring-2027", **here)
    assert (bad.returncode, "entry 1 cannot be trusted" in bad.stdout) == (1, True)


def test_a_real_ledger_stops_the_step_back_in_the_migrations(round_id, caplog):
    cast(round_id, 1)
    before = verify_ledger(round_id)
    db.session.remove()
    with pytest.raises(SystemExit):
        schema.downgrade("0001")
    assert "ledger of a real round" in caplog.text
    assert verify_ledger(round_id) == before


def test_a_demonstrations_ledger_goes_with_the_step_back(app, tmp_path):
    opened("spring-2027", tmp_path, is_demo=True)
    db.session.remove()
    try:
        schema.downgrade("0001")
    finally:
        schema.upgrade()
    assert rounds_with_a_ledger() == []


def test_the_time_is_the_databases_unless_a_clock_was_handed_in(app):
    with transaction() as session:
        machine = SystemClock().now()
        assert abs((database_now(session) - machine).total_seconds()) < 5
        assert database_now(session).tzinfo is not None
        first, second = database_now(session), database_now(session)
        assert first <= second
        app.extensions["clock"] = SystemClock()
        assert abs((database_now(session) - machine).total_seconds()) < 5
        app.extensions["clock"] = FixedClock(NOON)
        assert database_now(session) == NOON
