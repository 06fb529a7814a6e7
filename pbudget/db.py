"""The database: one code path for SQLite and PostgreSQL, and the only way to write.

    with transaction():
        db.session.add(ward)

A transaction takes the write gate, begins at once (BEGIN IMMEDIATE on SQLite) and commits at the end of the block.
Anything written outside one is refused, so no page can write by accident.
"""

import fcntl
import math
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, Table, TypeDecorator, event, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.sql.functions import FunctionElement

from pbudget.kit.clock import Clock, SystemClock

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": "on",
    "recursive_triggers": "on",  # without it INSERT OR REPLACE walks through append-only triggers
    "busy_timeout": "5000",
    "trusted_schema": "off",
    "secure_delete": "on",  # what is deleted is overwritten, so that no copy of the file still has it
}
PATIENCE_SECONDS = 5.0
"""How long a writer waits for other writers, on either engine, before the person reads that nothing was saved."""
GATE_POLL_SECONDS = 0.001


class Base(DeclarativeBase):
    """Base of every model; constraint names follow one rule so that migrations can find them on both engines."""

    metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """A moment, UTC on both sides; without a zone in the table, the same on both engines."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC, without saying so."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        return value.replace(tzinfo=UTC) if value else None


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class PresentMoment(FunctionElement[datetime]):
    """The moment at which a statement runs, by the database's own clock: a column of any statement."""

    inherit_cache = True
    type = Moment()


@compiles(PresentMoment, "sqlite")
def _in_sqlite(_element: PresentMoment, _compiler: Any, **_options: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f', 'now')"


@compiles(PresentMoment, "postgresql")
def _in_postgresql(_element: PresentMoment, _compiler: Any, **_options: Any) -> str:
    return "(clock_timestamp() AT TIME ZONE 'UTC')"


NOW = select(PresentMoment())


class WriteOutsideTransaction(RuntimeError):
    """A programming error: something was written outside `with transaction():`. The person sees the 500 page."""


class WriteGate:
    """Lets one writer at a time into an SQLite file: a lock among threads, then a file lock among processes.

    Without it eight writers under SQLite's busy handler starve: the 95th percentile is five times as long.
    """

    def __init__(self, lock_file: Path) -> None:
        self._lock_file = lock_file
        self._threads = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[float]:
        """Hold the gate for the block, which learns how many seconds are left to wait for the database itself.

        Raises OperationalError, as SQLite does, for whoever waited too long: behind a writer that hangs, all of a
        queue is told at once, not one after the other.
        """
        give_up = time.monotonic() + PATIENCE_SECONDS
        if not self._threads.acquire(timeout=PATIENCE_SECONDS):
            raise _busy()
        try:
            file = os.open(self._lock_file, os.O_WRONLY | os.O_CREAT, 0o666)
            try:
                _lock_in_time(file, give_up)
                yield max(0.0, give_up - time.monotonic())
            finally:
                os.close(file)  # which lets go of the lock
        finally:
            self._threads.release()


def _lock_in_time(file: int, give_up: float) -> None:
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise _busy() from None
            time.sleep(GATE_POLL_SECONDS)


def _busy() -> OperationalError:
    return OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))


def init_database(app: Flask) -> None:
    """Bind the database to the application, with the pragmas, the gate and the refusal of stray writes."""
    db.init_app(app)
    app.teardown_appcontext(_let_go)  # goes before the extension's own, which would let the error through
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "postgresql":
            _prepare_postgresql(engine)
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(engine)
            app.extensions["write_gate"] = WriteGate(Path(f"{engine.url.database}.lock"))


