"""Drawing a borough's wards: on its map where boundaries are known, or as tiles in alphabetical order.

    draw_map([Outline("E05000416", "Bishop's", shape), …])  ->  WardMap with one path a ward
    draw_tiles([("E05014095", "Brixton Acre Lane"), …])     ->  WardMap with one rectangle a ward

A map is 640 pixels wide at most; paths are written in whole units of a tenth of a pixel (coarser if the file would grow
past 150 kB). Every point is rounded on its own, so a border that two wards share stays one line.
"""

import math
import re
import textwrap
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pbudget.wards.rules.geometry import (
    Box,
    Point,
    Ring,
    Shape,
    box_of,
    coarse,
    largest_polygon,
    roomiest_point,
    without_idle_points,
)

WIDEST, TALLEST, MARGIN = 640, 720, 6
UNITS_PER_PIXEL = (10, 5, 2, 1)
LARGEST_DRAWING = 150_000
AREA_POINTS, MOST_AREA_POINTS = 900, 40
"""Points of all coarse outlines together and of one: they stand in the page, which has at most 40 kB."""
SMALLEST_NUMBER, LARGEST_NUMBER = 11, 24
TILE_WIDTH, TILE_HEIGHT, TILE_GAP, TILE_UNITS = 94, 42, 4, 10
TILE_SHOWN_AT = 1.4
"""Three tiles fill a phone of 320 pixels; on wider screens they are shown up to 1.4 times as large."""
TILE_COLUMNS, TILE_LETTERS, TILE_LINES, TILE_TEXT = 3, 14, 3, 12
LETTER_WIDTH = 0.62
"""Width of an average letter for its size, in the widest of the usual fonts."""


@dataclass(frozen=True)
class Outline:
    """A ward to be drawn: its shape in degrees, longitude first."""

    code: str
    name: str
    shape: Shape


@dataclass(frozen=True)
class DrawnWard:
    """One ward of a drawing.

    `path` is in drawing units; `area` is its coarse outline in pixels, for pointing at; `number` is its number on the
    map (0 on tiles); the label stands at (x, y) in drawing units, `size` tall, in one or more lines.
    """

    code: str
    name: str
    number: int
    path: str
    area: str
    x: int
    y: int
    size: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class WardMap:
    """A drawing `width` by `height` pixels, `units` drawing units to the pixel; `shown` is its widest useful width."""

    width: int
    height: int
    units: int
    shown: int
    wards: tuple[DrawnWard, ...]
    is_tiles: bool

    @property
    def numbers(self) -> dict[str, int]:
        """The number on the map of each ward code."""
        return {ward.code: ward.number for ward in self.wards if ward.number}


