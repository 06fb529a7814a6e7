"""Untidy files that still say only one thing are read; what a person should know is noted with its line."""

import codecs
from fractions import Fraction
from pathlib import Path

import pytest

from pbudget.tally.election import BallotClass, Election
from pbudget.tally.pabulib import read
from tests.support.elections import pabulib
from tests.tally.builders import pb_file

GOOD = pb_file()
PARK_BENCH = {((0,), 1), ((0, 1), 1), ((1,), 1)}


def said(election: Election) -> set[tuple[tuple[int, ...], int]]:
    """What the ballots say, and how many say it."""
    return {(ballot.choices, ballot.times) for ballot in election.classes}


@pytest.mark.parametrize(
    "file",
    [
        GOOD,
        codecs.BOM_UTF8 + GOOD,
        codecs.BOM_UTF8 + codecs.BOM_UTF8 + GOOD,
        GOOD.decode().encode("utf-16"),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"VOTES\n", b"VOTES\r\n"),
        GOOD.replace(b"\n", b"\r"),
        GOOD.rstrip(b"\n"),
        GOOD + b"\n\n;\n",
        GOOD.replace(b"PROJECTS\n", b"PROJECTS;;;\n").replace(b"2;50;Bench\n", b"2;50;Bench;;;\n\n"),
        GOOD.replace(b"key;value\n", b""),
        GOOD.replace(b"META", b"meta ").replace(b"VOTES", b"Votes"),
        GOOD.replace(b"voter_id;vote", b"Voter_ID; Vote "),
        GOOD.replace(b"2;1,2", b"2; 2, 1 "),
        GOOD.replace(b"2;1,2", b"2;1,2,"),
        GOOD.replace(b"2;1,2", b"2;2,1,2"),
        GOOD.replace(b"Park", b'"Park; with a ""pond""\nand ducks"'),
        GOOD.replace(b";60;", b";60.00;").replace(b"budget;100", b"budget;100.0"),
    ],
)
def test_the_same_election_written_untidily_is_the_same_election(file: bytes) -> None:
    election = read(file)
    assert said(election) == PARK_BENCH
    assert (election.pot, [project.cost for project in election.projects]) == (10000, [6000, 5000])


def test_a_quoted_name_keeps_its_semicolons_quotes_and_line_ends() -> None:
    file = GOOD.replace(b"Park", b'"Park; with a ""pond""\nand ducks"')
    assert read(file).projects[0].name == 'Park; with a "pond"\nand ducks'


def test_lines_after_a_name_of_two_lines_are_still_numbered_right() -> None:
    file = GOOD.replace(b"Park", b'"Park\npond"').replace(b"3;2\n", b"3;2,2\n")
    assert [notice.line for notice in read(file).notices] == [24]


def test_blank_ballots_are_ballots() -> None:
    election = read(pb_file(votes="1;1\n2;\n3;,\n"))
    assert (election.ballots, election.blank_ballots) == (3, 2)
    assert len(election.classes) == 2


def test_identical_ballots_are_one_class_in_whatever_order_they_name_projects() -> None:
    assert read(pb_file(votes="1;1,2\n2;2,1\n3;2 , 1\n")).classes == (BallotClass((0, 1), 3),)


def test_the_order_on_a_ranked_ballot_counts() -> None:
    election = read(pb_file(votes="1;1,2\n2;2,1\n", vote_type="ordinal", max_length=3))
    assert said(election) == {((0, 1), 1), ((1, 0), 1)}
    assert (election.ballot_type, election.length) == ("ranked", 3)


def test_a_ranked_file_without_max_length_allows_as_many_places_as_projects() -> None:
    assert read(pb_file(vote_type="ordinal")).length == 2


@pytest.mark.parametrize("vote_type", ["cumulative", "scoring"])
def test_points_are_exact_and_a_project_given_none_is_not_on_the_ballot(vote_type: str) -> None:
    votes = "1;2,1;0.5,3\n2;1,2;0,4\n3;;\n4;;None\n"
    election = read(pb_file(votes=votes, header="voter_id;vote;points", vote_type=vote_type))
    assert election.classes == (
        BallotClass((0, 1), 1, (3, Fraction(1, 2))),
        BallotClass((1,), 1, (4,)),
        BallotClass((), 2),
    )


def test_decimal_commas_are_read_and_noted_with_their_line() -> None:
    election = read(pb_file(projects="1;60,5;Park\n2;50;Bench\n"))
    assert election.projects[0].cost == 6050
    assert [(notice.line, notice.text) for notice in election.notices] == [
        (17, "the cost of 1 “60,5” was read with a decimal comma")
    ]


