"""The current fails: what the disk holds at that moment opens again, has every acknowledged vote, and verifies.

The disk is copied while people vote: database and write-ahead log as they stand, the last write perhaps half done.
Copies whose log is cut off at any byte must open as well, as an earlier state of the same ledger. What a checkpoint
has begun to write into the database is never cut off: SQLite syncs the log before that, so no power cut takes it away.
"""

import contextlib
import random
import shutil
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from pbudget import schema
from pbudget.config import read_settings
from pbudget.db import db, transaction
from pbudget.ledger.actions import append_ballot
from pbudget.ledger.queries import database_damage, entries, head_of, verify_ledger
from tests.faults.ground import SLUG, Ground

WRITERS = 2
INDEX = "index-of-the-log"
"""The copied index (`-shm`) under a name by which SQLite does not find it: after a power cut there is none."""


class Writing:
    """Ballots put into the ledger for as long as the block lasts; `acknowledged` is how many are surely recorded."""

    def __init__(self, app: Flask, ground: Ground) -> None:
        self.app, self.ground = app, ground
        self.acknowledged = 0
        self._lock, self._enough = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def __enter__(self) -> "Writing":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _write(self, writer: int) -> None:
        number = 0
        while not self._enough.is_set():
            number += 1
            payload = {"round": SLUG, "slot": f"{writer:032x}{number % 50:032x}", "contests": {"riverside": ["skate"]}}
            with self.app.app_context(), transaction() as session:
                append_ballot(session, self.ground.round_id, payload, f"{writer:032x}{number:032x}")
            with self._lock:
                self.acknowledged += 1


def snapshot(ground: Ground, folder: Path) -> Path:
    """Database and log as they lie on the disk; a reader keeps the log from being begun anew between the two copies."""
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(ground.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM ledger_head").fetchone()
        for suffix in ("", "-wal"):
            shutil.copy(f"{ground.database}{suffix}", folder / f"pbudget.sqlite{suffix}")
        shutil.copy(f"{ground.database}-shm", folder / INDEX)
        reader.execute("ROLLBACK")
    return folder


def synced_part(folder: Path) -> int:
    """How many bytes of a copy's log were surely on the disk: those whose pages a checkpoint had begun to copy.

    sqlite.org/walformat.html: `nBackfillAttempted` at byte 128 of the index, the page size at byte 8 of the log.
    """
    frames = int.from_bytes((folder / INDEX).read_bytes()[128:132], sys.byteorder)
    page = int.from_bytes((folder / "pbudget.sqlite-wal").read_bytes()[8:12], "big")
    return 32 + frames * (24 + page) if frames else 0


@contextlib.contextmanager
def opened(ground: Ground, folder: Path) -> Iterator[None]:
    """The application on a copy."""
    with create_app(read_settings({**ground.environ, "PBUDGET_INSTANCE": str(folder)})).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def cut_again_and_again(ground: Ground, folder: Path, cuts: int) -> list[str]:
    """Take copies while people vote, whole and cut off in turn; everything that is wrong with one."""
    draw, copies = random.Random(3), []
    with ground.looked_at() as app:
        with Writing(app, ground) as writing:
            while len(copies) < cuts:
                before = writing.acknowledged
                threading.Event().wait(draw.uniform(0.005, 0.03))
                copies.append((snapshot(ground, folder / f"cut-{len(copies)}"), before))
        heads = {entry.seq: entry.head for entry in entries(ground.round_id)}
    problems = []
    for number, (copy, acknowledged) in enumerate(copies):
        if number % 2:
            log = copy / "pbudget.sqlite-wal"
            with log.open("r+b") as file:
                file.truncate(draw.randrange(synced_part(copy), log.stat().st_size + 1))
        problems += [f"copy {number}: {problem}" for problem in wrong_with(ground, copy, heads)]
        if not number % 2:
            problems += lost(ground, copy, acknowledged)
        shutil.rmtree(copy)
    return problems


def wrong_with(ground: Ground, copy: Path, heads: dict[int, str]) -> list[str]:
    """What keeps a copy from being an earlier state of the ledger."""
    with opened(ground, copy):
        verified, damage = verify_ledger(ground.round_id), database_damage()
    found = [] if verified.ok else [verified.reason]
    found += [damage] if damage else []
    return found + ([] if heads.get(verified.size) == verified.head else ["it is not what the ledger was"])


def lost(ground: Ground, copy: Path, acknowledged: int) -> list[str]:
    """How many ballots a whole copy lacks that were acknowledged before it was taken."""
    with opened(ground, copy):
        head = head_of(ground.round_id)
    stored = head.seq - 1 if head else 0
    return [f"{acknowledged - stored} acknowledged ballots are lost"] if stored < acknowledged else []


@pytest.mark.parametrize("cuts", [12, pytest.param(400, marks=pytest.mark.full)])
def test_what_the_disk_holds_at_any_moment_is_a_whole_ledger(sqlite_ground, tmp_path, cuts):
    assert cut_again_and_again(sqlite_ground, tmp_path, cuts) == []


def test_a_copy_that_lost_a_ballot_or_was_changed_is_found(sqlite_ground, tmp_path):
    with sqlite_ground.looked_at() as app:
        with Writing(app, sqlite_ground) as writing:
            while writing.acknowledged < 5:
                threading.Event().wait(0.01)
        copy = snapshot(sqlite_ground, tmp_path / "copy")
        heads = {entry.seq: entry.head for entry in entries(sqlite_ground.round_id)}
    assert lost(sqlite_ground, copy, writing.acknowledged) == []
    assert lost(sqlite_ground, copy, writing.acknowledged + 1)
    assert wrong_with(sqlite_ground, copy, heads) == []
    assert wrong_with(sqlite_ground, copy, {**heads, max(heads): "0" * 64})


def test_a_new_schema_is_in_the_database_itself_not_only_in_its_log(tmp_path):
    app = create_app(read_settings({"PBUDGET_INSTANCE": str(tmp_path)}))
    with app.app_context(), contextlib.closing(sqlite3.connect(tmp_path / "pbudget.sqlite")) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("SELECT * FROM sqlite_master").fetchall()  # it stays open: closing ours does not empty the log
        schema.upgrade()
        db.session.remove()
        db.engine.dispose()
        shutil.copy(tmp_path / "pbudget.sqlite", tmp_path / "alone.sqlite")
    with contextlib.closing(sqlite3.connect(tmp_path / "alone.sqlite")) as copy:
        (at,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    assert at == schema.newest()
