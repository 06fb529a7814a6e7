"""Nothing is replaced under people who vote."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pbudget.bootstrap.database import newest_revisions, refuse_while_voting
from pbudget.bootstrap.places import ROOT
from pbudget.bootstrap.stops import VotingIsOpen

(NEWEST,) = newest_revisions(ROOT / "migrations" / "versions")


def database(folder: Path, version: str, phase: str = "open", is_demo: bool = False) -> str:
    """A database at a version, with one round."""
    path = folder / "pbudget.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE round (name TEXT, phase TEXT, is_demo BOOLEAN)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (version,))
        connection.execute("INSERT INTO round VALUES ('Spring round', ?, ?)", (phase, is_demo))
    return f"sqlite:///{path}"


def test_a_new_version_is_refused_before_anything_is_replaced_while_people_vote(start, checkout, tmp_path):
    ended = start("--no-demo", environ={"DATABASE_URL": database(tmp_path, "0001")})
    assert ended.status == 1
    assert "Voting is open in Spring round" in ended.one_line()
    assert not checkout.venv.exists()


@pytest.mark.parametrize(
    ("version", "phase", "is_demo"), [(NEWEST, "open", False), ("0001", "closed", False), ("0001", "open", True)]
)
def test_set_up_goes_ahead_when_nobody_votes_or_nothing_changes(checkout, tmp_path, version, phase, is_demo):
    refuse_while_voting(checkout, database(tmp_path, version, phase, is_demo))


def test_the_refusal_says_what_to_do(checkout, tmp_path):
    with pytest.raises(VotingIsOpen, match="upgrade after voting has closed"):
        refuse_while_voting(checkout, database(tmp_path, "0001"))
