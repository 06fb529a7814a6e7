"""What anyone may take away and check."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.kit.spreadsheets import FORMULA_STARTS, csv_bytes
from pbudget.replays.actions import replay_files
from pbudget.tally.pabulib import read
from tests.support.elections import pb_file

CONTEST = "/rounds/testtown-2024/all-of-testtown"


@pytest.fixture
def contest(client, tmp_path):
    replay_files([pb_file(tmp_path)])
    return client


def test_the_ballots_download_reads_back_with_every_ballot(contest):
    response = contest.http.get(f"{CONTEST}/ballots.pb")
    assert response.headers["Content-Disposition"] == 'attachment; filename="testtown-2024-all-of-testtown.pb"'
    assert read(response.data, name="download.pb").ballots == 3


def test_the_csv_has_every_project_with_its_reason(contest):
    rows = list(csv.DictReader(io.StringIO(contest.http.get(f"{CONTEST}/projects.csv").data.decode("utf-8-sig"))))
    assert [(row["project"], row["cost_GBP"], row["funded"]) for row in rows] == [("1", "60", "yes"), ("2", "50", "no")]
    assert rows[0]["reason"] == "Funded: 2 votes, ranked 1st; £40 left after it."


def test_the_json_has_the_result_and_every_what_if(contest):
    outcome = json.loads(contest.http.get(f"{CONTEST}/outcome.json").data)
    results = [each for each in outcome["outcomes"] if each["is_result"]]
    assert [(each["winners"], each["spent"], each["remaining"]) for each in results] == [(["1"], "60", "40")]
    assert len(outcome["outcomes"]) > 3


@pytest.mark.parametrize("file", ["ballots.pb", "projects.csv", "outcome.json"])
def test_a_download_of_nothing_is_not_found(client, file):
    assert client.http.get(f"/rounds/nowhere/nothing/{file}").status_code == 404


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",)), min_size=1), min_size=1, max_size=5))
def test_no_cell_of_a_csv_starts_like_a_formula(cells):
    [read_back] = csv.reader(io.StringIO(csv_bytes([cells]).decode("utf-8-sig"), newline=""))
    assert not [cell for cell in read_back if cell.startswith(FORMULA_STARTS)]
