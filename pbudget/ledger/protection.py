"""A second lock on SQLite: our connections cannot even prepare a statement that changes a ledger, the audit log or a
decision on the guard's reports.

The triggers hold for every connection; this holds for ours, and covers what triggers cannot: dropping a trigger or a
table, and the two pragmas that would let a statement walk round them. PostgreSQL has grants for this.
"""

import sqlite3
from typing import Any

from flask import Flask
from sqlalchemy import event

from pbudget.db import db

TABLES = ("ledger_entry", "ledger_checkpoint", "ledger_head", "audit_entry", "guard_decision", "budget_version")
MOVES = (("ledger_head", "seq"), ("ledger_head", "head"))
FIXED_PRAGMAS = ("recursive_triggers", "writable_schema")


def protect_ledger(app: Flask) -> None:
    """Put the lock on every connection the application opens; without effect on PostgreSQL."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def lock(connection: sqlite3.Connection, _record: Any) -> None:
            refuse_changes(connection)


def refuse_changes(connection: sqlite3.Connection) -> None:
    """Lock one connection. `connection.set_authorizer(None)` opens it: only a migration does that."""
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _source: str | None) -> int:
    """SQLite's question before it prepares a statement; what `first` and `second` are depends on the action."""
    denied = {
        sqlite3.SQLITE_UPDATE: first in TABLES and (first, second) not in MOVES,
        sqlite3.SQLITE_DELETE: first in TABLES,
        sqlite3.SQLITE_DROP_TABLE: first in TABLES,
        sqlite3.SQLITE_DROP_TRIGGER: second in TABLES,
        sqlite3.SQLITE_ALTER_TABLE: second in TABLES,
        sqlite3.SQLITE_PRAGMA: first in FIXED_PRAGMAS and second is not None,
    }
    return sqlite3.SQLITE_DENY if denied.get(action) else sqlite3.SQLITE_OK
