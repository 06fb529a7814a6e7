"""Turnout of a round's wards side by side, allowing for wards simply being different.

Example: wards of 3.2%, 4.6%, 2.0% and 6.7% around 3.9% are all "like the other wards": so far apart is usual here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from pbudget.guard.rules.turnout import VERY_DIFFERENT, Funnel, funnel

DIFFERENT = 2.0
WIDTH, HEIGHT = 600, 300
LEFT, RIGHT, TOP, BOTTOM = 60, 590, 15, 255
LAST_LABEL = RIGHT - 40
"""Further right a number would be cut off on a phone."""
POINTS_A_LINE = 40
WELL_OVER = 1.1
"""The axis ends so far past the highest turnout."""


@dataclass(frozen=True, slots=True)
class WardLine:
    """One ward: votes, how many could vote (None: no roll), turnout, and how it stands beside the others in words."""

    name: str
    ballots: int
    roll: int | None
    share: float | None
    words: str = ""
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """The funnel as places in a drawing of WIDTH by HEIGHT: a line for what is usual, one for what is very unusual."""

    points: tuple[tuple[float, float, bool], ...]
    inner: tuple[str, str]
    outer: tuple[str, str]
    middle: float
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class TurnoutView:
    """All wards, what they have together, and the chart where there are five wards or more with a roll."""

    lines: tuple[WardLine, ...]
    ballots: int
    roll: int | None
    share: float | None
    chart: Chart | None

    @property
    def standing_out(self) -> list[WardLine]:
        """Wards that are very different from the others."""
        return [line for line in self.lines if line.stands_out]


def turnout_view(wards: Sequence[Mapping[str, Any]]) -> TurnoutView:
    """Lay out `facts["wards"]` of a count; wards without a roll and without a vote had no part in the round."""
    had_part = [ward for ward in wards if ward["roll"] or ward["ballots"]]
    ballots, rolls = [ward["ballots"] for ward in had_part], [ward["roll"] or 0 for ward in had_part]
    found = funnel(ballots, rolls) if all(rolls) else None
    lines = tuple(_line(ward, found.z[n] if found else None) for n, ward in enumerate(had_part))
    whole = sum(rolls) if rolls and all(rolls) else None
    share = sum(ballots) / whole if whole else None
    return TurnoutView(lines, sum(ballots), whole, share, _chart(found, lines) if found else None)


def _line(ward: Mapping[str, Any], z: float | None) -> WardLine:
    share = ward["ballots"] / ward["roll"] if ward["roll"] else None
    return WardLine(
        ward["name"], ward["ballots"], ward["roll"], share, _words(z, share), z is not None and abs(z) > VERY_DIFFERENT
    )


def _words(z: float | None, share: float | None) -> str:
    if share is not None and share > 1:
        return "More votes than places on the roll: the roll is wrong"
    if z is None:
        return ""
    if abs(z) <= DIFFERENT:
        return "Like the other wards"
    side = "Higher" if z > 0 else "Lower"
    return f"{side} than usual here" if abs(z) <= VERY_DIFFERENT else f"Very different from other wards: {side.lower()}"


def _chart(found: Funnel, lines: Sequence[WardLine]) -> Chart:
    sizes = [line.roll or 0 for line in lines]
    widest = max(sizes) * WELL_OVER
    limits = [found.limits(max(1, round(widest * n / POINTS_A_LINE)), VERY_DIFFERENT)[1] for n in (10, POINTS_A_LINE)]
    tallest = min(1.0, max([*limits, *(line.share or 0 for line in lines)]) * WELL_OVER)

    def x(size: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * size / widest, 1)

    def y(share: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * min(share, tallest) / tallest, 1)

    def line(z: float, side: int) -> str:
        at = [max(1, round(widest * n / POINTS_A_LINE)) for n in range(1, POINTS_A_LINE + 1)]
        return " ".join(f"{x(size)},{y(found.limits(size, z)[side])}" for size in at)

    return Chart(
        tuple((x(each.roll or 0), y(each.share or 0), each.stands_out) for each in lines),
        (line(DIFFERENT, 0), line(DIFFERENT, 1)),
        (line(VERY_DIFFERENT, 0), line(VERY_DIFFERENT, 1)),
        y(found.target),
        tuple((x(size), f"{size:,}") for size in _ticks(widest) if x(size) <= LAST_LABEL),
        tuple((y(percent / 100), f"{percent:g}%") for percent in _ticks(100 * tallest)),
    )


def _ticks(most: float) -> list[int]:
    """Three or four round numbers up to the most: 0, 5, 10 for 12; 0, 2,000, 4,000 for 5,500."""
    step = next(n * 10**power for power in range(8) for n in (1, 2, 5) if most / (n * 10**power) <= 4)
    return [step * n for n in range(ceil(most / step)) if step * n <= most]