@pytest.mark.parametrize(
    ("budget", "pot", "units"),
    [
        ("1 000 000", 100000000, 100),
        ("999999999999", 99999999999900, 100),
        ("1000.125", 1000125, 1000),
        ("0", 0, 100),
        ("0,05", 5, 100),
    ],
)
def test_money_is_exact_in_units_fine_enough_for_the_file(budget: str, pot: int, units: int) -> None:
    election = read(pb_file(budget=budget))
    assert (election.pot, election.units) == (pot, units)


def test_a_repeated_project_counts_once_and_is_noted() -> None:
    election = read(pb_file(votes="1;2,1,2\n2;1\n", vote_type="ordinal"))
    assert said(election) == {((1, 0), 1), ((0,), 1)}
    assert election.notices[0].line == 21
    assert "twice" in election.notices[0].text


def test_counts_that_META_does_not_state_are_noted() -> None:
    texts = [notice.text for notice in read(pb_file(num_votes=None)).notices]
    assert texts == ["META does not say num_votes, so nothing shows whether all ballots are there"]


def test_votes_and_scores_in_PROJECTS_that_the_ballots_do_not_give_are_noted_and_not_used() -> None:
    projects = "1;60;Park;9;1\n2;50;Bench;2;0\n"
    election = read(pb_file(projects=projects, columns="project_id;cost;name;votes;selected"))
    assert [notice.text for notice in election.notices] == [
        "PROJECTS says votes 1 9 (the ballots give 2); the ballots were counted"
    ]


def test_other_columns_are_kept_as_text_whatever_they_say() -> None:
    projects = "1;60;Park;3;50.2\n2;50;Bench;None;\n"
    election = read(pb_file(projects=projects, columns="project_id;cost;name;selected;latitude"))
    assert [dict(project.columns) for project in election.projects] == [
        {"selected": "3", "latitude": "50.2"},
        {"selected": "None", "latitude": ""},
    ]


def test_META_that_says_two_things_is_noted_where_the_count_does_not_depend_on_it() -> None:
    file = GOOD.replace(b"rule;greedy\n", b"rule;greedy\nrule;unknown\n")
    assert [notice.text for notice in read(file).notices] == ["META says rule twice; the last one is used"]


def test_voters_are_kept_in_order_only_when_asked_for() -> None:
    file = pb_file(votes="7;1,2;44;F\n9;2;;M\n8;2,1;61;\n", header="voter_id;vote;age;sex")
    assert read(file).voters == ()
    election = read(file, keep_voters=True)
    assert election.voter_columns == ("voter_id", "age", "sex")
    assert [(election.classes[voter.ballot].choices, voter.values) for voter in election.voters] == [
        ((0, 1), ("7", "44", "F")),
        ((1,), ("9", "", "M")),
        ((0, 1), ("8", "61", "")),
    ]


def test_every_real_file_is_read_without_a_notice(shared_data: Path) -> None:
    files = sorted((shared_data / "pabulib").glob("*.pb"))
    assert len(files) == 20
    for path in files:
        election = read(path)
        assert election.notices == (), path.name
        assert election.ballots == int(election.meta["num_votes"])


def test_more_ballots_than_stated_are_all_counted_with_a_notice() -> None:
    election = read(pabulib(num_votes="2").encode(), name="test.pb")
    assert election.ballots == 3
    assert [notice.text for notice in election.notices if "num_votes" in notice.text] == [
        "META says num_votes is 2 and the file has 3 ballots; all are counted"
    ]


def test_voters_with_the_same_id_are_noted_with_the_first_line_and_all_counted() -> None:
    election = read(pb_file(votes="1;1\n2;1,2\n1;2\n2;2\n"))
    assert [(notice.line, notice.text) for notice in election.notices] == [
        (23, "2 ballots have a voter_id that an earlier ballot has; all are counted")
    ]
    assert election.ballots == 4
    assert "1 ballot has" in read(pb_file(votes="1;1\n1;2\n")).notices[0].text
    assert read(pb_file(votes=";1\n;2\n")).notices == (), "an empty id is nobody's"


def test_a_project_without_a_name_is_called_by_its_number() -> None:
    election = read(pb_file(projects="268;60\n269;50\n", votes="1;268\n", columns="project_id;cost"))
    assert [project.title for project in election.projects] == ["Project 268", "Project 269"]
