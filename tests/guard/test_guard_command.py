"""`pbudget guard` as people and programs use it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pbudget.guard.cli import guard
from tests.tally.builders import pb_file

PROGRAM = [sys.executable, "-c", "from pbudget.cli import main; main()", "guard"]
KEYS = {
    "n", "projects", "winners", "verdict", "reasons", "axes", "z", "balance", "weights", "rake", "cap", "logo",
    "outcome", "harm", "discount_moved", "max_swing", "money_swing", "unknown_all", "unknown_decisive",
    "coordination", "win_prob", "projects_detail", "mes_winners", "config_version", "baseline_version", "input_hash",
}  # fmt: skip
AXES = {
    "skew", "tvx", "decisive", "shut_out", "turnout_money", "coordination", "concentrated", "bloc_money", "run",
    "discount_changes", "hurt", "pivotal", "noted",
}  # fmt: skip
PEOPLE = [("17", "F"), ("44", "M"), ("61", "F"), ("", ""), ("30.0", "M"), ("201", "X")]
CSV = (
    "ward_code,ward_name,dimension,group,count,source,date\n"
    + "".join(
        f"E0500041{ward},Test ward {ward},age,{group},{count},Test figures,2011-03-27\n"
        for ward in (6, 7)
        for group, count in (("0-15", 300), ("16-29", 200), ("30-59", 350), ("60+", 150))
    )
).encode()
SHARES = {"age": {"16-29": 0.3, "30-59": 0.5, "60+": 0.2}, "sex": {"F": 0.5, "M": 0.5}}


def run(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *map(str, options)], capture_output=True, text=True, check=False)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A town of 240 ballots: everybody votes much alike."""
    votes = "".join(
        f"{i};{'1,2' if i % 3 else '2'};{age};{sex}\n" for i in range(240) for age, sex in [PEOPLE[i % len(PEOPLE)]]
    )
    path = tmp_path / "town.pb"
    path.write_bytes(pb_file(votes=votes, header="voter_id;vote;age;sex", instance="2024"))
    return path


@pytest.fixture
def shares(tmp_path: Path) -> Path:
    path = tmp_path / "shares.json"
    path.write_text(json.dumps(SHARES), encoding="utf-8")
    return path


@pytest.fixture
def wards(tmp_path: Path) -> Path:
    path = tmp_path / "wards.csv"
    path.write_bytes(CSV)
    return path


def test_json_has_exactly_the_promised_shape(town: Path, shares: Path) -> None:
    finished = run(town, "--baseline", shares, "--json")
    found = json.loads(finished.stdout)
    assert (finished.returncode, set(found), set(found["axes"])) == (0, KEYS, AXES)
    assert {group: row["x"] for group, row in found["balance"]["age"]["groups"].items()} == {
        "16-29": 40,
        "30-59": 80,
        "60+": 40,
    }
    assert found["balance"]["sex"]["known"] == 160
    assert finished.stderr == ""


def test_the_page_for_people_fits_80_columns_and_says_what_it_cannot_see(town: Path, shares: Path) -> None:
    page = run(town, "--baseline", shares).stdout
    body = page.partition("Compared with")[0]
    assert max(map(len, body.splitlines())) <= 80
    assert "\nWhat the guard cannot see\n" in page


def test_a_ward_of_a_councils_file_is_compared_with_its_residents_from_16_on(town: Path, wards: Path) -> None:
    finished = run(town, "--baseline", wards, "--ward", "E05000417", "--ages", "16+", "--json")
    found = json.loads(finished.stdout)
    assert list(found["balance"]) == ["age"]
    assert list(found["balance"]["age"]["groups"]) == ["16-29", "30-59", "60+"]
    assert "The population figures are of 2011 and the vote of 2024: people have moved since." in finished.stderr


def test_without_figures_there_is_no_verdict_and_a_sentence_says_why(town: Path) -> None:
    finished = run(town)
    assert finished.returncode == 0
    assert "NOT ENOUGH DATA" in finished.stdout
    assert "Add --baseline FILE." in " ".join(finished.stdout.split())


