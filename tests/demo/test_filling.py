"""Filling a database with Ashmere: all of it or nothing, only where there is room, labelled on every screen."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app import create_app
from pbudget.config import ROOT
from pbudget.db import db, transaction
from pbudget.demo.actions import DatabaseNotEmpty, SchemaMissing, complete_ashmere, fill_with_ashmere
from pbudget.demo.cli import demo
from pbudget.demo.label import ASHMERE_NOTICE, DEMO_BOROUGHS, labelled_boroughs
from pbudget.demo.queries import is_empty
from pbudget.demo.voting import SLUG, complete_voting
from pbudget.kit.clock import SystemClock
from pbudget.rounds.actions import put_round
from pbudget.rounds.queries import pots_of, round_by_slug, rounds
from pbudget.wards.models import Borough, Ward
from pbudget.wards.queries import ward, ward_of_postcode
from pbudget.web.layout import DEMO_NOTICE, read_demo_codes, read_demo_notice
from tests.conftest import make_settings
from tests.support.open_round import CHEAP

FILLED = {
    "borough": 1,
    "ward": 8,
    "baseline": 1,
    "baseline_count": 8 * (7 + 2 + 5),
    "postcode": 320,
    "round": 3,
    "pot": 8 + 9 + 9,
    "ballot_count": 17,
    "replay": 17,
}
WITH_VOTING = {"round": 4, "pot": 8 + 9 + 9 + 9}
COMMAND = [sys.executable, "-c", "from pbudget.cli import main; main()"]
KILLED_AT = """
import os, signal, sys
from pathlib import Path
from app import create_app
from pbudget.demo.actions import fill_with_ashmere
from pbudget.kit.clock import SystemClock
instance, at = Path(sys.argv[1]), sys.argv[2]
with create_app().app_context():
    fill_with_ashmere(instance, SystemClock(), on_step=lambda step: step == at and os.kill(os.getpid(), signal.SIGKILL))
"""


class Stopped(Exception):
    pass


def instance_of(app) -> Path:
    return app.extensions["settings"].instance


def fill(app, **options) -> None:
    fill_with_ashmere(instance_of(app), SystemClock(), **options)


def fill_until(app, last_step: str, **options) -> None:
    def stop(step: str) -> None:
        if step == last_step:
            raise Stopped

    with pytest.raises(Stopped):
        fill(app, on_step=stop, **options)


def rows() -> dict[str, int]:
    db.session.rollback()
    tables = [table for table in db.metadata.sorted_tables if table.name != "audit_entry"]
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}


def counted(*names: str) -> dict[str, int]:
    return {name: rows()[name] for name in names or FILLED}


def test_an_empty_database_gets_the_whole_borough_and_the_notice(app):
    fill(app)
    assert counted() == FILLED
    assert rows()["proposal"] > 200
    assert rows()["outcome_line"] > 17 * 8
    assert read_demo_notice(instance_of(app)) == ASHMERE_NOTICE
    assert {round_.is_demo for round_ in rounds(("set-up", "published"), 10)} == {True}
    assert {round_.place for round_ in rounds(("set-up", "published"), 10)} == {"Ashmere (fictional)"}


def test_every_pot_but_the_boroughs_belongs_to_its_ward(app):
    fill(app)
    for year in (2025, 2026, 2027):
        for pot in pots_of(round_by_slug(f"ashmere-neighbourhood-budget-{year}").id):
            expected = None if pot.name == "All of Ashmere" else pot.name
            found = db.session.get(Ward, pot.ward_id) if pot.ward_id else None
            assert (found and found.name) == expected


def test_the_postcode_of_the_notice_lies_in_a_ward(app):
    fill(app)
    assert "AL91 1AA" in ASHMERE_NOTICE
    assert ward(ward_of_postcode("AL911AA")).name == "Foundry"


def test_the_round_of_2027_is_being_prepared(app):
    fill(app)
    coming = round_by_slug("ashmere-neighbourhood-budget-2027")
    assert (coming.phase, f"{coming.opens_on}", f"{coming.closes_on}") == ("set-up", "2027-03-01", "2027-03-14")
    assert [pot.name for pot in pots_of(coming.id)][-2:] == ["Riverside", "All of Ashmere"]


def test_a_second_demo_is_refused_and_changes_nothing(app):
    fill(app)
    before = rows()
    with pytest.raises(DatabaseNotEmpty, match="--reset"):
        fill(app)
    assert rows() == before


def test_reset_fills_a_demo_afresh(app):
    fill(app)
    with transaction() as session:
        session.execute(db.metadata.tables["replay"].delete())
    fill(app, reset=True)
    assert counted() == FILLED


def test_reset_fills_an_empty_database_too(app):
    fill(app, reset=True)
    assert counted() == FILLED


def add_real_round(session) -> None:
    put_round(session, "spring", name="Spring", place="Here", phase="set-up", opens_on=None, closes_on=None)


def add_real_borough(session) -> None:
    session.add(Borough(slug="here", name="Here"))


@pytest.mark.parametrize("add", [add_real_round, add_real_borough])
def test_reset_never_touches_a_database_with_something_real_in_it(app, add):
    fill(app)
    with transaction() as session:
        add(session)
    before = rows()
    with pytest.raises(DatabaseNotEmpty, match="more than a demo"):
        fill(app, reset=True)
    assert rows() == before


@pytest.mark.parametrize("add", [add_real_round, add_real_borough])
def test_a_demo_never_goes_beside_something_real(app, add):
    with transaction() as session:
        add(session)
    before = rows()
    with pytest.raises(DatabaseNotEmpty, match="PBUDGET_INSTANCE"):
        fill(app)
    assert rows() == before
    assert read_demo_notice(instance_of(app)) == ""


@pytest.mark.parametrize("step", ["counted", "stored", "labelled"])
def test_a_demo_that_fails_half_way_leaves_an_empty_unlabelled_site(app, step):
    fill_until(app, step)
    assert is_empty()
    assert read_demo_notice(instance_of(app)) == ""
    assert labelled_boroughs(instance_of(app)) == []


def test_a_reset_that_fails_half_way_leaves_an_empty_site_that_can_be_filled(app):
    fill(app)
    fill_until(app, "labelled", reset=True)
    assert is_empty()
    assert read_demo_notice(instance_of(app)) == ""
    fill(app)
    assert counted() == FILLED


def test_reset_clears_away_a_round_with_keys_codes_and_a_ledger(app):
    app.extensions["scrypt_cost"] = CHEAP
    fill(app)
    complete_voting(instance_of(app), SystemClock())
    before = read_demo_codes(instance_of(app), SLUG)
    assert len(before) == 24
    fill(app, reset=True)
    assert counted() == FILLED
    assert read_demo_codes(instance_of(app), SLUG) == []
    complete_voting(instance_of(app), SystemClock())
    assert len(set(before) | set(read_demo_codes(instance_of(app), SLUG))) == 48


def test_postcodes_that_were_cut_off_are_added_at_the_next_start(app):
    fill_until(app, "committed")
    assert counted("postcode") == {"postcode": 0}
    complete_ashmere(instance_of(app))
    assert counted() == FILLED


def test_a_second_machine_on_the_same_database_gets_the_notice(app, tmp_path):
    fill(app)
    other = tmp_path / "other-machine"
    other.mkdir()
    complete_ashmere(other)
    assert read_demo_notice(other) == ASHMERE_NOTICE


def test_a_service_without_a_demo_is_never_labelled(app):
    with transaction() as session:
        session.add(Borough(slug="ashmere", name="Ashmere"))
    complete_ashmere(instance_of(app))
    assert read_demo_notice(instance_of(app)) == ""
    assert counted("postcode") == {"postcode": 0}


def test_a_database_without_a_schema_says_what_to_run(tmp_path):
    with create_app(make_settings(tmp_path)).app_context(), pytest.raises(SchemaMissing, match="pbudget migrate"):
        fill_with_ashmere(tmp_path, SystemClock())


def site_of(app) -> dict[str, str]:
    """The environment of a process beside this one, on the same site."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PBUDGET_", "DATABASE_URL"))}
    return {**kept, "PBUDGET_INSTANCE": str(instance_of(app))}


