from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from pbudget.kit.errors import BadInput
from pbudget.wards import queries
from pbudget.wards.cli import wards
from tests.wards.building import FIRST, SECOND, directory_csv, figures_csv, two_wards


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(wards, [str(argument) for argument in arguments])


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_the_three_files_are_loaded_one_after_the_other(sqlite_app: Flask, tmp_path: Path):
    said = run("boundaries", write(tmp_path, "wards.geojson", two_wards()), "--borough", "Ashmere").output
    assert "Ashmere: 2 wards added, 0 changed, 0 as before." in said
    said = run("baseline", write(tmp_path, "figures.csv", figures_csv())).output
    assert "8 rows, 2 wards. Dimensions: age, sex." in said
    assert "8 counts added" in said
    rows = directory_csv(("SE1 7AB", "", FIRST), ("SE1 7AD", "", "E05009999"))
    said = run("postcodes", write(tmp_path, "onspd.csv", rows)).output
    assert "Ashmere: 1 postcodes in 1 wards. Of 2 rows read, 1 lie elsewhere" in said


def test_a_dry_run_reports_and_loads_nothing(sqlite_app: Flask, tmp_path: Path):
    result = run("baseline", write(tmp_path, "figures.csv", figures_csv()), "--dry-run", "--borough", "Ashmere")
    assert result.exit_code == 0
    assert "This was a dry run" in result.output
    assert queries.boroughs() == ()


def test_the_first_50_problems_are_listed_and_the_rest_counted(sqlite_app: Flask, tmp_path: Path):
    rows = "\n".join(f"{FIRST},age,group {n},x" for n in range(60))
    result = run("baseline", write(tmp_path, "bad.csv", f"ward_code,dimension,group,count\n{rows}".encode()))
    assert isinstance(result.exception, BadInput)
    assert str(result.exception) == "bad.csv has 60 problems. Nothing was loaded. Mend the file and try again."
    assert result.stderr.count("is not a whole number") == 50
    assert "Row 51:" in result.stderr
    assert "Row 52:" not in result.stderr
    assert "… and 10 more problems." in result.stderr


def test_a_windows_file_is_read_with_a_word_of_caution(sqlite_app: Flask, tmp_path: Path):
    content = figures_csv({FIRST: "Café"}).decode().encode("cp1252")
    said = run("baseline", write(tmp_path, "figures.csv", content), "--borough", "Ashmere").output
    assert "Windows-1252" in said
    assert queries.ward(FIRST).name == "Café"


def test_wards_left_without_boundary_or_figures_are_named(sqlite_app: Flask, tmp_path: Path):
    run("boundaries", write(tmp_path, "wards.geojson", two_wards()), "--borough", "Ashmere")
    said = run("baseline", write(tmp_path, "one.csv", figures_csv({FIRST: "Ashford"}))).output
    assert f"Without figures, because the file does not hold them: {SECOND}." in said


@pytest.mark.parametrize("command", ["boundaries", "baseline", "postcodes"])
def test_a_picture_is_refused_by_every_command(sqlite_app: Flask, tmp_path: Path, command: str):
    run("boundaries", write(tmp_path, "wards.geojson", two_wards()), "--borough", "Ashmere")
    picture = write(tmp_path, "renamed.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))
    options = ("--borough", "Ashmere") if command == "boundaries" else ()
    result = run(command, picture, *options)
    assert isinstance(result.exception, BadInput)
    assert "a picture (PNG)" in str(result.exception)


def test_a_file_of_300_megabytes_is_refused_before_it_is_read(sqlite_app: Flask, tmp_path: Path):
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(300 * 1024**2)
    for command in (("baseline", huge), ("boundaries", huge, "--borough", "Ashmere")):
        assert "is 300 MB" in str(run(*command).exception)


@pytest.mark.parametrize("command", [("boundaries", "--borough", "Ashmere"), ("baseline",), ("postcodes",)])
@pytest.mark.parametrize(("name", "says"), [("", "is a folder"), ("missing.csv", "there is no such file")])
def test_a_folder_or_a_missing_file_is_refused_in_one_line(
    sqlite_app: Flask, tmp_path: Path, command: tuple[str, ...], name: str, says: str
):
    result = run(*command, tmp_path / name)
    assert isinstance(result.exception, BadInput)
    assert says in str(result.exception)
    assert "\n" not in str(result.exception)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\0" * 200_000, "is not plain text in UTF-8"), (b"x" * 200_000, "The heading row cannot be read")],
)
def test_a_postcode_table_without_a_readable_heading_is_refused(
    sqlite_app: Flask, tmp_path: Path, content: bytes, says: str
):
    run("boundaries", write(tmp_path, "wards.geojson", two_wards()), "--borough", "Ashmere")
    result = run("postcodes", write(tmp_path, "onspd.csv", content))
    assert isinstance(result.exception, BadInput)
    assert says in str(result.exception)
