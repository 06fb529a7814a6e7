from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from pbudget.db import db, transaction
from pbudget.kit.clock import FixedClock
from pbudget.wards import queries
from pbudget.wards.actions import (
    BaselineNotUsable,
    WardNotUsable,
    import_boundaries,
    import_postcodes,
    load_baseline,
)
from pbudget.wards.models import Baseline, BaselineCount, Borough, Postcode, Ward
from pbudget.wards.rules.baselines import read_baseline
from pbudget.wards.rules.boundaries import read_boundaries
from pbudget.wards.rules.tables import FileNotUsable
from tests.wards.building import FIRST, SECOND, THIRD, directory_csv, feature, figures_csv, geojson, square, two_wards

NOON = FixedClock(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))  # 1 July in London


def draw(content: bytes = b"", name: str = "Ashmere", **how):
    return import_boundaries(read_boundaries(content or two_wards(), demo=how.get("demo", False)), name, **how)


def load(content: bytes = b"", **how):
    return load_baseline(read_baseline(content or figures_csv(), demo=how.get("demo", False)), NOON, **how)


def directory(folder: Path, *rows: tuple[str, str, str]) -> Path:
    path = folder / "ONSPD_AUG_2025_UK.csv"
    path.write_bytes(directory_csv(*rows))
    return path


