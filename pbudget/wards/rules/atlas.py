"""A borough's drawing together with what can be said of it in words: who borders whom, and where each ward lies."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbudget.wards.rules.boundaries import unpack
from pbudget.wards.rules.maps import Outline, WardMap, draw_map, draw_tiles, neighbours, position_in


@dataclass(frozen=True)
class KnownWard:
    """A ward as the database has it; `boundary` is packed (see `boundaries.pack`) or None."""

    code: str
    name: str
    boundary: str | None


@dataclass(frozen=True)
class Atlas:
    """The drawing, and by ward code the neighbours' codes and the position in words (both empty for tiles)."""

    drawing: WardMap
    neighbours: Mapping[str, tuple[str, ...]]
    positions: Mapping[str, str]


def make_atlas(wards: Sequence[KnownWard]) -> Atlas:
    """Draw wards on a map if any boundary is known, else as tiles. Needs at least one ward."""
    outlines = [Outline(ward.code, ward.name, unpack(ward.boundary)) for ward in wards if ward.boundary]
    if not outlines:
        return Atlas(draw_tiles([(ward.code, ward.name) for ward in wards]), {}, {})
    shapes = [outline.shape for outline in outlines]
    positions = {outline.code: position_in(outline.shape, shapes) for outline in outlines}
    return Atlas(draw_map(outlines), neighbours(outlines), positions)


def map_version(wards: Sequence[KnownWard]) -> str:
    """A short fingerprint of everything a drawing depends on: it changes exactly when the drawing may."""
    digest = hashlib.sha256()
    for ward in sorted(wards, key=lambda ward: ward.code):
        digest.update("\x1f".join((ward.code, ward.name, ward.boundary or "", "")).encode())
    return digest.hexdigest()[:16]
