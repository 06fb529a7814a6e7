"""Real data as a demonstration: read whole before anything is written, named after its files."""

import csv
from pathlib import Path

import pytest

from pbudget.demo.actions import fill_with_ashmere, fill_with_real_data
from pbudget.demo.ashmere.files import past_files
from pbudget.demo.ashmere.residents import baseline_csv
from pbudget.demo.ashmere.shapes import geojson
from pbudget.demo.label import REAL_NOTICE
from pbudget.demo.queries import is_empty
from pbudget.demo.real import RealDataNotUsable, borough_name, read_folder
from pbudget.kit.clock import SystemClock
from pbudget.kit.errors import BadInput
from pbudget.rounds.queries import number_of_rounds
from pbudget.wards.queries import boroughs
from pbudget.web.layout import read_demo_notice
from tests.support.pages import PageClient

REAL_CODE = ("X9900000", "E0590000")
"""Ashmere's files with codes like real ones stand in for a council's."""


def as_real(content: bytes) -> bytes:
    return content.replace(*(code.encode() for code in REAL_CODE))


@pytest.fixture
def folder(tmp_path) -> Path:
    """One map with its figures, and one election."""
    root = tmp_path / "data"
    for kind in ("geo", "baseline", "pabulib"):
        (root / kind).mkdir(parents=True)
    (root / "geo" / "mere-wards-2020.geojson").write_bytes(as_real(geojson()))
    (root / "baseline" / "mere-wards-2021.csv").write_bytes(as_real(baseline_csv()))
    name, content = next(iter(past_files().items()))
    (root / "pabulib" / name).write_bytes(content)
    return root


def fill(app, folder: Path, **options):
    return fill_with_real_data(app.extensions["settings"].instance, SystemClock(), read_folder(folder), **options)


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("lambeth-wards-2002", "Lambeth (wards of 2002)"),
        ("telford-and-wrekin-wards-2015", "Telford and Wrekin (wards of 2015)"),
        ("newcastle-upon-tyne", "Newcastle upon Tyne"),
    ],
)
def test_a_borough_is_named_after_its_file(stem, name):
    assert borough_name(stem) == name


def test_a_map_and_figures_of_the_same_wards_are_one_borough_named_after_the_figures(folder):
    data = read_folder(folder)
    assert [(borough.name, len(borough.codes)) for borough in data.boroughs] == [("Mere (wards of 2021)", 8)]


def test_newer_figures_of_the_same_wards_do_not_make_another_borough(folder):
    newer = as_real(baseline_csv()).replace(b"2021-03-21", b"2024-06-30")
    (folder / "baseline" / "mere-wards-2024.csv").write_bytes(newer)
    (borough,) = read_folder(folder).boroughs
    assert (borough.name, len(borough.baselines)) == ("Mere (wards of 2021)", 2)


def test_a_folder_fills_an_empty_database_and_says_whose_data_it_is(app, folder):
    done = fill(app, folder)
    assert (done.boroughs, done.wards, done.contests) == (1, 8, 1)
    notice = read_demo_notice(app.extensions["settings"].instance)
    assert notice == REAL_NOTICE
    assert "Contains Ordnance Survey, Office of National Statistics data © Crown copyright" in notice
    assert "Open Government Licence v3.0" in notice


def test_a_real_demonstration_makes_room_for_ashmere_and_back(app, folder):
    instance = app.extensions["settings"].instance
    fill(app, folder)
    fill_with_ashmere(instance, SystemClock(), reset=True)
    assert [borough.name for borough in boroughs()] == ["Ashmere"]
    fill(app, folder, reset=True)
    assert [borough.name for borough in boroughs()] == ["Mere (wards of 2021)"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(RealDataNotUsable, match=r"There is no folder .*nowhere"):
        read_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("kind", "pattern"), [("geo", r"\*\.geojson"), ("baseline", r"\*\.csv"), ("pabulib", r"\*\.pb")]
)
def test_a_kind_of_file_that_is_missing_is_named(folder, kind, pattern):
    for file in (folder / kind).iterdir():
        file.unlink()
    with pytest.raises(RealDataNotUsable, match=rf"There are no {pattern} files in .*{kind}"):
        read_folder(folder)


@pytest.mark.parametrize("file", ["geo/broken.geojson", "baseline/broken.csv", "pabulib/broken.pb"])
def test_a_file_that_cannot_be_used_is_named_in_one_line_and_nothing_is_loaded(sqlite_app, folder, file):
    (folder / file).write_bytes(b"\x89PNG\r\n\x1a\n and so on")
    with pytest.raises(BadInput, match="broken") as refused:
        fill(sqlite_app, folder)
    assert "\n" not in str(refused.value)
    assert is_empty()


def test_figures_with_a_wrong_row_are_named_with_the_row(folder):
    (folder / "baseline" / "mere-wards-2021.csv").write_bytes(
        as_real(baseline_csv()).replace(b"age,0-15,", b"age,0-15,-", 1)
    )
    with pytest.raises(RealDataNotUsable, match=r"mere-wards-2021\.csv: Row 2: .*below zero"):
        read_folder(folder)


def test_the_shared_data_is_five_boroughs_and_twenty_elections(sqlite_app, shared_data):
    done = fill(sqlite_app, shared_data)
    assert {borough.name: borough.wards for borough in boroughs()} == {
        "Lambeth (wards of 2002)": 21,
        "Lambeth (wards of 2022)": 25,
        "Telford and Wrekin (wards of 2013)": 33,
        "Telford and Wrekin (wards of 2015)": 30,
        "Telford and Wrekin (wards of 2023)": 32,
    }
    assert (done.wards, done.contests, done.ballots) == (141, 20, 166_297)
    assert number_of_rounds(("published",)) == 18
    the_pages_of_lambeths_wards_show_the_figures_of_the_file(sqlite_app, shared_data)


def the_pages_of_lambeths_wards_show_the_figures_of_the_file(app, shared_data) -> None:
    """Every figure of a ward of today and of one of 2002, with source and day, as they stand in the files."""
    for file, code in (("lambeth-wards-2022.csv", "E05014095"), ("lambeth-wards-2002.csv", "E05000416")):
        with (shared_data / "baseline" / file).open(encoding="utf-8", newline="") as text:
            rows = [row for row in csv.DictReader(text) if row["ward_code"] == code]
        page = " ".join(PageClient(app).get(f"/wards/{code}").text.split())
        assert len(rows) > 10 and rows[0]["ward_name"] in page
        assert [row for row in rows if f"{int(row['count']):,}" not in page] == []
        assert [source for source in {row["source"] for row in rows} if source not in page] == []
        assert "30 June 2020" in page
