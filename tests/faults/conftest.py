"""Fixtures of the faults: an installation of its own on either engine, both as durable as a council's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.faults.durable import DurablePostgres
from tests.faults.ground import Ground, prepare


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[DurablePostgres]:
    """A PostgreSQL that syncs every commit, one for all tests of this process."""
    with DurablePostgres() as server:
        yield server


@pytest.fixture
def sqlite_ground(tmp_path: Path) -> Ground:
    """An open round on SQLite."""
    return prepare(tmp_path / "instance")


@pytest.fixture
def postgresql_ground(tmp_path: Path, durable_postgres: DurablePostgres) -> Ground:
    """An open round on a durable PostgreSQL."""
    return prepare(tmp_path / "instance", durable_postgres.make_database(f"ground_{tmp_path.name}"))


@pytest.fixture(params=ENGINES)
def ground(request: pytest.FixtureRequest) -> Ground:
    """An open round, once on each engine."""
    return request.getfixturevalue(f"{request.param}_ground")
