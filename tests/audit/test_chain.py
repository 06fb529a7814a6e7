"""The audit log: chained, append-only on both engines, and any change is found."""

import hashlib
import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pbudget.audit.actions import record
from pbudget.audit.queries import entries, entry_count, verify
from pbudget.audit.rules import GENESIS, check_chain
from pbudget.config import ROOT
from pbudget.db import WriteOutsideTransaction, db, transaction
from pbudget.kit.clock import FixedClock
from tests.conftest import append_only_lifted


def write(count: int) -> None:
    for number in range(count):
        with transaction() as session:
            record(session, "officer-id", "letters printed", f"round-{number}", letters=number, wards=["E05000001"])


def lines():
    return list(reversed(entries(limit=10_000)))


def test_an_empty_log_is_whole(app):
    assert (verify().ok, verify().size, verify().head) == (True, 0, GENESIS)


def test_entries_follow_one_another_and_the_log_is_whole(app):
    write(5)
    check = verify()
    assert (check.ok, check.size, check.head) == (True, 5, lines()[-1].head)
    assert [line.seq for line in lines()] == [1, 2, 3, 4, 5]


def test_the_first_head_is_what_the_description_says(app):
    write(1)
    only = lines()[0]
    line = {k: getattr(only, k) for k in ("seq", "day", "actor", "act", "subject", "detail")}
    canonical = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    leaf = hashlib.sha256(b"\x00" + canonical.encode()).digest()
    start = hashlib.sha256(b"pbudget-audit-v1").digest()
    assert only.head == hashlib.sha256(b"\x01" + start + leaf).hexdigest()


def test_an_entry_says_the_day_in_london_and_never_the_minute(app):
    app.extensions["clock"] = FixedClock(datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    write(1)
    assert lines()[0].day == "2027-07-01"
    assert set(vars(lines()[0])) == {"seq", "day", "actor", "act", "subject", "detail", "leaf", "head"}


def test_an_act_that_fails_leaves_no_entry(app):
    with pytest.raises(RuntimeError), transaction() as session:
        record(session, "officer-id", "opened", "round-1")
        raise RuntimeError
    assert entry_count() == 0


def test_an_entry_outside_a_transaction_is_refused(app):
    with pytest.raises(WriteOutsideTransaction):
        record(db.session(), "officer-id", "opened", "round-1")
    db.session.rollback()


ATTACKS = (
    "UPDATE audit_entry SET actor = 'somebody else' WHERE seq = 2",
    "UPDATE audit_entry SET detail = '{}'",
    "DELETE FROM audit_entry WHERE seq = 3",
    "DELETE FROM audit_entry",
    "INSERT INTO audit_entry SELECT 7, day, actor, act, subject, detail, leaf, 'f' || substr(head, 2) FROM audit_entry"
    " WHERE seq = 3",
)
SQLITE_ATTACKS = (
    "INSERT OR REPLACE INTO audit_entry SELECT seq, day, 'x', act, subject, detail, leaf, head FROM audit_entry"
    " WHERE seq = 2",
    "INSERT OR REPLACE INTO audit_entry SELECT 4, day, 'x', act, subject, detail, leaf, head FROM audit_entry"
    " WHERE seq = 1",
)
POSTGRESQL_ATTACKS = (
    "TRUNCATE audit_entry",
    "INSERT INTO audit_entry SELECT seq, day, 'x', act, subject, detail, leaf, head FROM audit_entry WHERE seq = 2"
    " ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
)


def attack(statement: str) -> None:
    with db.engine.connect().execution_options(writing=True) as connection:
        connection.execute(text(statement))
        connection.commit()


def test_the_database_refuses_every_change_of_the_log(app):
    write(3)
    own = SQLITE_ATTACKS if db.engine.dialect.name == "sqlite" else POSTGRESQL_ATTACKS
    before = lines()
    db.session.rollback()
    for statement in (*ATTACKS, *own):
        with pytest.raises(DBAPIError):
            attack(statement)
    assert lines() == before


def test_ordinary_triggers_cannot_be_slept_through_on_postgresql(postgresql_app):
    write(1)
    with db.engine.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text("DELETE FROM audit_entry"))
        connection.rollback()
        connection.execute(text("SET session_replication_role = DEFAULT"))


@pytest.mark.parametrize(
    ("change", "seq"),
    [
        ("UPDATE audit_entry SET act = 'nothing' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET day = '2020-01-01' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET detail = '{ }' WHERE seq = 4", 4),
        ("DELETE FROM audit_entry WHERE seq = 2", 2),
        ("DELETE FROM audit_entry WHERE seq = 1", 1),
    ],
)
def test_what_a_superuser_changed_is_found_and_the_first_bad_entry_named(postgresql_app, change, seq):
    write(5)
    db.session.rollback()
    with db.engine.begin() as connection, append_only_lifted(connection):
        connection.execute(text(change))
    check = verify()
    assert (check.ok, check.first_bad_seq) == (False, seq)
    assert f"Entry {seq}" in check.reason


def test_a_thousand_random_changes_are_all_found(sqlite_app):
    write(12)
    whole, chosen = lines(), random.Random(3)
    for _ in range(1_000):
        place = chosen.randrange(len(whole))
        field = chosen.choice(["day", "actor", "act", "subject", "detail", "leaf", "head", "gone", "twice", "swapped"])
        changed = list(whole)
        if field == "gone":
            if place == len(whole) - 1:
                continue  # the end of a log is compared with a noted fingerprint; the page says so
            del changed[place]
        elif field == "twice":
            changed.insert(place, changed[place])
        elif field == "swapped":
            other = (place + 1) % len(whole)
            changed[place], changed[other] = changed[other], changed[place]
        else:
            value = getattr(whole[place], field)
            at = chosen.randrange(len(value))
            changed[place] = replace(whole[place], **{field: value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]})
        assert not check_chain(changed).ok, (field, place)


def test_eight_writers_at_once_make_one_chain(app):
    """Separate processes, as in production: threads of one test would share its connection."""
    script = (
        "import sys\n"
        "from app import create_app\n"
        "from pathlib import Path\n"
        "from tests.conftest import make_settings\n"
        "from pbudget.audit.actions import record\n"
        "from pbudget.db import transaction\n"
        "app = create_app(make_settings(Path(sys.argv[1]), sys.argv[2]))\n"
        "with app.app_context():\n"
        "    for i in range(10):\n"
        "        with transaction() as session:\n"
        "            record(session, 'system', 'counted', str(i))\n"
    )
    settings = app.extensions["settings"]
    arguments = [sys.executable, "-c", script, str(settings.instance), settings.database_url]
    running = [subprocess.Popen(arguments, cwd=ROOT) for _ in range(4)]
    assert [each.wait(timeout=300) for each in running] == [0, 0, 0, 0]
    assert (verify().ok, verify().size) == (True, 40)
