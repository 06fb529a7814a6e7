"""Ward boundaries as a council sends them: a GeoJSON feature collection in longitude and latitude (RFC 7946).

    {"type": "FeatureCollection", "features": [{"type": "Feature",
      "properties": {"WD13CD": "E05000416", "WD13NM": "Bishop's"},
      "geometry": {"type": "Polygon", "coordinates": [[[-0.121, 51.494], …]]}}]}

Kept in the database as whole micro-degrees, each point as its step from the one before: `[[[-121000,51494000,3,-7]]]`.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pbudget.kit.errors import BadInput
from pbudget.wards.rules.geometry import Point, Polygon, Ring, Shape, area, without_idle_points
from pbudget.wards.rules.names import tidy, why_not_a_name, why_not_a_ward_code
from pbudget.wards.rules.tables import FileNotUsable, decode

LARGEST_FILE = 30 * 1024 * 1024
MOST_WARDS = 200
MICRO = 1_000_000
WANTED = "a GeoJSON file"
UK = (-9.5, 49.0, 3.0, 61.5)
"""West, south, east and north of the United Kingdom, in degrees, with room to spare."""
KNOWN_CRS = re.compile(r"CRS84|EPSG:{1,2}(\d[.\d]*)?:*4326$", re.IGNORECASE)
OTHER_NAMES = (("ward_code", "ward_name"), ("code", "name"))
CONVERT = "Convert the file to longitude and latitude (WGS 84, EPSG:4326) and send it again."


class BoundaryNotUsable(BadInput):
    """A ward in the file cannot be used; the message names the ward, or its place in the file."""


@dataclass(frozen=True)
class WardBoundary:
    """One ward of the file, its shape in degrees rounded to a millionth (about 0.1 m)."""

    code: str
    name: str
    shape: Shape


@dataclass(frozen=True)
class BoundaryFile:
    """The wards of a file in file order, and the year in the names of ONS columns (WD13CD: 2013), if there is one."""

    wards: tuple[WardBoundary, ...]
    year: int | None


def read_boundaries(content: bytes, *, demo: bool = False) -> BoundaryFile:
    """Read and check a whole file. Raises FileNotUsable or BoundaryNotUsable with what is wrong and what to do."""
    if len(content) > LARGEST_FILE:
        raise FileNotUsable(
            f"The file is larger than {LARGEST_FILE // 1024**2} MB. Download generalised boundaries of one council."
        )
    collection = _json(content)
    features = _features(collection)
    _refuse_other_grid(collection)
    code_name, ward_name = _columns(features[0])
    wards = tuple(_ward(n, feature, code_name, ward_name, demo) for n, feature in enumerate(features, 1))
    _refuse_repeats(wards)
    year = re.fullmatch(r"wd(\d\d)cd", code_name)
    return BoundaryFile(wards, 2000 + int(year[1]) if year else None)


def attribution(year: int | None) -> str:
    """Who must be named beside boundaries from the Office for National Statistics; empty when that is not known."""
    if year is None:
        return ""
    return (
        f"Office for National Statistics, wards of {year}, licensed under the Open Government Licence v3.0. "
        f"Contains OS data © Crown copyright and database right {year}."
    )


def _json(content: bytes) -> Mapping[str, Any]:
    text, _ = decode(content, WANTED)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileNotUsable(f"Line {error.lineno}, column {error.colno}: this is not GeoJSON ({error.msg}).") from error
    except (RecursionError, ValueError) as error:
        raise FileNotUsable(
            "The file is not GeoJSON: it is nested too deeply or holds an impossible number."
        ) from error
    if not isinstance(found, dict):
        raise FileNotUsable("The file is JSON but not GeoJSON. Export the wards as a GeoJSON feature collection.")
    return found


def _features(collection: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    kind = collection.get("type")
    if kind == "Topology":
        raise FileNotUsable("The file is TopoJSON. Export the wards as GeoJSON.")
    features = collection.get("features")
    if kind != "FeatureCollection" or not isinstance(features, list):
        raise FileNotUsable("The file is not a GeoJSON feature collection. Export the wards as one.")
    if not features:
        raise FileNotUsable("The file has no wards in it.")
    if len(features) > MOST_WARDS:
        raise FileNotUsable(
            f"The file holds {len(features):,} areas and a borough has at most {MOST_WARDS} wards. "
            "Download the wards of one council."
        )
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            raise BoundaryNotUsable(f"Feature {number} has no properties, so its ward is not known.")
    return features


def _refuse_other_grid(collection: Mapping[str, Any]) -> None:
    crs = collection.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if name and not KNOWN_CRS.search(name):
        raise FileNotUsable(f"The file is in the coordinate system {name[:60]}. {CONVERT}")


def _columns(feature: Mapping[str, Any]) -> tuple[str, str]:
    """The properties that hold ward code and name, lower case: ONS's WDyyCD and WDyyNM, or plain words."""
    names = {str(key).lower() for key in feature["properties"]}
    years = sorted((m[1] for name in names if (m := re.fullmatch(r"wd(\d\d)cd", name))), reverse=True)
    for code, name in [*((f"wd{year}cd", f"wd{year}nm") for year in years), *OTHER_NAMES]:
        if {code, name} <= names:
            return code, name
    found = ", ".join(str(key) for key in feature["properties"])[:150] or "none"
    raise FileNotUsable(f"No ward code and name in the properties: expected WD25CD and WD25NM, found {found}.")


