"""Migrations and the demo borough, by the installed command line; skipped when the database shows it is not needed."""

import ast
import sqlite3
from contextlib import closing
from pathlib import Path

from pbudget.bootstrap.places import Places
from pbudget.bootstrap.stamps import digest_of, is_stamped, write_stamp
from pbudget.bootstrap.stops import VotingIsOpen
from pbudget.bootstrap.tools import Workshop

DATABASE_STEP = "Database"
DEMO_STEP = "Demo borough"


def make_database(workshop: Workshop, database_url: str) -> bool:
    """Bring the schema up to date. True when it already was: SQLite is asked here, without loading the application."""
    places = workshop.places
    heads = newest_revisions(places.root / "migrations" / "versions")
    if heads and sqlite_revisions(database_url) == heads:
        workshop.progress.skipped(DATABASE_STEP, "already up to date")
        return True
    with workshop.progress.step(DATABASE_STEP, "running the migrations"):
        workshop.run(DATABASE_STEP, [places.pbudget, "migrate"])
    return False


def refuse_while_voting(places: Places, database_url: str) -> None:
    """Stop before anything is replaced when a round is open and the schema would change.

    Only SQLite can be asked this early; on PostgreSQL `pbudget migrate` refuses, before it changes the database.
    """
    at = sqlite_revisions(database_url)
    names = _open_rounds(database_url) if at and at != newest_revisions(places.root / "migrations" / "versions") else []
    if names:
        raise VotingIsOpen(
            f"Voting is open in {', '.join(names)}, and this version would change the database. Nothing was changed. "
            "Go on with the version before, and upgrade after voting has closed."
        )


def make_demo(workshop: Workshop, instance: Path, database_url: str, reset: bool, same_database: bool) -> None:
    """Load the demo borough into an empty database, or afresh when asked to."""
    stamp = instance / ".demo-loaded"
    digest = digest_of({"database": database_url.encode()})
    if same_database and not reset and is_stamped(stamp, digest):
        return workshop.progress.skipped(DEMO_STEP)
    with workshop.progress.step(DEMO_STEP, "loading it afresh" if reset else "loading it, if the database is empty"):
        stamp.unlink(missing_ok=True)
        workshop.run(DEMO_STEP, [workshop.places.pbudget, "demo", "--reset" if reset else "--if-empty"])
        write_stamp(stamp, digest)
    return None


def newest_revisions(versions: Path) -> set[str]:
    """The revisions no other builds on, read from the migration files: {'a'} and {'b' on 'a'} give {'b'}."""
    revisions, built_on = set(), set()
    for file in versions.glob("*.py"):
        revisions |= _names(_constant(file, "revision"))
        built_on |= _names(_constant(file, "down_revision"))
    return revisions - built_on


def sqlite_revisions(database_url: str) -> set[str]:
    """The revisions an SQLite database is at; empty for another engine, no file or no schema. It is only read."""
    return set(_asked(database_url, "SELECT version_num FROM alembic_version"))


def _open_rounds(database_url: str) -> list[str]:
    """Names of the rounds in which people vote, without a demonstration's."""
    return _asked(database_url, "SELECT name FROM round WHERE phase = 'open' AND NOT is_demo ORDER BY name")


def _asked(database_url: str, query: str) -> list[str]:
    """The first column of what an SQLite database answers; empty for another engine, no file or no such table."""
    scheme, _, path = database_url.partition(":///")
    if scheme != "sqlite" or not Path(path).is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return [str(row[0]) for row in connection.execute(query)]
    except sqlite3.Error:
        return []


def _constant(file: Path, name: str) -> object:
    """What a migration assigns to a name at its top level, annotated or not, without running it; None if nothing."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and target.id == name:
            return ast.literal_eval(node.value) if node.value else None
    return None


def _names(value: object) -> set[str]:
    """One revision, several, or None, as a set."""
    if value is None:
        return set()
    return {value} if isinstance(value, str) else {str(name) for name in value}  # type: ignore[attr-defined]