def how_many(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_boundaries_make_the_borough_and_its_wards(app: Flask):
    done = draw()
    assert (done.slug, done.added, done.changed, done.left_out) == ("ashmere", (FIRST, SECOND), (), ())
    page = queries.borough("ashmere")
    assert [(ward.name, ward.has_boundary) for ward in page.wards] == [("Ashford", True), ("Birchwick", True)]
    assert "wards of 2013" in page.boundaries_source


def test_the_same_boundaries_again_change_nothing(app: Flask):
    draw()
    version = queries.borough("ashmere").map_version
    done = draw(name="ASHMERE")
    assert (done.added, done.changed, done.unchanged) == ((), (), (FIRST, SECOND))
    assert queries.borough("ashmere").map_version == version
    assert how_many(Borough) == 1


def test_new_boundaries_rename_redraw_and_take_missing_wards_off_the_map(app: Flask):
    draw()
    version = queries.borough("ashmere").map_version
    done = draw(geojson(feature(FIRST, "Ashford Bridge", square(3)), feature(THIRD, "Copsley", square(4))))
    assert (done.added, done.changed, done.left_out) == ((THIRD,), (FIRST,), (SECOND,))
    wards = {ward.code: ward for ward in queries.borough("ashmere").wards}
    assert wards[FIRST].name == "Ashford Bridge"
    assert not wards[SECOND].has_boundary
    assert queries.borough("ashmere").map_version != version


def test_a_ward_of_another_borough_stops_the_whole_import(app: Flask):
    draw()
    with pytest.raises(WardNotUsable, match=f"Ward {SECOND} Birchwick already belongs to Ashmere"):
        draw(geojson(feature(THIRD, "Copsley", square(4)), feature(SECOND, "Birchwick", square(1))), "Windle")
    assert (how_many(Borough), how_many(Ward)) == (1, 2)


def test_a_demo_borough_and_a_real_one_are_never_mixed(app: Flask):
    draw()
    with pytest.raises(WardNotUsable, match="is real"):
        draw(geojson(feature("X99000001", "Nowhere")), "Ashmere", demo=True)


def test_figures_make_wards_that_have_no_boundary_yet(app: Flask):
    done = load(name="Ashmere")
    assert (done.new_wards, done.wards, done.rows, done.added) == ((FIRST, SECOND), 2, 8, 8)
    page = queries.borough("ashmere")
    assert not page.has_map
    assert [ward.residents for ward in page.wards] == [100, 100]
    assert queries.atlas(page.id, page.map_version).drawing.is_tiles


def test_figures_find_their_borough_by_its_wards(app: Flask):
    draw()
    assert load().borough == "Ashmere"
    page = queries.ward(FIRST)
    assert [dimension.name for dimension in page.dimensions] == ["age", "sex"]
    assert [group.name for group in page.dimensions[0].groups] == ["0-15", "16+"]
    assert page.dimensions[0].dates == (date(2021, 3, 21),)
    assert queries.borough("ashmere").baseline.loaded_on == date(2026, 7, 1)


def test_figures_of_unknown_wards_need_the_borough_s_name(app: Flask):
    with pytest.raises(WardNotUsable, match="None of the wards of the file is known"):
        load()
    draw(geojson(feature()))
    with pytest.raises(WardNotUsable, match=f"Ward {SECOND} of the file is known"):
        load()


def test_figures_of_two_boroughs_at_once_are_refused(app: Flask):
    draw(geojson(feature(FIRST)))
    draw(geojson(feature(SECOND, "Birchwick")), "Windle")
    with pytest.raises(WardNotUsable, match="wards of Ashmere and Windle"):
        load()


def test_the_same_figures_again_change_nothing(app: Flask):
    draw()
    first = load()
    again = load()
    assert (again.version, again.added, again.changed, again.removed) == (first.version, 0, 0, 0)
    assert (how_many(Baseline), how_many(BaselineCount)) == (1, 8)


def test_new_figures_replace_the_old_which_are_kept_and_can_come_back(app: Flask):
    draw()
    old = load()
    new = load(figures_csv().replace(b",20,", b",30,"))
    assert (new.added, new.changed, new.removed) == (0, 2, 0)
    assert queries.ward(FIRST).residents == 110
    assert how_many(Baseline) == 2
    assert load().version == old.version
    assert queries.ward(FIRST).residents == 100
    assert how_many(Baseline) == 2


def test_wards_left_out_of_new_figures_are_named(app: Flask):
    draw()
    load()
    done = load(figures_csv({FIRST: "Ashford"}))
    assert (done.left_out, done.removed) == ((SECOND,), 4)
    assert [ward.has_figures for ward in queries.borough("ashmere").wards] == [True, False]


def test_a_file_with_a_problem_loads_nothing(app: Flask):
    draw()
    with pytest.raises(BaselineNotUsable, match="nothing was loaded"):
        load(figures_csv() + b"\nE05000002,Birchwick,sex,X,-1,,")
    assert how_many(Baseline) == 0


def test_a_failure_half_way_loads_nothing(app: Flask):
    report = read_baseline(figures_csv())
    object.__setattr__(report.figures[-1], "count", -5)  # what a rule has let through, the database refuses
    with pytest.raises(IntegrityError):
        load_baseline(report, NOON, name="Ashmere")
    assert (how_many(Borough), how_many(Ward), how_many(Baseline), how_many(BaselineCount)) == (0, 0, 0, 0)


def test_figures_of_adults_are_not_shown_as_the_residents(app: Flask):
    load(figures_csv(groups=[("sex_16plus", "F", 40), ("sex_16plus", "M", 41)]), name="Ashmere")
    page = queries.borough("ashmere")
    assert [(ward.has_figures, ward.residents) for ward in page.wards] == [(True, None), (True, None)]
    assert page.residents is None


def test_a_boundary_name_wins_over_the_name_in_the_figures(app: Flask):
    draw()
    load(figures_csv({FIRST: "ASHFORD", SECOND: "BIRCHWICK"}))
    assert queries.ward(FIRST).name == "Ashford"
    load(figures_csv({THIRD: "Copsly"}), name="Windle")
    load(figures_csv({THIRD: "Copsley"}))
    assert queries.ward(THIRD).name == "Copsley"


def test_postcodes_in_use_of_our_wards_are_kept_and_the_rest_is_counted(app: Flask, tmp_path: Path):
    draw()
    done = import_postcodes(
        directory(
            tmp_path,
            ("SE1 7AB", "", FIRST),
            ("SE1 7AD", "", SECOND),
            ("SE1 7AE", "199606", FIRST),
            ("SE1 7AF", "", "E05009999"),
            ("??", "", FIRST),
            ("SE1 7AB", "", FIRST),
        )
    )
    assert (done.read, done.kept, done.ended, done.elsewhere, done.unreadable) == (6, 2, 1, 1, 1)
    assert (done.wards, done.boroughs) == (2, ("Ashmere",))
    assert queries.ward_of_postcode("SE17AB") == FIRST
    assert queries.ward_of_postcode("SE17AE") is None
    assert queries.borough("ashmere").postcodes_source == "ONSPD_AUG_2025_UK"


def test_a_newer_directory_replaces_the_borough_s_postcodes_and_no_other_s(app: Flask, tmp_path: Path):
    draw()
    draw(geojson(feature(THIRD, "Copsley", square(9))), "Windle")
    import_postcodes(directory(tmp_path, ("SE1 7AB", "", FIRST), ("SE1 7AD", "", FIRST), ("TF1 1AA", "", THIRD)))
    import_postcodes(directory(tmp_path, ("SE1 7AB", "", SECOND)))
    found = [queries.ward_of_postcode(postcode) for postcode in ("SE17AB", "SE17AD", "TF11AA")]
    assert found == [SECOND, None, THIRD]


def test_a_postcode_that_moved_to_another_borough_lies_in_the_new_one_only(app: Flask, tmp_path: Path):
    draw()
    draw(geojson(feature(THIRD, "Copsley", square(9))), "Windle")
    import_postcodes(directory(tmp_path, ("SE1 7AB", "", FIRST)))
    import_postcodes(directory(tmp_path, ("SE1 7AB", "", THIRD)))
    assert queries.ward_of_postcode("SE17AB") == THIRD


def test_more_postcodes_than_one_batch_are_all_loaded(app: Flask, tmp_path: Path):
    draw()
    letters = "ABDEFGHJLN"
    rows = [
        (f"SE{n // 900 + 1} {n % 9}{letters[n // 9 % 10]}{letters[n // 90 % 10]}", "", (FIRST, SECOND)[n % 2])
        for n in range(2500)
    ]
    assert import_postcodes(directory(tmp_path, *rows)).kept == how_many(Postcode) == 2500


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("SE1 7AB", "", "E05009999")], "None of the 1 postcodes"),
        ([("SE1 7AB", "202001", FIRST)], "have ended"),
    ],
)
def test_a_directory_without_our_postcodes_changes_nothing(app: Flask, tmp_path: Path, rows, says):
    draw()
    import_postcodes(directory(tmp_path, ("SE1 7AB", "", FIRST)))
    with pytest.raises(WardNotUsable, match=says):
        import_postcodes(directory(tmp_path, *rows))
    assert queries.ward_of_postcode("SE17AB") == FIRST


