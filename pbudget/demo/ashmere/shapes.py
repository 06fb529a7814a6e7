"""The map of Ashmere: eight wards on the two banks of a river, without gaps or overlaps, as GeoJSON.

Points on a sheet of paper (kilometres east and north) are joined by lines; every line is bent by moving its middle
aside, then the middles of its halves, and so on (midpoint displacement; Fournier, Fussell and Carpenter 1982):

    (0, 0) ... (4, 0)   ->   (0, 0) (2, 0.3) (4, 0)   ->   (0, 0) (1.1, 0.1) (2, 0.3) (2.9, 0.2) (4, 0)

A line is bent the same way for both wards beside it, so they share it exactly. The sheet lies in the North Sea.
"""

import json
import random
from itertools import pairwise
from math import cos, radians

from pbudget.demo.ashmere.wards import WARDS, MadeUpWard, stream

POINTS = {
    **{"W": (0.0, 3.0), "r1": (2.4, 3.6), "r2": (4.7, 3.0), "r3": (6.9, 3.8), "E": (9.4, 3.2)},  # the river
    **{"NW": (0.4, 6.1), "n1": (2.9, 7.1), "n2": (5.8, 6.9), "n3": (8.5, 6.0)},  # the northern edge
    **{"SW": (0.7, 0.8), "s1": (3.4, -0.3), "s2": (6.2, 0.2), "SE": (8.8, 1.1)},  # the southern edge
    **{"a": (2.5, 5.4), "b": (4.8, 4.8), "c": (7.4, 5.5), "d": (3.1, 1.8), "e": (5.8, 1.3)},  # between wards
}
RIVER = ("W", "r1", "r2", "r3", "E")
SOUTH_WEST = (1.2, 54.2)
KM_PER_DEGREE = 111.32
HALVINGS = 4
BEND, BEND_OF_RIVER = 0.13, 0.22
"""How far a middle moves aside, at most, as a share of its line's length."""

Place = tuple[float, float]


def geojson() -> bytes:
    """The wards as a GeoJSON feature collection in longitude and latitude."""
    collection = {"type": "FeatureCollection", "features": [_feature(ward) for ward in WARDS]}
    return json.dumps(collection).encode()


def _feature(ward: MadeUpWard) -> dict[str, object]:
    ring = [_degrees(place) for place in outline(ward.corners.split())]
    return {
        "type": "Feature",
        "properties": {"ward_code": ward.code, "ward_name": ward.name},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }


def outline(corners: list[str]) -> list[Place]:
    """The points around a ward in kilometres, the first one not repeated."""
    following = [*corners[1:], corners[0]]
    return [place for start, end in zip(corners, following, strict=True) for place in line(start, end)[:-1]]


def line(start: str, end: str) -> list[Place]:
    """A bent line between two named points, the same in both directions."""
    if start > end:
        return line(end, start)[::-1]
    draw = stream(f"line from {start} to {end}")
    bend = BEND_OF_RIVER if start in RIVER and end in RIVER else BEND
    places = [POINTS[start], POINTS[end]]
    for _ in range(HALVINGS):
        places = _halved(places, bend, draw)
    return places


def _halved(places: list[Place], bend: float, draw: random.Random) -> list[Place]:
    """The same line with the middle of each of its parts moved aside by up to `bend` times its length."""
    finer = [places[0]]
    for (x, y), (to_x, to_y) in pairwise(places):
        aside = (2 * draw.random() - 1) * bend
        finer += [((x + to_x) / 2 - aside * (to_y - y), (y + to_y) / 2 + aside * (to_x - x)), (to_x, to_y)]
    return finer


def _degrees(place: Place) -> list[float]:
    east, north = place
    west, south = SOUTH_WEST
    longitude = west + east / (KM_PER_DEGREE * cos(radians(south)))
    return [round(longitude, 6), round(south + north / KM_PER_DEGREE, 6)]
