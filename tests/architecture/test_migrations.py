"""The schema the migrations make is the schema the models describe, and the way back and forth keeps working."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from pbudget import schema
from pbudget.db import db

WARD = [
    "INSERT INTO borough (id, slug, name, is_demo, boundaries_source, postcodes_source, map_version)"
    " VALUES (1, 'test', 'Test borough', true, '', '', '')",
    "INSERT INTO ward (id, code, name, borough_id) VALUES (1, 'X99000001', 'Test ward', 1)",
]


@pytest.fixture
def schema_restored(app):
    """Whatever a test does to the schema, the next one finds it complete."""
    yield app
    db.session.remove()
    schema.upgrade()


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": db.metadata}
        )
        return compare_metadata(context, db.metadata)


def write(*statements: str) -> None:
    with db.engine.connect().execution_options(writing=True) as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()


def test_migrations_and_models_describe_the_same_schema(app):
    assert differences() == []


def test_down_removes_every_table_and_up_again_rebuilds_them(schema_restored):
    before = sorted(inspect(db.engine).get_table_names())
    write(*WARD)
    schema.downgrade("base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    schema.upgrade()
    assert sorted(inspect(db.engine).get_table_names()) == before
    assert differences() == []


def test_upgrading_twice_changes_nothing_and_keeps_the_data(schema_restored):
    write(*WARD)
    schema.upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM ward")).scalars().all() == ["Test ward"]


def test_every_migration_names_the_one_before_it():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from pbudget.config import ROOT

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
