"""The database's schema: which version it has, which this checkout wants, and the way up and down.

Alembic is loaded only when one of these is called: it costs a fifth of a second that serving does not need.
"""

from flask import current_app

from pbudget.config import ROOT
from pbudget.db import db

MIGRATIONS = str(ROOT / "migrations")


def upgrade() -> None:
    """Bring the database to this checkout's schema; safe to repeat."""
    import flask_migrate

    _prepare()
    flask_migrate.upgrade()


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
