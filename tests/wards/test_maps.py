import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.wards.rules.atlas import KnownWard, make_atlas, map_version
from pbudget.wards.rules.boundaries import pack, read_boundaries
from pbudget.wards.rules.geometry import area, coarse, room_at, roomiest_point, without_idle_points
from pbudget.wards.rules.maps import (
    Outline,
    draw_map,
    draw_tiles,
    flatten,
    in_order,
    neighbours,
    position_in,
    tile_lines,
)
from tests.wards.building import CORNERS, SIDE, feature, geojson, square

WHOLE_POINTS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=20)


def grid(columns: int, rows: int = 1) -> list[Outline]:
    return [
        Outline(f"E05{row:03}{column:03}", f"Ward {row * columns + column}", shape_of(square(column, row)))
        for row in range(rows)
        for column in range(columns)
    ]


def shape_of(coordinates) -> tuple:
    return read_boundaries(geojson(feature(coordinates=coordinates))).wards[0].shape


def points_of(path: str) -> set[tuple[int, int]]:
    """The corners of a path of whole steps, as SVG reads it."""
    corners = set()
    for part in re.findall(r"M([^z]+)z", path):
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        x, y = 0, 0
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            corners.add((x, y))
    return corners


def test_a_border_drawn_from_both_sides_has_the_same_corners():
    left, right = draw_map(grid(2)).wards
    assert len(points_of(left.path) & points_of(right.path)) == 2


def test_north_is_up_and_east_is_right():
    drawing = draw_map(grid(2, 2))
    at = {ward.code: (ward.x, ward.y) for ward in drawing.wards}
    assert at["E05001000"][1] < at["E05000000"][1]
    assert at["E05000001"][0] > at["E05000000"][0]


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude():
    (ring,) = flatten(shape_of(square()), 60.0)[0]
    width, height = max(x for x, _ in ring) - min(x for x, _ in ring), max(y for _, y in ring) - min(y for _, y in ring)
    assert width / height == pytest.approx(0.5, abs=1e-3)


def test_wards_are_numbered_in_alphabetical_order_with_numbers_by_value():
    names = ["Ward 10", "ward 2", "Éast", "Aston"]
    outlines = [Outline(f"E0500000{n}", name, shape_of(square(n))) for n, name in enumerate(names)]
    assert [ward.name for ward in draw_map(outlines).wards] == sorted(names, key=in_order)
    assert in_order("Ward 2") < in_order("Ward 10")


def test_a_drawing_fits_its_frame_whatever_the_shape_of_the_borough():
    for outlines in (grid(30), grid(1, 30), grid(1)):
        drawing = draw_map(outlines)
        corners = set().union(*(points_of(ward.path) for ward in drawing.wards))
        assert all(
            0 <= x <= drawing.width * drawing.units and 0 <= y <= drawing.height * drawing.units for x, y in corners
        )
        assert drawing.width <= 640
        assert drawing.height <= 720


def test_a_ward_smaller_than_a_pixel_is_still_drawn():
    tiny = [Outline("E05000009", "Tiny", shape_of(square(side=0.00001)))]
    assert all(ward.path for ward in draw_map([*grid(40, 2), *tiny]).wards)


def test_a_hundred_thousand_points_make_a_drawing_of_bounded_size():
    side = [(i / 50_000, (i % 7) / 1000) for i in range(50_000)]
    wiggly = tuple((x - 1.5, y + 52) for x, y in [*side, (1.0, 0.5), (0.0, 0.5)])
    assert sum(len(ward.path) for ward in draw_map([Outline("E05000001", "Coast", ((wiggly,),))]).wards) < 150_000


def test_an_l_shape_takes_its_label_inside_the_thicker_arm():
    l_shape = ((0, 0), (10, 0), (10, 2), (4, 2), (4, 10), (0, 10))
    spot = roomiest_point(((l_shape,),))
    assert room_at(spot.x, spot.y, (l_shape,)) == pytest.approx(spot.radius)
    assert spot.radius > 1.9


