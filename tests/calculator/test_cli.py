import json
from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask

from pbudget.calculator.cli import calculator
from pbudget.calculator.queries import budget_by_slug
from pbudget.config import ROOT
from tests.calculator.building import LIBRARIES, WORKED, as_csv, year_rows

RESPONSE = {
    "budget": "budget.csv",
    "version": 1,
    "lines": {"Libraries": "-10", "Parking charges": "5"},
    "tax": "2.99",
    "schemes": {"New school": "5000000"},
    "band": "C",
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(calculator, [str(argument) for argument in arguments])


def files(folder: Path, **changed: object) -> tuple[Path, Path]:
    table, response = folder / "budget.csv", folder / "response.json"
    table.write_bytes(as_csv([*year_rows(), *WORKED], ";", "cp1252"))
    response.write_text(json.dumps(RESPONSE | changed), encoding="utf-8")
    return table, response


def test_solve_gives_the_worked_example(sqlite_app: Flask, tmp_path: Path):
    _, response = files(tmp_path)
    answer = json.loads(run("solve", response).output)
    assert answer["still_to_find"] == "3329059.81"
    assert answer["effects"]["New school"] == "320059.81"
    assert answer["band"] == {"year": "47.84", "week": "0.92"}


def test_a_dry_run_loads_nothing_and_a_run_loads_it_all(sqlite_app: Flask, tmp_path: Path):
    table, response = files(tmp_path)
    assert "Nothing has been loaded" in run("load", table, "--dry-run").output
    assert budget_by_slug("test-budget") is None
    assert "Loaded as test-budget, version 1." in run("load", table).output
    response.write_text(json.dumps(RESPONSE | {"budget": "test-budget"}))
    assert json.loads(run("solve", response).output)["still_to_find"] == "3329059.81"


def test_a_stale_version_is_refused(sqlite_app: Flask, tmp_path: Path):
    table, response = files(tmp_path, budget="test-budget", version=2)
    run("load", table)
    assert "the budget is at version 1" in str(run("solve", response).exception)


def test_every_row_that_cannot_be_used_is_listed_and_nothing_is_loaded(sqlite_app: Flask, tmp_path: Path):
    table = tmp_path / "bad.csv"
    table.write_bytes(as_csv([*year_rows(gap="lots"), *LIBRARIES]))
    refused = run("load", table)
    assert refused.exception
    assert "bad.csv: Row 5: the value “lots” is no amount" in refused.output
    assert budget_by_slug("test-budget") is None


def test_a_file_that_is_not_there_is_said(sqlite_app: Flask, tmp_path: Path):
    assert "cannot be read" in str(run("load", tmp_path / "none.csv").exception)


def test_the_file_and_the_response_of_that_page_give_its_answer(sqlite_app: Flask, tmp_path: Path):
    blocks = (ROOT / "docs" / "calculator.md").read_text(encoding="utf-8").split("```")
    table, response, answer = (
        next(block.removeprefix(kind) for block in blocks if block.startswith(f"{kind}\n{start}"))
        for kind, start in (("csv", "kind"), ("json", '{"budget"'), ("json", '{"still'))
    )
    (tmp_path / "budget.csv").write_text(table.strip())
    (tmp_path / "response.json").write_text(response)
    assert json.loads(run("solve", tmp_path / "response.json").output) == json.loads(answer)
    assert "2 lines, 2 groups, 1 borrowing scheme." in run("load", tmp_path / "budget.csv").output
    assert budget_by_slug("test-budget-2027").content.lines[0].floor_reason.startswith("We must keep")


def test_the_small_exercise_of_that_page_is_read_and_balanced_by_half_of_the_lamps(sqlite_app: Flask, tmp_path: Path):
    blocks = (ROOT / "docs" / "calculator.md").read_text(encoding="utf-8").split("```")
    table = next(block.removeprefix("csv\n") for block in blocks if block.startswith("csv\nKind;"))
    (tmp_path / "small.csv").write_text(table, encoding="cp1252")
    changed = {"budget": "small.csv", "lines": {"Street lights": "-50"}, "tax": "0", "schemes": {}}
    _, response = files(tmp_path, **changed)
    assert json.loads(run("solve", response).output)["still_to_find"] == "0.00"
    assert "Budget: 1 line, 1 group" in run("load", tmp_path / "small.csv").output
