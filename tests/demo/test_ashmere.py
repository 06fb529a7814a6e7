"""Ashmere as it is made up: the same every time, whole, and labelled as what it is."""

import json
import subprocess
import sys
from collections import Counter
from hashlib import sha256

import pytest

from pbudget.config import ROOT
from pbudget.demo.ashmere.ballots import ballots_of
from pbudget.demo.ashmere.editions import COMING, EDITIONS, FIRST, SECOND, borough_ideas, ward_ideas
from pbudget.demo.ashmere.files import past_files
from pbudget.demo.ashmere.ideas import CATEGORIES, written_ideas
from pbudget.demo.ashmere.residents import baseline_csv, postcodes_csv, residents_of, shared_out
from pbudget.demo.ashmere.shapes import geojson, line, outline
from pbudget.demo.ashmere.wards import WARDS
from pbudget.tally.pabulib import read
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import rule_in_file
from pbudget.wards.rules.baselines import read_baseline
from pbudget.wards.rules.boundaries import read_boundaries
from pbudget.wards.rules.geometry import area
from pbudget.wards.rules.names import DEMO_SOURCE
from pbudget.wards.rules.postcodes import normalise

FINGERPRINT = "dd2641814ffc1bcab8dbdfd44b783c2409af81c6c2bc74276667d22603fe763e"
PRINT_FINGERPRINT = """
from hashlib import sha256
from tests.demo.test_ashmere import everything
print(sha256(everything()).hexdigest())
"""


def everything() -> bytes:
    return b"".join([geojson(), baseline_csv(), postcodes_csv(), *past_files().values()])


def elections():
    return [read(content, name=name, keep_voters=True) for name, content in past_files().items()]


def test_ashmere_is_the_same_bytes_in_every_process():
    ran = subprocess.run(
        [sys.executable, "-c", PRINT_FINGERPRINT],
        env={"PYTHONHASHSEED": "1", "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    here = sha256(everything()).hexdigest()
    assert ran.stdout.strip() == here
    assert here == FINGERPRINT, "Ashmere has changed. If that was meant, put the new fingerprint here"


def test_the_wards_cover_the_borough_without_gaps_or_overlaps():
    rim = outline(["W", "SW", "s1", "s2", "SE", "E", "n3", "n2", "n1", "NW"])
    inside = sum(abs(area(tuple(outline(ward.corners.split())))) for ward in WARDS)
    assert inside == pytest.approx(abs(area(tuple(rim))), rel=1e-9)


def test_a_line_is_bent_the_same_way_from_either_end():
    assert line("r1", "r2") == line("r2", "r1")[::-1]
    assert len(line("r1", "r2")) == 17


def test_every_ward_has_a_code_that_no_real_ward_has():
    file = read_boundaries(geojson(), demo=True)
    assert [ward.code for ward in file.wards] == [f"X9900000{n}" for n in range(1, 9)]


def test_the_figures_pass_the_checks_of_a_councils_own_file_without_a_warning():
    report = read_baseline(baseline_csv(), demo=True)
    assert report.problems == report.warnings == ()
    assert {figure.source for figure in report.figures} == {DEMO_SOURCE}


@pytest.mark.parametrize("ward", WARDS, ids=lambda ward: ward.name)
def test_every_way_to_divide_residents_adds_up(ward):
    residents = residents_of(ward)
    adults = ward.residents - residents["age"]["0-15"]
    assert {name: sum(groups.values()) for name, groups in residents.items()} == {
        "age": ward.residents,
        "ethnic_group": ward.residents,
        "sex_16plus": adults,
    }


def test_people_are_shared_out_whole():
    assert shared_out(10, [1, 1, 2]) == [3, 2, 5]
    assert shared_out(7, [1, 1, 1]) == [3, 2, 2]


def test_every_postcode_reads_as_one_and_lies_in_one_ward():
    rows = [row.split(",") for row in postcodes_csv().decode().splitlines()[1:]]
    assert len({normalise(postcode) for postcode, _, _ in rows}) == len(rows) == 320
    assert set(Counter(code for _, _, code in rows).values()) == {40}


@pytest.mark.parametrize("ward", WARDS, ids=lambda ward: ward.name)
def test_no_ward_is_asked_about_the_same_idea_twice(ward):
    titles = [idea.title for edition in EDITIONS for idea in ward_ideas(ward, edition)]
    assert len(set(titles)) == len(titles)


def test_no_idea_of_the_borough_comes_back():
    titles = [idea.title for edition in (SECOND, COMING) for idea in borough_ideas(edition)]
    assert len(set(titles)) == len(titles)


def test_every_idea_names_its_places_and_costs_what_a_ward_can_pay():
    for ward in WARDS:
        for edition in EDITIONS:
            for idea in ward_ideas(ward, edition):
                assert not {"{", "}"} & set(idea.title + idea.description), idea
                assert idea.title[0].isupper() and idea.description.endswith("."), idea
                assert 1_500 <= idea.cost <= 25_000 < edition.ward_pot, idea


def test_an_idea_without_a_category_is_refused_by_its_first_line():
    with pytest.raises(ValueError, match="Benches: £100"):
        written_ideas("Benches: £100\nEight benches.")


def test_the_past_files_are_read_without_a_single_remark():
    for election in elections():
        assert election.notices == (), election.name
        assert election.name.startswith(DEMO_SOURCE)


def test_past_contests_have_the_size_of_real_ones():
    for election in elections():
        wanted = range(8, 15) if election.ballot_type == "approval" else range(11, 12)
        assert len(election.projects) in wanted, election.name
    ballots = {election.name: election.ballots for election in elections()}
    assert [name for name, number in ballots.items() if number < 150] == [f"{DEMO_SOURCE} - Foundry 2025.pb"]
    assert max(ballots.values()) < 2_000


def test_some_ballots_are_blank_and_some_ties_decide_money():
    assert sum(election.blank_ballots for election in elections()) > 50
    outcomes = [count(election, rule_in_file(election.meta)) for election in elections()]
    assert sum(bool(outcome.ties) for outcome in outcomes) >= 3
    assert {outcome.rule.name for outcome in outcomes} == {"greedy", "equal-shares"}
    assert all(outcome.winners for outcome in outcomes)


def test_older_people_choose_what_helps_older_people_more_often_than_the_young_do():
    ward = next(ward for ward in WARDS if ward.name == "Meadows")
    projects = ward_ideas(ward, SECOND)
    older = {idea.reference for idea in projects if idea.category == CATEGORIES[-1]}
    ballots = ballots_of([ward], 4_000, projects, "a test")

    def share(ages: range) -> float:
        theirs = [ballot for ballot in ballots if ballot.age and int(ballot.age) in ages]
        return sum(bool(older & set(ballot.choices)) for ballot in theirs) / len(theirs)

    assert share(range(65, 99)) > 1.5 * share(range(16, 35))


def test_points_are_ten_on_every_ballot_that_is_not_blank():
    borough = next(election for election in elections() if election.ballot_type == "points")
    assert {sum(ballot.points) for ballot in borough.classes} == {0, 10}


def test_the_map_file_is_what_other_programs_read():
    found = json.loads(geojson())
    assert found["type"] == "FeatureCollection"
    for feature in found["features"]:
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1] and len(ring) > 40


def test_rounds_lie_in_the_order_of_their_years():
    assert FIRST.closes_on < SECOND.opens_on < SECOND.closes_on < COMING.opens_on
