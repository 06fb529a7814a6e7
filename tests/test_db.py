"""The database on both engines: pragmas, one way to write, no stray writes."""

import threading

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import IntegrityError

from pbudget.db import PRAGMAS, WriteOutsideTransaction, asking, db, lean_transaction, transaction, writing

tally_marks = Table("test_mark", MetaData(), Column("id", Integer, primary_key=True, autoincrement=False))


@pytest.fixture
def marks(app):
    """A table of this test's own."""
    with transaction() as session:
        tally_marks.create(session.connection())
    yield tally_marks
    db.session.remove()
    with db.engine.connect().execution_options(writing=True) as connection:
        tally_marks.drop(connection)
        connection.commit()


def count(table: Table) -> int:
    db.session.rollback()
    return len(db.session.execute(select(table)).all())


EXPECTED_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "secure_delete": 1,
}


@pytest.mark.parametrize("pragma", sorted(PRAGMAS))
def test_every_sqlite_connection_has_its_pragmas(sqlite_app, pragma):
    assert db.session.execute(text(f"PRAGMA {pragma}")).scalar() == EXPECTED_PRAGMAS[pragma]


def test_a_transaction_commits_at_the_end_of_its_block(marks):
    with transaction() as session:
        session.execute(insert(marks).values(id=1))
    assert count(marks) == 1


@pytest.mark.parametrize("begun", [transaction, lean_transaction])
def test_an_error_inside_a_transaction_leaves_nothing_behind(marks, begun):
    with pytest.raises(IntegrityError), begun() as inside:
        inside.execute(insert(marks).values(id=1))
        inside.execute(insert(marks).values(id=1))
    assert count(marks) == 0


@pytest.mark.parametrize("begun", [transaction, lean_transaction])
def test_a_transaction_inside_a_transaction_is_one_transaction(marks, begun):
    with pytest.raises(ZeroDivisionError), transaction():
        with begun() as inner:
            inner.execute(insert(marks).values(id=1))
        raise ZeroDivisionError
    assert count(marks) == 0


def test_a_write_outside_a_transaction_is_refused(marks):
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(insert(marks).values(id=1))


def test_the_connection_to_write_on_is_there_inside_a_transaction_only(marks):
    with transaction() as session:
        writing(session).execute(insert(marks).values(id=1))
    assert count(marks) == 1
    with pytest.raises(WriteOutsideTransaction):
        writing(db.session())


def test_a_lean_transaction_commits_at_its_end_and_ends_the_snapshot_of_earlier_reads(marks):
    db.session.execute(select(marks)).all()
    with lean_transaction() as connection:
        connection.execute(insert(marks).values(id=1))
    assert len(db.session.execute(select(marks)).all()) == 1


def test_the_session_cannot_write_in_a_lean_transaction(marks):
    with lean_transaction(), pytest.raises(WriteOutsideTransaction):
        db.session.execute(insert(marks).values(id=1))


def test_one_asks_on_the_connection_of_the_transaction(marks):
    with transaction() as session:
        session.execute(insert(marks).values(id=1))
        assert asking().execute(select(marks)).all() == [(1,)]
        assert asking(session) is writing(session)
    with lean_transaction() as connection:
        assert asking(connection) is connection


def test_a_write_after_a_read_does_not_fail_on_a_stale_snapshot(marks):
    count(marks)
    with transaction() as session:
        session.execute(insert(marks).values(id=1))
    assert count(marks) == 1


def test_eight_writers_at_once_all_get_through(app, marks):
    failures: list[Exception] = []

    def write(worker: int) -> None:
        try:
            with app.app_context():
                for i in range(20):
                    with transaction() as session:
                        session.execute(insert(marks).values(id=worker * 100 + i))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert failures == []
    assert count(marks) == 160
