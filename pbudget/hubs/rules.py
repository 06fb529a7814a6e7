"""Which hub is nearest to a ward, as the crow flies between the middles of the wards. Pure.

nearest({1: (-0.10, 51.50), 2: (-0.08, 51.50), 3: (-0.02, 51.50)}, {7: 1, 8: 3})  ->  {1: 7, 2: 7, 3: 8}
A hub serves its own ward first; of two hubs equally far the one with the smaller number is taken.
"""

import math
from collections.abc import Mapping

Middle = tuple[float, float]
"""Longitude and latitude, in degrees."""


def nearest(middles: Mapping[int, Middle], hubs: Mapping[int, int]) -> dict[int, int]:
    """The hub (id) nearest to each ward (id); `hubs` is the ward of each hub. A ward without a middle: its own hub."""
    own = {ward: hub for hub, ward in sorted(hubs.items(), reverse=True)}
    placed = {hub: middles[ward] for hub, ward in hubs.items() if ward in middles}
    found = {ward: own.get(ward) or _closest(middle, placed) for ward, middle in middles.items() if placed}
    return {**own, **found}


def _closest(middle: Middle, placed: Mapping[int, Middle]) -> int:
    return min(placed, key=lambda hub: (_distance(middle, placed[hub]), hub))


def _distance(one: Middle, other: Middle) -> float:
    """Good within a borough: a degree of longitude is shorter the farther north one is."""
    shrink = math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot((one[0] - other[0]) * shrink, one[1] - other[1])
