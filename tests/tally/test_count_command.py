"""`pbudget count` as people and programs use it."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from pbudget.tally.cli import as_object
from pbudget.tally.cli import count as count_command
from pbudget.tally.pabulib import read
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule
from tests.tally.builders import pb_file

PROGRAM = [sys.executable, "-c", "from pbudget.cli import main; main()", "count"]
FILE = pb_file(votes="1;1\n2;1,2\n3;1,3\n4;2\n5;\n", projects="1;60;Park\n2;50;Bench\n3;30;Kiosk\n4;5;Tree\n")


def run(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, str(path), *options], capture_output=True, text=True, check=False)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "town.pb"
    path.write_bytes(FILE)
    return path


def test_json_has_exactly_the_promised_shape(town: Path) -> None:
    finished = run(town, "--json")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert json.loads(finished.stdout) == {
        "rule": "greedy",
        "winners": ["1", "3"],
        "spent": "90",
        "remaining": "10",
        "reasons": {
            "1": "Funded: 3 votes, ranked 1st; £40 left after it.",
            "3": "Funded: 1 vote, ranked 3rd; £10 left after it.",
            "2": "Not funded: it costs £50 and £40 was left when its turn came.",
            "4": "Not funded: it got no votes.",
        },
        "ballots": 5,
        "classes": 5,
    }


def test_the_page_for_people_reads_well_in_80_columns(town: Path) -> None:
    finished = run(town)
    assert finished.stdout == (
        "town.pb\n"
        "Test\n"
        "\n"
        "Rule      Greedy by votes, skips what does not fit; ties: by reference\n"
        "Ballots   5 (5 different, 1 blank)\n"
        "Pot       £100\n"
        "Spent     £90 on 2 of 4 projects\n"
        "Left      £10\n"
        "\n"
        "Funded\n"
        "  1. Park [1], £60\n"
        "     3 votes, ranked 1st; £40 left after it.\n"
        "  2. Kiosk [3], £30\n"
        "     1 vote, ranked 3rd; £10 left after it.\n"
        "\n"
        "Not funded\n"
        "  -  Bench [2], £50\n"
        "     It costs £50 and £40 was left when its turn came.\n"
        "  -  Tree [4], £5\n"
        "     It got no votes.\n"
    )


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (["--unaffordable", "stop"], Rule(unaffordable="stop")),
        (["--rule", "greedy-value"], Rule("greedy-value")),
        (["--rule", "equal-shares"], Rule("equal-shares")),
        (["--rule", "equal-shares", "--utility", "cardinality"], Rule("equal-shares", "cardinality")),
        (["--rule", "equal-shares", "--completion", "greedy"], Rule("equal-shares", completion="greedy")),
        (
            ["--rule", "equal-shares", "--completion", "add1", "--step", "0.5"],
            Rule("equal-shares", completion="add1", step=Fraction(1, 200)),
        ),
        (["--rule", "phragmen"], Rule("phragmen")),
        (["--min-score", "30"], Rule(minimum_score=30)),
        (["--tie-break", "cheaper"], Rule(ties="cheaper")),
        (["--tie-break", "lot:2026"], Rule(ties="lot:2026")),
    ],
)
def test_every_option_reaches_the_count(shared_data: Path, options: list[str], rule: Rule) -> None:
    path = shared_data / "pabulib" / "Worldwide_Mechanical_Turk_Knapsack_8.pb"
    election = read(path)
    found = json.loads(run(path, *options, "--json").stdout)
    assert found == as_object(election, count(election, rule))
    assert found["reasons"] != as_object(election, count(election, Rule()))["reasons"]


def test_as_file_uses_the_rule_and_the_minimum_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "stated.pb"
    path.write_bytes(FILE.replace(b"rule;greedy\n", b"rule;greedy-no-skip\nmin_project_score_threshold;2\n"))
    assert json.loads(run(path, "--json").stdout)["winners"] == ["1", "3"]
    reasons = json.loads(run(path, "--as-file", "--json").stdout)["reasons"]
    assert reasons["2"] == "Not funded: it costs £50 and £40 was left when its turn came."
    assert reasons["3"] == "Not funded: 1 vote, and at least 2 were needed."


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--as-file", "--rule", "greedy"], "--as-file takes the rule from the file. Leave out --rule, or --as-file."),
        (["--tie-break", "coin"], "“coin” is not a tie rule. Use id, cheaper, lot:SEED, drawn or drawn:ID,ID,…"),
        (["--min-score", "many"], "--min-score many is not a number. Write 50 or 0.5, for example."),
        (["--min-score", "-1"], "--min-score -1 is below zero."),
        (["--rule", "equal-shares", "--utility", "score"], "town.pb has approval ballots, which give no points."),
        (["--encoding", "klingon"], "“klingon” is not an encoding."),
    ],
)
def test_options_that_cannot_be_used_end_with_status_2_and_one_line(town: Path, options: list[str], said: str) -> None:
    finished = run(town, *options)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.startswith(f"pbudget: {said}")
    assert finished.stderr.count("\n") == 1


def test_a_file_that_cannot_be_read_ends_with_status_2_and_one_line_saying_where_and_why(tmp_path: Path) -> None:
    path = tmp_path / "cut.pb"
    path.write_bytes(FILE[: len(FILE) // 2])
    for file in (path, tmp_path / "none.pb", tmp_path):
        finished = run(file, "--json")
        assert (finished.returncode, finished.stdout) == (2, "")
        assert finished.stderr.startswith(f"pbudget: {file.name}")
        assert finished.stderr.count("\n") == 1


def test_what_is_noted_about_a_file_goes_to_the_page_or_beside_the_json(tmp_path: Path) -> None:
    path = tmp_path / "comma.pb"
    path.write_bytes(FILE.replace(b"2;50;", b"2;50,5;"))
    assert run(path).stdout.endswith(
        "About the file\n  -  line 18: the cost of 2 “50,5” was read with a decimal comma\n"
    )
    finished = run(path, "--json")
    assert finished.stderr == "pbudget: comma.pb, line 18: the cost of 2 “50,5” was read with a decimal comma.\n"
    assert json.loads(finished.stdout)["ballots"] == 5


def test_a_tie_that_decided_money_and_the_runs_of_add1_are_printed(tmp_path: Path) -> None:
    path = tmp_path / "tie.pb"
    path.write_bytes(pb_file(votes="1;1\n2;2\n", projects="1;60;Park\n2;60;Bench\n"))
    assert run(path).stdout.endswith("Ties that decided money\n  -  1 tied with 2; the tie rule (id) decided.\n")
    shares = run(path, "--rule", "equal-shares", "--completion", "add1", "--step", "5").stdout
    assert "Shares    raised by 15% (4 runs made, 5% a run)\n" in shares


@pytest.mark.parametrize(
    "options",
    [
        ["--rule", "greedy"],
        ["--rule", "greedy-value"],
        ["--rule", "equal-shares", "--utility", "cost", "--completion", "greedy"],
        ["--rule", "equal-shares", "--utility", "cardinality", "--completion", "none"],
    ],
)
def test_every_real_file_can_be_counted_from_the_command_line(shared_data: Path, options: list[str]) -> None:
    for path in sorted((shared_data / "pabulib").glob("*.pb")):
        finished = CliRunner().invoke(count_command, [str(path), *options, "--tie-break", "id", "--json"])
        assert (finished.exit_code, finished.stderr) == (0, ""), path.name
        assert json.loads(finished.stdout)["winners"], path.name


def test_no_line_for_people_is_longer_than_80_columns(shared_data: Path) -> None:
    for path in sorted((shared_data / "pabulib").glob("*.pb")):
        page = CliRunner().invoke(count_command, [str(path), "--rule", "equal-shares", "--completion", "greedy"]).stdout
        assert max(map(len, page.splitlines())) <= 80


def test_count_imports_neither_the_web_nor_the_database_nor_locale_data() -> None:
    check = "import sys, pbudget.tally.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout.split()
    assert not {"flask", "sqlalchemy", "babel", "numpy", "werkzeug"} & set(loaded)


def test_an_empty_file_name_is_said_to_be_empty() -> None:
    for nothing in ("", " "):
        program = [sys.executable, "-c", "from pbudget.cli import main; main()", "count", nothing]
        finished = subprocess.run(program, capture_output=True, text=True)
        assert (finished.returncode, finished.stdout) == (2, "")
        assert finished.stderr.startswith("pbudget: the name of the file is empty. Write which file to count")