def _let_go(_error: BaseException | None) -> None:
    """Give the session's connection back; one that broke after the page was made must not turn the page into an error.

    What was committed stays so, and what was not is gone either way.
    """
    try:
        db.session.remove()
    except DBAPIError:
        db.session().invalidate()
        db.session.remove()


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_patience(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {round(PATIENCE_SECONDS * 1000)}")
        connection.autocommit = False


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below, not the driver's guess
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("writing", False):
            connection.exec_driver_sql("BEGIN")
            return
        _set_patience(connection, options.get("patience", PATIENCE_SECONDS))
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_patience(connection: Connection, seconds: float) -> None:
    """How long SQLite waits for other processes, in tenths of a second; said again only where it changes."""
    patience = math.ceil(seconds * 10) * 100
    if connection.info.get("patience") != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
        connection.info["patience"] = patience


@contextmanager
def transaction() -> Iterator[Session]:
    """Write inside the block: commit at its end, roll back and raise on any error.

    A transaction inside a transaction joins the outer one.
    """
    session = db.session()
    if session.info.get("writing"):
        yield session
        return
    session.rollback()  # ends the snapshot of earlier reads: a reader cannot become a writer
    with _gate_held() as patience:
        try:
            options = {"writing": True, "patience": patience}
            session.info["writing"] = session.connection(execution_options=options)
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)


@contextmanager
def lean_transaction() -> Iterator[Connection]:
    """The same for an act that must be quick: a connection and no session, which costs half.

    Nothing inside it uses the session. A lean transaction inside `transaction()` joins it.
    """
    if db.session.registry.has():  # making a session to ask it would cost as much as the gate
        outer: Connection | None = db.session.info.get("writing")
        if outer:
            yield outer
            return
        db.session.rollback()
    with _gate_held() as patience, db.engine.connect() as connection:
        connection = connection.execution_options(writing=True, patience=patience)
        with connection.begin():
            yield connection


def _gate_held() -> AbstractContextManager[float]:
    """The write gate of SQLite, and the seconds that are left to wait; on PostgreSQL all of them."""
    gate: WriteGate | None = current_app.extensions.get("write_gate")
    return gate.held() if gate else nullcontext(PATIENCE_SECONDS)


def asking(on: Session | Connection | None = None) -> Connection:
    """The connection to ask on, the present session's unless told: a statement on it costs half of one on the session.

    Where every millisecond counts; what is written goes through `writing`.
    """
    if isinstance(on, Connection):
        return on
    session = on or db.session()
    connection: Connection | None = session.info.get("writing")
    return connection or session.connection()


def writing(session: Session) -> Connection:
    """The connection of the transaction that the session is in, for the same reason.

    Raises WriteOutsideTransaction outside one.
    """
    connection: Connection | None = session.info.get("writing")
    if connection is None:
        raise WriteOutsideTransaction("A statement that writes was to run outside `with transaction():`.")
    return connection


def database_now(session: Session) -> datetime:
    """The present moment in UTC by the database's own clock: one clock for casting and closing on every machine.

    Ask after the lock is held. See `by_clock` for when another clock goes before it.
    """
    handed = _handed_clock()
    return handed.now() if handed else session.connection().execute(NOW).scalar_one()


def by_clock(told: datetime) -> datetime:
    """What a statement told by `PresentMoment()`, unless a clock was handed to the application: that goes before."""
    handed = _handed_clock()
    return handed.now() if handed else told


def _handed_clock() -> Clock | None:
    """The clock in `app.extensions["clock"]`, unless it is the machine's own."""
    clock: Clock | None = current_app.extensions.get("clock")
    return None if isinstance(clock, SystemClock) else clock


def table_of(model: type[Base]) -> Table:
    """A model's table: a statement on it costs half of what one on the model does, where every millisecond counts."""
    return db.metadata.tables[model.__tablename__]


@event.listens_for(Session, "before_flush")
def _refuse_stray_flush(session: Session, _context: Any, _instances: Any) -> None:
    changed = session.new or session.dirty or session.deleted
    if changed and not session.info.get("writing"):
        raise WriteOutsideTransaction("Objects were changed outside `with transaction():`.")


@event.listens_for(Session, "do_orm_execute")
def _refuse_stray_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and not state.session.info.get("writing"):
        raise WriteOutsideTransaction("A statement that writes ran outside `with transaction():`.")
