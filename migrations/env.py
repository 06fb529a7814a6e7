"""Alembic's environment: one schema, both engines, one transaction."""

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db

with database.engine.connect().execution_options(writing=True) as connection:
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.set_authorizer(None)  # the ledger's lock: open to migrations only,
        connection.detach()  # on a connection that is closed at their end and never lent to a request
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