def test_more_ballots_than_people_is_said(town: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("ward_code,dimension,group,count\nE05000416,age,16-29,60\nE05000416,age,30+,90\n", encoding="utf-8")
    page = " ".join(run(town, "--baseline", few).stdout.split())
    assert "240 ballots were cast and 150 people live there by these figures: they are old, or of another ward." in page


def test_groups_of_another_kind_are_said_to_match_nobody(town: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"age": {"young": 0.5, "old": 0.5}, "tenure": {"rents": 1}}', encoding="utf-8")
    page = " ".join(run(town, "--baseline", other).stdout.split())
    assert "have an answer to “age” that is none of the baseline's groups (young, old); they count as unknown." in page
    assert "The file has no column “tenure”, so “tenure” cannot be compared." in page
    assert "NOT ENOUGH DATA" in page


def test_figures_for_a_demonstration_are_said_to_be_made_up(town: Path, tmp_path: Path) -> None:
    demo = tmp_path / "demo.csv"
    demo.write_text(
        "ward_code,dimension,group,count,source\n"
        "X99000001,age,16-29,600,SYNTHETIC DEMO - NOT REAL\nX99000001,age,30+,900,SYNTHETIC DEMO - NOT REAL\n",
        encoding="utf-8",
    )
    assert "These population figures are made up for a demonstration." in run(town, "--baseline", demo).stdout


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", [], "base: The file is empty."),
        (b"\x89PNG\r\n", [], "base: The file is a picture (PNG), not a CSV file."),
        (b"{", [], "base: this is not JSON"),
        (b"{}", [], "base: the baseline is empty."),
        (b'{"age": [1]}', [], "base: “age” has no groups."),
        (b'{"age": {"0-17": "x", "18+": 1}}', [], "base: the share of “0-17” (age) is not a number from 0 to 1."),
        (b'{"age": {"0-17": true, "18+": 0}}', [], "base: the share of “0-17” (age) is not a number from 0 to 1."),
        (b'{"age": {"0-17": NaN, "18+": 1}}', [], "base: the share of “0-17” (age) is not a number from 0 to 1."),
        (b'{"age": {"0-17": 0.4, "18+": 0.4}}', [], "base: the shares of “age” add up to 0.800, not to 1."),
        (b'{"age": {"18+": 0.5, "18+": 0.5}}', [], "base: “18+” stands twice in it."),
        (b'{"age": {"18+": 1}}', ["--ward", "E05000416"], "base: a JSON baseline is of one place; leave out --ward."),
        (CSV, [], "base: it holds 2 wards. Say which with --ward: E05000416, E05000417."),
        (CSV, ["--ward", "E05000999"], "base: there is no ward E05000999 in it. It has E05000416, E05000417."),
        (CSV, ["--ward", "E05000416", "--ages", "20+"], "The baseline's age group “16-29” is partly inside 20 to 200."),
        (CSV, ["--ward", "E05000416", "--ages", "old"], "--ages old is not a range of ages. Write 16+ or 11-25."),
        (CSV.replace(b"300", b"-3"), ["--ward", "E05000416"], "base: Row 2: the count “-3” is below zero."),
        (b'{"sex": {"F": 1}}', ["--ages", "16+"], "The baseline has no ages, so it cannot be limited to some."),
        (None, ["--ward", "E05000416"], "--ward needs --baseline FILE."),
        (None, ["--ages", "16+"], "--ages needs --baseline FILE."),
    ],
)
def test_what_cannot_be_used_ends_with_status_2_and_one_line(
    town: Path, tmp_path: Path, content: bytes | None, options: list[str], said: str
) -> None:
    base = tmp_path / "base"
    base.write_bytes(content or b"")
    given = [] if content is None else ["--baseline", str(base)]
    finished = run(town, *given, *options)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.startswith(f"pbudget: {said}")
    assert finished.stderr.count("\n") == 1


def test_files_that_are_not_there_and_folders_end_with_status_2(town: Path, tmp_path: Path) -> None:
    for options in ([tmp_path / "none.pb"], [town, "--baseline", tmp_path / "none"], [town, "--baseline", tmp_path]):
        finished = run(*options)
        assert (finished.returncode, finished.stdout, finished.stderr.count("\n")) == (2, "", 1)


def test_every_real_file_can_be_looked_at_whatever_its_ballots(shared_data: Path, shares: Path) -> None:
    for path in sorted((shared_data / "pabulib").glob("*.pb")):
        if path.stat().st_size < 1_000_000:
            finished = CliRunner().invoke(guard, [str(path), "--baseline", str(shares), "--json"])
            assert finished.exit_code == 0, path.name
            assert json.loads(finished.stdout)["n"] > 0, path.name


def test_nothing_of_numpy_is_loaded_before_a_guard_is_asked_for() -> None:
    check = "import sys, app, pbudget.cli, pbudget.balance.disclosure, pbudget.balance.representation; app.create_app; "
    check += "print({'numpy', 'mpmath'} & {name.partition('.')[0] for name in sys.modules})"
    shown = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "set()"
