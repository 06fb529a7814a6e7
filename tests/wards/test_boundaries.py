import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.wards.rules import boundaries
from pbudget.wards.rules.boundaries import BoundaryNotUsable, attribution, pack, read_boundaries, unpack
from pbudget.wards.rules.tables import FileNotUsable
from tests.wards.building import FIRST, SECOND, feature, geojson, square, two_wards

LONGITUDES = st.integers(-9_000_000, 2_000_000).map(lambda n: n / 1e6)
LATITUDES = st.integers(49_500_000, 61_000_000).map(lambda n: n / 1e6)
RINGS = st.lists(st.tuples(LONGITUDES, LATITUDES), min_size=3, max_size=6).map(tuple)
POLYGONS = st.lists(RINGS, min_size=1, max_size=2).map(tuple)
SHAPES = st.lists(POLYGONS, min_size=1, max_size=3).map(tuple)


def why_refused(content: bytes, **how) -> str:
    with pytest.raises((BoundaryNotUsable, FileNotUsable)) as refusal:
        read_boundaries(content, **how)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("code", "name"),
    [("WD13CD", "WD13NM"), ("wd25cd", "wd25nm"), ("ward_code", "ward_name"), ("code", "name")],
)
def test_every_known_pair_of_properties_names_the_ward(code, name):
    found = read_boundaries(geojson(feature(properties={code: FIRST, name: " Ashford ", "OBJECTID": 1})))
    assert [(ward.code, ward.name) for ward in found.wards] == [(FIRST, "Ashford")]


def test_the_year_is_read_from_the_newest_ons_property():
    both = {"WD13CD": SECOND, "WD13NM": "Old", "WD22CD": FIRST, "WD22NM": "New"}
    found = read_boundaries(geojson(feature(properties=both)))
    assert (found.year, found.wards[0].name) == (2022, "New")
    assert "wards of 2022" in attribution(found.year)
    assert attribution(None) == ""


def test_parts_and_holes_of_a_ward_are_kept():
    hole = [[-1.497, 52.003], [-1.497, 52.007], [-1.493, 52.007], [-1.493, 52.003], [-1.497, 52.003]]
    parts = {"type": "MultiPolygon", "coordinates": [[*square(), hole], square(5)]}
    shape = read_boundaries(geojson(feature(geometry=parts))).wards[0].shape
    assert [len(polygon) for polygon in shape] == [2, 1]


def test_a_third_coordinate_and_repeated_points_are_dropped():
    ring = [[x, y, 12.5] for x, y in square()[0] for _ in range(2)]
    assert len(read_boundaries(geojson(feature(coordinates=[ring]))).wards[0].shape[0][0]) == 4


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n", "picture"),
        (b'{"type": "FeatureCollection",', "Line 1, column"),
        (b"[1, 2]", "JSON but not GeoJSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"type": "Topology"}', "TopoJSON"),
        (b'{"type": "Feature"}', "not a GeoJSON feature collection"),
        (geojson(), "no wards in it"),
        (geojson({"type": "Feature"}), "Feature 1 has no properties"),
        (geojson(feature(properties={"name": "A"})), "expected WD25CD and WD25NM, found name"),
        (geojson(feature(code="E0500001")), "Feature 1: “E0500001” is not a ward code"),
        (geojson(feature(code="X99000001")), "for demos only"),
        (geojson(feature(name="")), f"ward {FIRST} has no name"),
        (geojson(feature(name="=cmd()")), "formula"),
        (geojson(feature(), feature()), f"Ward {FIRST} is in the file 2 times"),
        (geojson(feature(geometry=None)), "has no shape where a Polygon"),
        (geojson(feature(geometry={"type": "Point", "coordinates": [0, 51]})), "has Point where"),
        (geojson(feature(geometry={"type": "Polygon", "coordinates": []})), "no coordinates|empty polygon"),
        (geojson(feature(coordinates=[[[0, 51], [0, 52], [0, 51]]])), "fewer than 4 points"),
        (geojson(feature(coordinates=[[[0, 51], [0, 52], [0, 53], [0, 51]]])), "encloses nothing"),
        (geojson(feature(coordinates=[[["a", 51], [0, 52], [1, 52], [0, 51]]])), "not a pair of numbers"),
        (geojson(feature(coordinates=[[[True, 51], [0, 52], [1, 52], [0, 51]]])), "not a pair of numbers"),
        (geojson(feature(coordinates=[[[530000, 180000], [531000, 180000], [531000, 181000], [530000, 180000]]])),
         "British National Grid"),
        (geojson(feature(coordinates=[[[-13000, 6710000], [-12000, 6710000], [-12000, 6711000], [-13000, 6710000]]])),
         "Web Mercator"),
        (geojson(feature(coordinates=[[[y, x] for x, y in square()[0]]])), "latitude before longitude"),
        (geojson(feature(coordinates=[[[x + 100, y] for x, y in square()[0]]])), "not in the United Kingdom"),
        (geojson(feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}),
         "coordinate system urn:ogc:def:crs:EPSG::27700"),
        (geojson(feature()).replace(b"-1.5", b"NaN", 1), "not a pair of numbers"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_drawn_is_refused_in_words(content, says):
    message = why_refused(content)
    assert any(part in message for part in says.split("|")), message


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_longitude_and_latitude_by_any_name_are_accepted(crs):
    assert read_boundaries(geojson(feature(), crs={"type": "name", "properties": {"name": crs}})).wards


def test_a_whole_country_and_a_huge_file_are_refused():
    many = [feature(f"E05{n:06}", f"Ward {n}") for n in range(boundaries.MOST_WARDS + 1)]
    assert "holds 201 areas" in why_refused(geojson(*many))
    assert "larger than 30 MB" in why_refused(b" " * (boundaries.LARGEST_FILE + 1))


def test_made_up_wards_need_demo_mode():
    made_up = geojson(feature(code="X99000001"))
    assert read_boundaries(made_up, demo=True).wards
    assert "is a real one" in why_refused(two_wards(), demo=True)


@given(SHAPES)
def test_what_is_packed_comes_back_the_same(shape):
    assert unpack(pack(shape)) == shape


def test_a_packed_boundary_is_whole_micro_degrees_from_point_to_point():
    shape = read_boundaries(geojson(feature())).wards[0].shape
    assert json.loads(pack(shape)) == [[[-1500000, 52000000, 10000, 0, 0, 10000, -10000, 0]]]