def test_a_directory_needs_wards_and_must_be_one(app: Flask, tmp_path: Path):
    with pytest.raises(WardNotUsable, match="no wards yet"):
        import_postcodes(directory(tmp_path, ("SE1 7AB", "", FIRST)))
    draw()
    zipped = tmp_path / "ONSPD.zip"
    zipped.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(FileNotUsable, match="zip file"):
        import_postcodes(zipped)


def test_a_sector_is_known_only_if_a_postcode_of_exactly_that_sector_is(app: Flask, tmp_path: Path):
    draw()
    import_postcodes(directory(tmp_path, ("SE17 1AA", "", FIRST)))
    assert queries.has_postcodes_near("SE171")
    assert not queries.has_postcodes_near("SE17")  # SE1 7AA would be another place than SE17 1AA


@pytest.mark.parametrize(
    "row",
    [
        lambda: Ward(code="E05000009X", name="Ten characters", borough_id=1),
        lambda: Ward(code="W05000009", name="Not English", borough_id=1),
        lambda: Ward(code=FIRST, name="Twice", borough_id=1),
        lambda: Ward(code="E05000009", name="", borough_id=1),
        lambda: Ward(code="E05000009", name="No borough", borough_id=99),
        lambda: Borough(slug="ashmere", name="Another"),
        lambda: Postcode(postcode="SE1", ward_id=1),
        lambda: Baseline(borough_id=1, version="short", loaded_on=date(2026, 1, 1)),
        lambda: Baseline(borough_id=1, version="f" * 64, loaded_on=date(2026, 1, 1), is_current=True),
    ],
)
def test_the_database_refuses_what_must_never_be(app: Flask, row):
    draw()
    load()
    with pytest.raises(Exception, match=r"(?i)constraint|too long"), transaction() as session:
        session.add(row())
