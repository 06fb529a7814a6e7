"""The database: one code path for SQLite and PostgreSQL, and the only way to write.

    with transaction():
        db.session.add(ward)

A transaction takes the write gate, begins at once (BEGIN IMMEDIATE on SQLite) and commits at the end of the block.
Anything written outside one is refused, so no page can write by accident.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, Table, TypeDecorator, event, select
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
}


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
    def held(self) -> Iterator[None]:
        """Hold the gate for the block."""
        with self._threads, self._lock_file.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def init_database(app: Flask) -> None:
    """Bind the database to the application, with the pragmas, the gate and the refusal of stray writes."""
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(engine)
            app.extensions["write_gate"] = WriteGate(Path(f"{engine.url.database}.lock"))


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below, not the driver's guess
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


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
    gate: WriteGate | None = current_app.extensions.get("write_gate")
    with gate.held() if gate else nullcontext():
        session.info["writing"] = True
        try:
            session.connection(execution_options={"writing": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)


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