def _ward(number: int, feature: Mapping[str, Any], code_name: str, ward_name: str, demo: bool) -> WardBoundary:
    properties = {str(key).lower(): value for key, value in feature["properties"].items()}
    code, name = str(properties.get(code_name) or "").strip(), tidy(str(properties.get(ward_name) or ""))
    wrong = why_not_a_ward_code(code, demo=demo) or why_not_a_name(name)
    if wrong or not name:
        raise BoundaryNotUsable(f"Feature {number}: {wrong or f'ward {code} has no name.'}")
    return WardBoundary(code, name, _shape(feature.get("geometry"), f"Ward {code} {name}"))


def _refuse_repeats(wards: Sequence[WardBoundary]) -> None:
    for code, times in Counter(ward.code for ward in wards).items():
        if times > 1:
            raise BoundaryNotUsable(f"Ward {code} is in the file {times} times. Join its parts into one MultiPolygon.")


def _shape(geometry: Any, ward: str) -> Shape:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise BoundaryNotUsable(f"{ward} has {kind or 'no shape'} where a Polygon or MultiPolygon is needed.")
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise BoundaryNotUsable(f"{ward} has no coordinates.")
    return tuple(_polygon(polygon, ward) for polygon in polygons)


def _polygon(rings: Any, ward: str) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise BoundaryNotUsable(f"{ward} has an empty polygon.")
    outer, *holes = (_ring(ring, ward) for ring in rings)
    if area(outer) == 0:
        raise BoundaryNotUsable(f"{ward} has a ring that encloses nothing. Export its boundary again.")
    return (outer, *(hole for hole in holes if area(hole) > 0))


def _ring(positions: Any, ward: str) -> Ring:
    if not isinstance(positions, list) or len(positions) < 4:
        raise BoundaryNotUsable(f"{ward} has a ring of fewer than 4 points.")
    return without_idle_points([_point(position, ward) for position in positions])


def _point(position: Any, ward: str) -> Point:
    """A position in degrees, rounded to a millionth of a degree."""
    if not isinstance(position, list) or len(position) < 2 or not all(_is_number(n) for n in position[:2]):
        raise BoundaryNotUsable(f"{ward} has a point that is not a pair of numbers: {str(position)[:40]}.")
    longitude, latitude = position[:2]
    if not (UK[0] <= longitude <= UK[2] and UK[1] <= latitude <= UK[3]):
        raise BoundaryNotUsable(f"{ward}: {_why_not_here(longitude, latitude)}")
    return round(longitude, 6), round(latitude, 6)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _why_not_here(x: float, y: float) -> str:
    """Why a point is not in the United Kingdom, guessed from what its numbers look like."""
    where = f"{x:.6g}, {y:.6g}"
    if UK[0] <= y <= UK[2] and UK[1] <= x <= UK[3]:
        return f"{where} has latitude before longitude. Swap the two and send the file again."
    if abs(x) <= 180 and abs(y) <= 90:
        return f"{where} is not in the United Kingdom."
    if 0 <= x <= 700_000 and 0 <= y <= 1_300_000:
        return f"{where} is British National Grid (eastings and northings). {CONVERT}"
    return f"{where} is not longitude and latitude; it may be Web Mercator. {CONVERT}"


def pack(shape: Shape) -> str:
    """A shape as compact text for the database."""
    return json.dumps([[list(_steps(ring)) for ring in polygon] for polygon in shape], separators=(",", ":"))


def _steps(ring: Ring) -> Iterator[int]:
    before = (0, 0)
    for longitude, latitude in ring:
        point = (round(longitude * MICRO), round(latitude * MICRO))
        yield from (point[0] - before[0], point[1] - before[1])
        before = point


def unpack(text: str) -> Shape:
    """The shape that `pack` made text of."""
    return tuple(tuple(_ring_of(steps) for steps in polygon) for polygon in json.loads(text))


def _ring_of(steps: Sequence[int]) -> Ring:
    longitudes, latitudes = accumulate(steps[::2]), accumulate(steps[1::2])
    return tuple((x / MICRO, y / MICRO) for x, y in zip(longitudes, latitudes, strict=True))
