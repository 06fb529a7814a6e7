"""A replayed contest belongs to the ward its file names, and to none when there is no such ward."""

from pbudget.demo.ashmere.residents import baseline_csv
from pbudget.demo.ashmere.wards import BOROUGH
from pbudget.kit.clock import SystemClock
from pbudget.replays.actions import count_content, store
from pbudget.rounds.queries import pot_by_slugs
from pbudget.wards.actions import load_baseline
from pbudget.wards.queries import ward
from pbudget.wards.rules.baselines import read_baseline


def contest(code: str) -> bytes:
    return (
        f"META\nkey;value\nunit;Testtown\ninstance;2024\nsubunit;North\nward_code;{code}\nnum_projects;1\nnum_votes;1\n"
        "budget;100\nvote_type;approval\nPROJECTS\nproject_id;cost;name\n1;60;Park\nVOTES\nvoter_id;vote\n1;1\n"
    ).encode()


def load(code: str) -> int | None:
    store([count_content(contest(code), "north.pb")])
    return pot_by_slugs("testtown-2024", "north")[1].ward_id


def test_a_contest_belongs_to_the_ward_its_file_names(app):
    load_baseline(read_baseline(baseline_csv(), demo=True), SystemClock(), name=BOROUGH, demo=True)
    assert load("X99000004") == ward("X99000004").id


def test_a_contest_of_a_ward_we_do_not_have_belongs_to_none(app):
    assert load("E05000416") is None


def test_a_contest_whose_file_names_no_ward_belongs_to_none(app):
    assert load("") is None
