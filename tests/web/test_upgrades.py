"""The schema never changes while people vote."""

import pytest

from pbudget import schema
from pbudget.db import db, transaction
from pbudget.rounds.actions import put_round
from pbudget.web.cli import migrate
from pbudget.web.upgrades import VotingIsOpen, refuse_while_voting


@pytest.fixture
def one_version_behind(app):
    """A database at the first schema, whose rounds this version's model could not even read."""
    yield app
    db.session.remove()
    with db.engine.connect().execution_options(writing=True) as connection:
        connection.exec_driver_sql("DELETE FROM round")
        connection.commit()
    schema.upgrade()


def insert_round(phase: str, is_demo: bool = False) -> None:
    db.session.remove()
    schema.downgrade("0001")
    columns = "slug, name, place, phase, language, currency, dates_as_stated, is_demo"
    with db.engine.connect().execution_options(writing=True) as connection:
        values = f"'spring', 'Spring round', 'Testtown', '{phase}', 'en', 'GBP', '', {'true' if is_demo else 'false'}"
        connection.exec_driver_sql(f"INSERT INTO round ({columns}) VALUES ({values})")
        connection.commit()


def test_an_upgrade_is_refused_while_a_round_is_open(one_version_behind):
    insert_round("open")
    with pytest.raises(VotingIsOpen, match=r"open in Spring round.*Nothing was changed\..*after voting has closed"):
        migrate.main([], standalone_mode=False)
    assert schema.current() == "0001"


@pytest.mark.parametrize(("phase", "is_demo"), [("closed", False), ("set-up", False), ("open", True)])
def test_an_upgrade_goes_ahead_when_nobody_votes(one_version_behind, phase, is_demo):
    insert_round(phase, is_demo)
    migrate.main([], standalone_mode=False)
    assert schema.current() == schema.newest()


def test_an_upgrade_that_changes_nothing_is_never_refused(app):
    with transaction() as session:
        put_round(session, "spring", opens_on=None, closes_on=None, name="Spring", place="Testtown", phase="open")
    refuse_while_voting()
    migrate.main([], standalone_mode=False)


def test_an_empty_database_is_set_up_without_asking(sqlite_app):
    db.session.remove()
    schema.downgrade("base")
    refuse_while_voting()
