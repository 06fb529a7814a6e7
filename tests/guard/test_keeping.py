"""The report on a past vote, kept from a given baseline: its page tells the story of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pbudget.config import ROOT
from pbudget.guard.reporting import keep_past_vote
from pbudget.guard.residents import Residents
from pbudget.guard.words import Story
from tests.guard.builders import PABULIB, baseline_called, looked_at
from tests.support.pages import PageClient
from tests.tally.builders import pb_file

CHYLONIA = PABULIB / "Poland_Gdynia_2022_Chylonia__large.pb"
EVERYBODY = "all who voted in Gdynia in 2022"
PAGE = "/rounds/gdynia-2022/chylonia-large/who-took-part"
AGE = {"16-29": 0.3, "30-59": 0.5, "60+": 0.2}
PROGRAM = [sys.executable, "-c", "from pbudget.cli import main; main()"]


def town(folder: Path) -> Path:
    votes = "".join(f"{i};{'1,2' if i % 3 else '2'};{(17, 44, 61)[i % 3]};F\n" for i in range(240))
    path = folder / "town.pb"
    path.write_bytes(pb_file(votes=votes, header="voter_id;vote;age;sex", instance="2024"))
    return path


def test_the_page_of_chylonia_tells_its_story_in_the_figures_of_the_check_values(sqlite_app, shared_data):
    residents = Residents(baseline_called("city:Gdynia 2022"), name=EVERYBODY)
    assert keep_past_vote(CHYLONIA, residents) == ("gdynia-2022", "chylonia-large")
    page = PageClient(sqlite_app).get(PAGE)
    told = " ".join(page.text.split())
    story = (
        "At risk of capture",
        f"People aged 60+ cast 37% of ballots and are 16% of {EVERYBODY}.",
        "Of people aged 0–17 or 30–44, who took part too rarely, 78% have nothing they backed funded.",
        "Had everybody turned out in proportion, the same projects would have been funded.",
        "Also noted: it changes no winner",
        f"2,013 votes were cast. They are compared with {EVERYBODY}",
        "Would the result differ? No. In each of these ways the same projects would have been funded",
        "Also funded:",
        "Who is served, and who got nothing",
        "What the guard cannot see",
    )
    assert [told.find(sentence) for sentence in story] == sorted(told.find(sentence) for sentence in story)
    assert min(told.find(sentence) for sentence in story) > 0
    assert "not enough data" not in told and "Residents" not in told
    oldest = page.soup.find("th", string="60+").find_parent("tr")
    assert [cell.get_text().strip() for cell in oldest.find_all("td")] == [
        "37%",
        "16%",
        "",
        "Far more than their share",
    ]
    assert page.soup.select_one(".verdict--red")


def test_keeping_again_replaces_the_report_and_the_vote_stays(app, tmp_path):
    place = keep_past_vote(town(tmp_path), Residents({"age": AGE}, name="everybody"))
    assert keep_past_vote(town(tmp_path), Residents({"age": AGE}, name="all voters of the town")) == place
    address = "/rounds/{}/{}".format(*place)
    reader = PageClient(app)
    page = reader.get(f"{address}/who-took-part")
    assert "all voters of the town" in page.text and "everybody," not in page.text
    assert f"{address}/who-took-part" in [link["href"] for link in reader.get(address).soup.select("main a")]


def run(instance: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environ |= {"PBUDGET_INSTANCE": str(instance), "PBUDGET_LOG_LEVEL": "warning"}
    return subprocess.run([*PROGRAM, *map(str, arguments)], env=environ, cwd=ROOT, capture_output=True, text=True)


def test_the_command_keeps_the_report_and_says_where_to_read_it(tmp_path):
    (tmp_path / "shares.json").write_text(json.dumps({"age": AGE}), encoding="utf-8")
    command = ("guard", town(tmp_path), "--baseline", tmp_path / "shares.json", "--called", "all voters", "--keep")
    early = run(tmp_path / "instance", *command)
    assert (early.returncode, early.stderr.count("\n")) == (2, 1) and "Run `pbudget migrate` first" in early.stderr
    assert run(tmp_path / "instance", "migrate").returncode == 0
    done = run(tmp_path / "instance", *command)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("Kept. Read it at /rounds/")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--keep"], "--keep needs --baseline FILE"),
        (["--called", "all"], "--called needs --baseline FILE"),
        (["--baseline", "shares.json", "--keep", "--encoding", "cp1250"], "iconv -f cp1250 -t utf-8 town.pb"),
    ],
)
def test_what_cannot_be_kept_is_said_in_one_line(tmp_path, options, said):
    (tmp_path / "shares.json").write_text(json.dumps({"age": AGE}), encoding="utf-8")
    given = [str(tmp_path / each) if each.endswith(".json") else each for each in options]
    done = run(tmp_path, "guard", town(tmp_path), *given)
    assert (done.returncode, done.stderr.count("\n"), said in done.stderr) == (2, 1, True), done.stderr


def group_alike(others: int) -> str:
    """100 people over 60 cast one ballot, and so many others the same; the words for it."""
    ballots = [["p2"]] * 100 + [["p2"]] * others + [["p1"]] * (100 - others) + [["p1", "p3"]] * 60
    said = {"age": ["60+"] * 100 + ["30-59"] * 100 + ["16-29"] * 60}
    looked = looked_at(ballots, said, {"age": AGE})
    story = Story(looked.found, {})
    sentences = [each for each in (*story.reasons(), *story.notes()) if "60+ " in each and "name exactly" in each]
    assert len(sentences) == 1
    return sentences[0]


def test_a_bloc_of_one_group_has_no_figure_where_it_would_give_a_few_others_away():
    assert group_alike(4).startswith("Far more ballots of people aged 60+ than usual name exactly “p2”. ")
    assert group_alike(20).startswith("About 100 ballots of people aged 60+ name exactly “p2”; about ")


def test_where_one_group_is_left_out_of_who_is_served_another_is_too():
    ballots = [["p1"]] * 55 + [["p2"]] * 5 + [["p1"]] * 60 + [["p2"]] * 40 + [["p1"]] * 20 + [["p2"]] * 20
    said = {"age": ["16-29"] * 60 + ["30-59"] * 100 + ["60+"] * 40}
    (table,) = looked_at(ballots, said, {"age": AGE}, pot=10).document().served
    assert [row.nothing for row in table.rows] == [None, 0.4, None]
