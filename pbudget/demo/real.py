"""A folder of real data, read and checked before anything is written: boundaries, residents, elections.

    geo/lambeth-wards-2013.geojson + baseline/lambeth-wards-2002.csv  ->  the borough "Lambeth (wards of 2002)"
    baseline/lambeth-wards-2022.csv alone                             ->  the borough "Lambeth (wards of 2022)"

Files belong together when they hold the same wards: codes decide, not names or years.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pbudget.kit.errors import BadInput
from pbudget.wards.rules.baselines import BaselineReport, read_baseline
from pbudget.wards.rules.boundaries import BoundaryFile, read_boundaries

KINDS = {"geo": "*.geojson", "baseline": "*.csv", "pabulib": "*.pb"}
SMALL_WORDS = frozenset({"and", "of", "the", "in", "on", "upon", "with", "under", "by", "le"})
WARDS_OF = re.compile(r"(?P<place>.+)-wards-(?P<year>\d{4})")
Read = TypeVar("Read")


class RealDataNotUsable(BadInput):
    """The folder, or a file in it, is missing or cannot be used; the message names it and says what to do."""


@dataclass(frozen=True)
class RealBorough:
    """The files that hold the same wards; the newest figures come last."""

    name: str
    codes: frozenset[str]
    boundaries: BoundaryFile | None = None
    baselines: tuple[BaselineReport, ...] = ()


@dataclass(frozen=True)
class RealData:
    """A folder as it will be loaded."""

    boroughs: tuple[RealBorough, ...]
    elections: tuple[Path, ...]


def read_folder(folder: Path) -> RealData:
    """Read a folder with `geo`, `baseline` and `pabulib` in it. Raises RealDataNotUsable."""
    if not folder.is_dir():
        raise RealDataNotUsable(f"There is no folder {folder}. Name one that holds {_listed(KINDS)}.")
    geo, baseline, pabulib = (_files(folder / name, pattern) for name, pattern in KINDS.items())
    maps = {file.stem: _read(file, read_boundaries) for file in geo}
    figures = {file.stem: _read(file, _usable_baseline) for file in baseline}
    return RealData(tuple(_boroughs(maps, figures)), tuple(pabulib))


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}"


def _files(folder: Path, pattern: str) -> list[Path]:
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if not found:
        raise RealDataNotUsable(f"There are no {pattern} files in {folder}. Put some there and run this again.")
    return found


def _read(file: Path, reader: Callable[[bytes], Read]) -> Read:
    try:
        return reader(file.read_bytes())
    except OSError as error:
        raise RealDataNotUsable(f"{file} cannot be read ({error.strerror}). Make it readable for you.") from error
    except BadInput as error:
        raise RealDataNotUsable(f"{file}: {error}") from error


def _usable_baseline(content: bytes) -> BaselineReport:
    report = read_baseline(content)
    if not report.usable:
        more = f" (and {len(report.problems) - 1:,} more problems)" if len(report.problems) > 1 else ""
        raise RealDataNotUsable(f"{report.problems[0]}{more}")
    return report


def _boroughs(maps: dict[str, BoundaryFile], figures: dict[str, BaselineReport]) -> list[RealBorough]:
    """Put files that share wards together; a borough is named after its first figures, else after its map."""
    boroughs = [
        RealBorough(borough_name(stem), frozenset(ward.code for ward in found.wards), found)
        for stem, found in maps.items()
    ]
    for stem, report in figures.items():
        codes = frozenset(report.wards)
        place = next((i for i, borough in enumerate(boroughs) if borough.codes & codes), len(boroughs))
        borough = boroughs[place] if place < len(boroughs) else RealBorough(borough_name(stem), codes)
        name = borough.name if borough.baselines else borough_name(stem)
        joined = (*borough.baselines, report)
        boroughs[place : place + 1] = [replace(borough, name=name, codes=borough.codes | codes, baselines=joined)]
    return boroughs


def borough_name(stem: str) -> str:
    """The name in a file's name: `telford-and-wrekin-wards-2015` is "Telford and Wrekin (wards of 2015)"."""
    said = WARDS_OF.fullmatch(stem)
    words = (said["place"] if said else stem).replace("_", "-").split("-")
    place = " ".join(word if word in SMALL_WORDS and n else word.capitalize() for n, word in enumerate(words))
    return f"{place} (wards of {said['year']})" if said else place