def test_a_label_stays_out_of_a_hole():
    ring, hole = ((0, 0), (10, 0), (10, 10), (0, 10)), ((1, 1), (1, 9), (8, 9), (8, 1))
    spot = roomiest_point((((ring), (hole)),))
    assert spot.x > 8


@given(WHOLE_POINTS)
def test_dropping_idle_points_keeps_the_area(points):
    kept = without_idle_points(points)
    assert area(kept) == area(points)
    assert set(kept) <= set(points)


def test_points_on_a_straight_line_and_repeated_points_are_dropped():
    assert without_idle_points([(0, 0), (2, 0), (2, 0), (4, 0), (4, 4), (0, 4), (0, 2), (0, 0)]) == (
        (0, 0),
        (4, 0),
        (4, 4),
        (0, 4),
    )


def test_a_ring_that_starts_in_the_middle_of_a_straight_line_loses_that_start():
    assert without_idle_points([(2, 0), (4, 0), (4, 4), (0, 4), (0, 0)]) == ((4, 0), (4, 4), (0, 4), (0, 0))


def test_a_coarse_outline_keeps_the_corners_that_matter_most():
    ring = ((0, 0), (5, 0.1), (10, 0), (10, 10), (0, 10))
    assert coarse(ring, 4) == ((0, 0), (10, 0), (10, 10), (0, 10))


def test_wards_with_a_common_border_are_neighbours_and_those_meeting_at_a_corner_are_not():
    found = neighbours(grid(2, 2))
    assert found["E05000000"] == ("E05000001", "E05001000")


def test_a_ward_s_place_in_the_borough_is_said_in_words():
    nine = [outline.shape for outline in grid(3, 3)]
    assert [position_in(shape, nine) for shape in (nine[0], nine[1], nine[4], nine[8])] == [
        "south-west", "south", "middle", "north-east",
    ]  # fmt: skip
    assert position_in(nine[0], nine[:1]) == ""


@pytest.mark.parametrize(("wards", "columns"), [(1, 1), (2, 2), (4, 2), (5, 3), (32, 3), (80, 3)])
def test_tiles_stand_in_rows_of_at_most_three_and_none_overlap(wards, columns):
    drawing = draw_tiles([(f"E05{n:06}", f"Ward {n}") for n in range(wards)])
    middles = [(ward.x, ward.y) for ward in drawing.wards]
    assert len(set(middles)) == wards
    assert len({x for x, _ in middles}) == columns
    assert drawing.width <= 290


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Brixton Acre Lane", ("Brixton Acre", "Lane")),
        ("Church Aston and Lilleshall", ("Church Aston &", "Lilleshall")),
        ("Northwood Ward", ("Northwood",)),
        ("Ward", ("Ward",)),
        ("Llanfairpwllgwyngyll", ("Llanfairpwllg…",)),
    ],
)
def test_a_tile_holds_a_short_name_in_lines(name, lines):
    assert tile_lines(name) == lines


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=120).filter(str.strip))
def test_any_name_fits_a_tile(name):
    lines = tile_lines(name)
    assert 1 <= len(lines) <= 3
    assert all(0 < len(line) <= 14 for line in lines)


def test_a_borough_with_some_boundaries_is_a_map_and_one_with_none_is_tiles():
    bounded = KnownWard("E05000001", "A", pack(shape_of(square())))
    bare = KnownWard("E05000002", "B", None)
    assert not make_atlas([bounded, bare]).drawing.is_tiles
    assert make_atlas([bare]).drawing.is_tiles


def test_the_map_version_changes_with_a_name_a_boundary_or_a_ward_and_not_with_their_order():
    one, two = KnownWard("E05000001", "A", None), KnownWard("E05000002", "B", "[[[1,2]]]")
    version = map_version([one, two])
    assert map_version([two, one]) == version
    renamed, redrawn = KnownWard("E05000001", "C", None), KnownWard("E05000002", "B", None)
    assert len({version, map_version([renamed, two]), map_version([one, redrawn]), map_version([one])}) == 4


def test_the_corner_of_the_first_square_is_where_the_builder_puts_it():
    west, south = CORNERS
    assert shape_of(square())[0][0][2] == pytest.approx((west + SIDE, south + SIDE))
