"""An election written as a Pabulib file is read back as the same election, by pbudget and by other programs."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from pabutools.election import parse_pabulib
from pabutools.election.pabulib import parse_pabulib_from_string

from pbudget.tally.election import Election, Project
from pbudget.tally.pabulib import read, write
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule
from tests.tally.builders import make_election, pb_file
from tests.tally.strategies import counts, elections

META = {
    "description": "Test",
    "country": "United Kingdom",
    "unit": "Ashmere",
    "instance": "2026",
    "rule": "unknown",
    "date_begin": "01.05.2026",
    "date_end": "31.05.2026",
}


@given(counts())
def test_a_written_file_reads_back_to_the_same_outcome(case: tuple[Election, Rule]) -> None:
    election, rule = case
    again = read(write(election))
    assert again.notices == ()
    assert replace(count(again, rule), lines=()) == replace(count(election, rule), lines=())
    assert [line.reason for line in count(again, rule).lines] == [line.reason for line in count(election, rule).lines]


@given(elections())
def test_pabutools_reads_a_written_file_and_finds_every_ballot(election: Election) -> None:
    instance, profile = parse_pabulib_from_string(write(replace(election, meta=META)).decode())
    assert {project.name for project in instance} == {project.id for project in election.projects}
    assert profile.num_ballots() == election.ballots
    assert instance.budget_limit == election.pot / 100


def test_every_real_file_survives_being_written_and_read(shared_data: Path) -> None:
    for path in sorted((shared_data / "pabulib").glob("*.pb")):
        election = read(path)
        again = read(write(election), name=path.name)
        assert set(again.classes) == set(election.classes)
        assert again.projects == tuple(with_the_columns_of(mine, again.projects[0]) for mine in election.projects)
        rule = Rule("equal-shares", completion="greedy", ties="cheaper")
        assert count(again, rule).winners == count(election, rule).winners


def with_the_columns_of(project: Project, example: Project) -> Project:
    """Counted columns are written where the file had none; nothing else may differ."""
    return replace(project, columns={key: project.columns.get(key, "") for key in example.columns})


def test_pabutools_reads_a_real_file_that_was_written(shared_data: Path, tmp_path: Path) -> None:
    written = tmp_path / "written.pb"
    written.write_bytes(write(read(shared_data / "pabulib" / "Poland_Katowice_2021_Osiedle_Tysiaclecia.pb")))
    _, profile = parse_pabulib(str(written))
    assert profile.num_ballots() == 2752


def test_nothing_about_voters_is_written_and_their_order_is_gone() -> None:
    votes = "9001;1,2;44;F\n9002;2;61;M\n9003;1;30;F\n"
    election = read(pb_file(votes=votes, header="voter_id;vote;age;sex"), keep_voters=True)
    written = write(election, seed="drawn in public").decode()
    assert written.partition("VOTES\n")[2].splitlines()[0] == "voter_id;vote"
    assert not any(text in written for text in ("9001", "44", "61", ";F", ";M"))
    assert written == write(replace(election, classes=election.classes[::-1]), seed="drawn in public").decode()


def test_another_seed_shuffles_the_ballots_otherwise() -> None:
    election = make_election(10, {"A": 1, "B": 1}, ["A"] * 20 + ["B"] * 20)
    assert write(election, seed="1") == write(election, seed="1") != write(election, seed="2")


def test_names_costs_and_currency_are_written_exactly() -> None:
    name = 'Kino „pod chmurką”; "lato"\nw parku'
    election = replace(make_election(10, {"A": 1}, ["A"]), projects=(Project("A", 1234567, name),), pot=99999999)
    again = read(write(election))
    assert (again.projects[0].name, again.projects[0].cost, again.pot) == (name, 1234567, 99999999)


@pytest.mark.parametrize("ballot_type", ["approval", "ranked", "points"])
def test_the_public_format_checker_finds_no_error_in_a_written_file(ballot_type: str) -> None:
    checker = pytest.importorskip("pabulib.checker", reason="pabulib-checker is not installed: add it to the test lock")
    ballots = [{"A": 3, "B": 1}, {"B": 4}] if ballot_type == "points" else ["A B", "B A"]
    settings_of_type = {"max_sum_points": "4"} if ballot_type == "points" else {}
    election = make_election(
        100, {"A": 60, "B": 50}, ballots, ballot_type=ballot_type, meta={**META, **settings_of_type}
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "written.pb")
        path.write_bytes(write(election))
        results = checker.Checker().process_files([str(path)])
    assert results["metadata"]["invalid"] == 0, results
