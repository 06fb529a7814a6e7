"""A real round that people vote in, on either engine, with the commands of the operations page at hand."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app import create_app
from pbudget.cli import pbudget
from pbudget.db import db, transaction
from pbudget.keys.actions import ids_of, load_key
from pbudget.ledger.actions import add_checkpoint, append_ballot
from tests.conftest import ENGINES
from tests.faults.durable import DurablePostgres, programs_on_path
from tests.faults.ground import SLUG, Ground, prepare

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def durable_postgres():
    """A PostgreSQL of these tests' own: databases are made and thrown away in it."""
    with DurablePostgres() as server:
        yield server


@pytest.fixture(params=ENGINES)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    """An open round with letters."""
    if request.param == "sqlite":
        return prepare(tmp_path / "instance", letters=2)
    server: DurablePostgres = request.getfixturevalue("durable_postgres")
    return prepare(tmp_path / "instance", server.make_database(f"backup_{tmp_path.name}"), letters=2)


@pytest.fixture
def run(monkeypatch) -> Run:
    """Run a command of pbudget with an installation's settings."""

    def command(environ: dict[str, str], *words: object) -> Result:
        for name in [name for name in os.environ if name.startswith("PBUDGET_") or name == "DATABASE_URL"]:
            monkeypatch.delenv(name)
        for name, value in environ.items():
            if name.startswith("PBUDGET_") or name == "DATABASE_URL":
                monkeypatch.setenv(name, value)
        monkeypatch.setenv("PATH", programs_on_path())
        made: list[Flask] = []
        monkeypatch.setattr("app.create_app", lambda *given: made.append(create_app(*given)) or made[-1])
        try:
            return CliRunner().invoke(pbudget, [str(word) for word in words])
        finally:
            close(made)

    return command


@pytest.fixture
def elsewhere(ground: Ground, tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of an empty installation on another machine."""
    there = {**ground.environ, "PBUDGET_INSTANCE": str(tmp_path / "elsewhere")}
    if ground.engine == "postgresql":
        server: DurablePostgres = request.getfixturevalue("durable_postgres")
        there["DATABASE_URL"] = server.make_database(f"elsewhere_{tmp_path.name}").replace("+psycopg", "")
    return there


def close(made: list[Flask]) -> None:
    """Close what a command's process would close by ending."""
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def cast(ground: Ground, ballots: int, first: int = 0) -> None:
    """Put ballots into the ledger."""
    with ground.looked_at():
        for number in range(first, first + ballots):
            payload = {"round": SLUG, "slot": f"{number:064x}", "contests": {"riverside": ["skate"]}}
            with transaction() as session:
                append_ballot(session, ground.round_id, payload, f"{number:064x}")


def checkpoint(ground: Ground, file: Path) -> Path:
    """The day's checkpoint, as a witness received it."""
    with ground.looked_at():
        key = load_key(ground.instance / "keys", SLUG, "signing", ids_of(ground.instance / "keys", SLUG))
        with transaction() as session:
            signed = add_checkpoint(session, ground.round_id, key, datetime.now(UTC), {})
    file.write_text(signed.as_json() + "\n", encoding="utf-8")
    return file
