"""The database's schema: which version it has, which this checkout wants, and the way up and down.

Alembic is loaded only when one of these is called: it costs a fifth of a second that serving does not need.
"""

from typing import Any

from flask import current_app
from sqlalchemy import Connection, text

from pbudget.config import ROOT
from pbudget.db import db

MIGRATIONS = str(ROOT / "migrations")


def upgrade() -> None:
    """Bring the database to this checkout's schema; safe to repeat."""
    import flask_migrate

    _prepare()
    flask_migrate.upgrade()
    _settle()


def _settle() -> None:
    """Have SQLite write the new schema into the database file: a log that loses its end must not take tables along."""
    if db.engine.dialect.name == "sqlite":
        db.session.remove()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def downgrade(revision: str) -> None:
    """Take the database back to an older schema, `base` for none."""
    import flask_migrate

    _prepare()
    flask_migrate.downgrade(revision=revision)


def _prepare() -> None:
    from flask_migrate import Migrate

    if "migrate" not in current_app.extensions:
        Migrate(current_app, db, directory=MIGRATIONS)


def newest() -> str | None:
    """The newest migration in this checkout."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    return ScriptDirectory.from_config(config).get_current_head()


def current() -> str | None:
    """The migration the database is at; None for an empty one. Raises SQLAlchemyError when it does not answer."""
    from alembic.migration import MigrationContext

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def remake() -> None:
    """Drop every table, append-only ones too, and build the schema anew. Only for a database that holds a demo."""
    empty()
    upgrade()


def empty() -> None:
    """Drop every table, append-only ones too: for a demo, and for what a restore put into an empty database."""
    db.session.remove()
    with db.engine.connect().execution_options(writing=True) as connection:
        if connection.dialect.name == "sqlite":
            _driver(connection).set_authorizer(None)  # opens the lock on append-only tables,
            connection.detach()  # on a connection that is closed at the end and never lent to a request
        db.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        if connection.dialect.name == "postgresql":
            _drop_functions(connection)
        connection.commit()


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _drop_functions(connection: Connection) -> None:
    """Drop what the triggers called; the schema is pbudget's own."""
    ours = "SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace"
    for function in connection.execute(text(ours)).scalars().all():
        connection.execute(text(f"DROP FUNCTION {function}"))
