from datetime import UTC, datetime
from pathlib import Path

import pytest

from pbudget.kit.clock import FixedClock
from pbudget.wards.actions import import_boundaries, load_baseline
from pbudget.wards.rules.baselines import read_baseline
from pbudget.wards.rules.boundaries import read_boundaries
from pbudget.wards.rules.maps import Outline, draw_map, neighbours
from tests.support.pages import PageClient

CLOCK = FixedClock(datetime(2026, 7, 1, tzinfo=UTC))
BASELINES = {
    "lambeth-wards-2002": (21, 294),
    "lambeth-wards-2022": (25, 350),
    "telford-and-wrekin-wards-2015": (30, 360),
    "telford-and-wrekin-wards-2023": (32, 384),
}


def outlines(shared_data: Path, name: str) -> list[Outline]:
    file = read_boundaries((shared_data / "geo" / f"{name}.geojson").read_bytes())
    assert file.year == 2013
    return [Outline(ward.code, ward.name, ward.shape) for ward in file.wards]


@pytest.mark.parametrize(("name", "wards"), [("lambeth-wards-2013", 21), ("telford-and-wrekin-wards-2013", 33)])
def test_published_boundaries_are_drawn_in_a_small_file(shared_data: Path, name: str, wards: int):
    drawing = draw_map(outlines(shared_data, name))
    assert len(drawing.wards) == wards
    assert drawing.units == 10
    assert sum(len(ward.path) for ward in drawing.wards) < 15_000
    assert sum(len(ward.area) for ward in drawing.wards) < 6_000


def test_neighbours_in_lambeth_are_those_on_the_ground(shared_data: Path):
    wards = outlines(shared_data, "lambeth-wards-2013")
    names = {ward.code: ward.name for ward in wards}
    beside = {names[code]: {names[other] for other in others} for code, others in neighbours(wards).items()}
    assert beside["Thurlow Park"] == {"Gipsy Hill", "Herne Hill", "Knight's Hill", "Streatham Hill", "Tulse Hill"}
    assert all(name in beside[other] for name, others in beside.items() for other in others)


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_published_figures_are_complete(shared_data: Path, name: str):
    report = read_baseline((shared_data / "baseline" / f"{name}.csv").read_bytes())
    assert report.usable
    assert (len(report.wards), report.rows) == BASELINES[name]


def test_lambeth_has_a_map_with_figures_and_telford_tiles(shared_data: Path, client: PageClient):
    boundaries = read_boundaries((shared_data / "geo" / "lambeth-wards-2013.geojson").read_bytes())
    import_boundaries(boundaries, "Lambeth")
    lambeth = load_baseline(read_baseline((shared_data / "baseline" / "lambeth-wards-2002.csv").read_bytes()), CLOCK)
    assert (lambeth.borough, lambeth.new_wards, lambeth.left_out) == ("Lambeth", (), ())
    telford = read_baseline((shared_data / "baseline" / "telford-and-wrekin-wards-2023.csv").read_bytes())
    load_baseline(telford, CLOCK, name="Telford & Wrekin")
    assert "21 wards, home to 321,813 people" in client.get("/boroughs/lambeth").text
    assert "in the south-east of Lambeth" in client.get("/wards/E05000434").text
    assert "It is not a map" in client.get("/boroughs/telford-and-wrekin").text
