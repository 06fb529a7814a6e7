"""Builders of ward files: a test states only what matters to it."""

import json
from collections.abc import Mapping, Sequence

FIRST, SECOND, THIRD = "E05000001", "E05000002", "E05000003"
CORNERS = (-1.5, 52.0)
SIDE = 0.01
TWO_DIMENSIONS = (("age", "0-15", 20), ("age", "16+", 80), ("sex", "F", 51), ("sex", "M", 49))


def square(column: int = 0, row: int = 0, side: float = SIDE) -> list[list[list[float]]]:
    """A square ward, `column` to the east and `row` to the north; squares side by side share their border."""
    west, south = CORNERS[0] + column * side, CORNERS[1] + row * side
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(code: str = FIRST, name: str = "Ashford", coordinates: object = None, **changes: object) -> dict:
    made = {
        "type": "Feature",
        "properties": {"WD13CD": code, "WD13NM": name},
        "geometry": {"type": "Polygon", "coordinates": coordinates or square()},
    }
    return {**made, **changes}


def geojson(*features: dict, **changes: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **changes}).encode()


def two_wards() -> bytes:
    return geojson(feature(FIRST, "Ashford", square(0)), feature(SECOND, "Birchwick", square(1)))


def figures_csv(
    wards: Mapping[str, str] | None = None,
    groups: Sequence[tuple[str, str, int]] = (
        ("age", "0-15", 20),
        ("age", "16+", 80),
        ("sex", "F", 51),
        ("sex", "M", 49),
    ),
    source: str = "Test census",
    date: str = "2021-03-21",
) -> bytes:
    """A complete file: every ward has every group, with the same counts."""
    wards = {FIRST: "Ashford", SECOND: "Birchwick"} if wards is None else wards
    lines = ["ward_code,ward_name,dimension,group,count,source,date"]
    lines += [f"{code},{name},{d},{g},{n},{source},{date}" for code, name in wards.items() for d, g, n in groups]
    return "\n".join(lines).encode()


def directory_csv(*rows: tuple[str, str, str], heading: str = "pcd,pcds,doterm,osward") -> bytes:
    """An ONS Postcode Directory: rows of postcode, end of use, ward."""
    lines = [heading, *(f'"{p.replace(" ", "")}","{p}","{ended}","{ward}"' for p, ended, ward in rows)]
    return "\r\n".join(lines).encode()
