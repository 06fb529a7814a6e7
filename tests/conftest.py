"""Fixtures every room shares: settings, an application on real SQLite and on real PostgreSQL, the page client."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app import create_app
from pbudget import schema
from pbudget.config import ROOT, Settings
from pbudget.db import db
from tests.support.compiled_once import keep_builders, keep_templates
from tests.support.memory_disk import keep_files_in_memory
from tests.support.pages import PageClient

ENGINES = ("sqlite", "postgresql")

# The ordinary run tries the same examples every time, on busy machines too; --full tries new ones.
hypothesis.settings.register_profile("same-examples", derandomize=True, deadline=None)
hypothesis.settings.register_profile("new-examples", deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long tests too")


def pytest_configure(config: pytest.Config) -> None:
    keep_builders()
    if not config.getoption("--full"):
        keep_files_in_memory()
    hypothesis.settings.load_profile("new-examples" if config.getoption("--full") else "same-examples")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    long, short = (
        [i for i in items if i.get_closest_marker("full")],
        [i for i in items if not i.get_closest_marker("full")],
    )
    config.hook.pytest_deselected(items=long)
    items[:] = short


def make_settings(instance: Path, database_url: str | None = None, **changes: object) -> Settings:
    """Settings of a test council; tests name only what matters to them."""
    given = {
        "instance": instance,
        "database_url": database_url or f"sqlite:///{instance / 'pbudget.sqlite'}",
        "secret_key": "test " * 10,
        "council_name": "Test council",
        "logo_text": "Test council",
        "testing": True,
    }
    return Settings(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real elections, boundaries and baselines beside the repository."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"No folder {folder}: put the real data there to run this test")
    return folder


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the schema of the migrations, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with create_app(make_settings(folder)).app_context():
        schema.upgrade()
        db.engine.dispose()
    return folder / "pbudget.sqlite"


@pytest.fixture(scope="session")
def migrated_postgresql(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a PostgreSQL database of this worker's own, with the schema of the migrations."""
    from tests.support.postgres import postgres_url

    url = postgres_url()
    with create_app(make_settings(tmp_path_factory.mktemp("postgresql"), url)).app_context():
        schema.upgrade()
        db.engine.dispose()
    return url


@pytest.fixture
def sqlite_app(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Flask]:
    """The application on an SQLite database of its own."""
    shutil.copy(migrated_sqlite, tmp_path / "pbudget.sqlite")
    app = keep_templates(create_app(make_settings(tmp_path)))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def postgresql_app(tmp_path: Path, migrated_postgresql: str) -> Iterator[Flask]:
    """The application on PostgreSQL, its tables emptied afterwards."""
    app = keep_templates(create_app(make_settings(tmp_path, migrated_postgresql)))
    with app.app_context():
        yield app
        db.session.remove()
        names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
        if names:
            with db.engine.begin() as connection, append_only_lifted(connection):
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        db.engine.dispose()


@contextmanager
def append_only_lifted(connection: Connection) -> Iterator[None]:
    """Put the triggers aside that refuse TRUNCATE on append-only tables: only a superuser can, and only here."""
    found = "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal"
    triggers = connection.execute(text(found)).all()
    for table, trigger in triggers:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"))
    yield
    for table, trigger in triggers:
        connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"))


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest) -> Flask:
    """The application, once on SQLite and once on PostgreSQL, inside its context."""
    return request.getfixturevalue(f"{request.param}_app")


@pytest.fixture
def client(sqlite_app: Flask) -> PageClient:
    """A reader of pages who holds each to the house rules."""
    return PageClient(sqlite_app)