@pytest.mark.parametrize("step", ["stored", "labelled", "committed"])
def test_a_demo_killed_at_any_moment_is_whole_after_the_next_start(sqlite_app, step):
    command = [sys.executable, "-c", KILLED_AT, str(instance_of(sqlite_app)), step]
    killed = subprocess.run(command, env=site_of(sqlite_app), cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert counted("round", "postcode") == {"round": 3 if step == "committed" else 0, "postcode": 0}
    assert read_demo_notice(instance_of(sqlite_app)) == ("" if step == "stored" else ASHMERE_NOTICE)
    assert run("--if-empty").exit_code == 0
    assert counted() == FILLED | WITH_VOTING


def run(*arguments: str) -> Result:
    return CliRunner().invoke(demo, arguments)


def test_the_command_says_what_it_filled(sqlite_app):
    done = run()
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "Ashmere: 8 wards and 17 past contests with 8,352 ballots, a round open for voting, "
        "one being prepared, a budget to balance. See /rounds\n"
    )


def test_with_if_empty_the_command_leaves_a_filled_database_alone_and_says_nothing(sqlite_app):
    run()
    before = rows()
    quiet = run("--if-empty")
    assert (quiet.exit_code, quiet.output) == (0, "")
    assert rows() == before


def test_the_command_refuses_a_second_demo_in_one_line(sqlite_app):
    fill(sqlite_app)
    refused = subprocess.run(
        [*COMMAND, "demo"], env=site_of(sqlite_app), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert refused.stderr == "pbudget: The database already holds a demo. Use --reset to empty it and fill it again.\n"


def test_if_empty_and_reset_together_are_refused(sqlite_app):
    assert "not both" in str(run("--if-empty", "--reset").exception)
    assert is_empty()


def test_the_label_is_two_small_files_in_the_instance_folder(sqlite_app):
    fill(sqlite_app)
    written = {path.name for path in instance_of(sqlite_app).iterdir()}
    assert {DEMO_NOTICE, DEMO_BOROUGHS} <= written
    assert not [name for name in written if name.endswith(".new")]