def in_order(name: str) -> list[tuple[int, str]]:
    """A sorting key for ward names: letters regardless of case, numbers by value (`Ward 2` before `Ward 10`)."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts if part]


def draw_map(outlines: Sequence[Outline]) -> WardMap:
    """Draw the wards on their map, numbered in alphabetical order. Needs at least one outline."""
    ordered = sorted(outlines, key=lambda outline: (in_order(outline.name), outline.code))
    flat = [flatten(outline.shape, _middle_latitude(ordered)) for outline in ordered]
    box = box_of(flat)
    pixels = min((WIDEST - 2 * MARGIN) / box.width, (TALLEST - 2 * MARGIN) / box.height)
    placed = [_place(shape, box, pixels) for shape in flat]
    width, height = math.ceil(box.width * pixels) + 2 * MARGIN, math.ceil(box.height * pixels) + 2 * MARGIN
    units, paths = _paths(placed)
    points = min(MOST_AREA_POINTS, AREA_POINTS // len(placed))
    wards = tuple(
        _drawn(number, outline, shape, path, units, points)
        for number, (outline, shape, path) in enumerate(zip(ordered, placed, paths, strict=True), 1)
    )
    return WardMap(width, height, units, width, wards, is_tiles=False)


def _middle_latitude(outlines: Sequence[Outline]) -> float:
    box = box_of([outline.shape for outline in outlines])
    return (box.top + box.bottom) / 2


def flatten(shape: Shape, latitude: float) -> Shape:
    """Degrees to a plane, north up: x = longitude · cos(latitude), y = -latitude (equirectangular projection).

    Over a borough the scale is true to about 1 in 1,000.
    """
    shrink = math.cos(math.radians(latitude))
    return tuple(tuple(tuple((x * shrink, -y) for x, y in ring) for ring in polygon) for polygon in shape)


def _place(shape: Shape, box: Box, pixels: float) -> Shape:
    """Move and scale a flat shape into the picture, in pixels."""
    return tuple(
        tuple(
            tuple(((x - box.left) * pixels + MARGIN, (y - box.top) * pixels + MARGIN) for x, y in ring)
            for ring in polygon
        )
        for polygon in shape
    )


def _paths(shapes: Sequence[Shape]) -> tuple[int, list[str]]:
    """The paths in the finest units that keep the drawing small enough, and those units."""
    for units in UNITS_PER_PIXEL:
        paths = [path_of(shape, units) for shape in shapes]
        if sum(map(len, paths)) <= LARGEST_DRAWING:
            break
    return units, paths


def path_of(shape: Shape, units: int) -> str:
    """A shape in pixels as SVG path data in whole units. Rings that shrink to a line are left out, but never all."""
    rings = [_whole(ring, units) for polygon in shape for ring in polygon]
    seen = [ring for ring in rings if len(ring) > 2]
    return "".join(ring_path(ring) for ring in seen) or _dot(rings[0][0])


def _whole(ring: Ring, units: int) -> Ring:
    return without_idle_points([(round(x * units), round(y * units)) for x, y in ring])


def _dot(point: Point) -> str:
    return f"M{point[0]:.0f} {point[1]:.0f}h1v1h-1z"


def ring_path(ring: Ring) -> str:
    """`((0, 0), (4, 0), (4, -3))` becomes `M0 0l4 0 0-3z`: steps from point to point, no space before a minus."""
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(ring)]
    numbers = [f"{number:.0f}" for step in steps for number in step]
    joined = "".join(text if text.startswith("-") or not i else f" {text}" for i, text in enumerate(numbers))
    return f"M{ring[0][0]:.0f} {ring[0][1]:.0f}l{joined}z"


def _drawn(number: int, outline: Outline, shape: Shape, path: str, units: int, points: int) -> DrawnWard:
    spot = roomiest_point(shape)
    size = max(SMALLEST_NUMBER, min(LARGEST_NUMBER, spot.radius * 1.1))
    pointed_at = ring_path(_whole(coarse(largest_polygon(shape)[0], points), 1))
    return DrawnWard(
        outline.code,
        outline.name,
        number,
        path,
        pointed_at,
        round(spot.x * units),
        round(spot.y * units),
        round(size * units),
        (str(number),),
    )


def draw_tiles(wards: Sequence[tuple[str, str]]) -> WardMap:
    """Draw (code, name) pairs as equal tiles in alphabetical order, at most four in a row so that names can be read."""
    ordered = sorted(wards, key=lambda ward: (in_order(ward[1]), ward[0]))
    columns = min(TILE_COLUMNS, math.ceil(math.sqrt(len(ordered))))
    rows = math.ceil(len(ordered) / columns)
    tiles = tuple(_tile(code, name, *divmod(place, columns)) for place, (code, name) in enumerate(ordered))
    width = columns * (TILE_WIDTH + TILE_GAP) - TILE_GAP
    height = rows * (TILE_HEIGHT + TILE_GAP) - TILE_GAP
    return WardMap(width, height, TILE_UNITS, round(width * TILE_SHOWN_AT), tiles, is_tiles=True)


def _tile(code: str, name: str, row: int, column: int) -> DrawnWard:
    left, top = column * (TILE_WIDTH + TILE_GAP), row * (TILE_HEIGHT + TILE_GAP)
    lines = tile_lines(name)
    fits = min(TILE_TEXT, (TILE_WIDTH - 4) / (LETTER_WIDTH * max(map(len, lines))), TILE_HEIGHT / (1.2 * len(lines)))
    middle = round((left + TILE_WIDTH / 2) * TILE_UNITS), round((top + TILE_HEIGHT / 2) * TILE_UNITS)
    path, pointed_at = _rectangle(left, top, TILE_UNITS), _rectangle(left, top, 1)
    return DrawnWard(code, name, 0, path, pointed_at, *middle, round(fits * TILE_UNITS), lines)


def _rectangle(left: int, top: int, units: int) -> str:
    width = TILE_WIDTH * units
    return f"M{left * units} {top * units}h{width}v{TILE_HEIGHT * units}h-{width}z"


def tile_lines(name: str) -> tuple[str, ...]:
    """A ward's name in at most three lines of fourteen letters: `("Brixton Acre", "Lane")`."""
    short = re.sub(r"\band\b", "&", re.sub(r"\s+ward$", "", name, flags=re.IGNORECASE))
    words = [word if len(word) <= TILE_LETTERS else word[: TILE_LETTERS - 1] + "…" for word in short.split()]
    wrapped = textwrap.wrap(
        " ".join(words),
        TILE_LETTERS,
        max_lines=TILE_LINES,
        placeholder="…",
        break_long_words=True,
        break_on_hyphens=True,
    )
    return tuple(wrapped) or (name[:TILE_LETTERS],)


def neighbours(outlines: Sequence[Outline]) -> dict[str, tuple[str, ...]]:
    """Codes of the wards that share a border with each ward: at least two common points, in alphabetical order."""
    owners: dict[Point, set[str]] = defaultdict(set)
    for outline in outlines:
        for ring in (ring for polygon in outline.shape for ring in polygon):
            for point in ring:
                owners[point].add(outline.code)
    shared: dict[str, list[str]] = {outline.code: [] for outline in outlines}
    for codes in owners.values():
        for code in codes:
            shared[code] += codes - {code}
    names = {outline.code: in_order(outline.name) for outline in outlines}
    return {
        code: tuple(sorted({other for other in others if others.count(other) > 1}, key=names.__getitem__))
        for code, others in shared.items()
    }


def position_in(shape: Shape, all_shapes: Sequence[Shape]) -> str:
    """Where a ward lies in its borough, in words: `north`, `south-east`, `middle`; empty for the only ward."""
    if len(all_shapes) < 2:
        return ""
    box, spot = box_of(all_shapes), roomiest_point(shape)
    across = (spot.x - box.left) / box.width
    up = (spot.y - box.top) / box.height
    words = _third(up, "south", "north"), _third(across, "west", "east")
    return "-".join(word for word in words if word) or "middle"


def _third(share: float, low: str, high: str) -> str:
    return low if share < 1 / 3 else high if share > 2 / 3 else ""
