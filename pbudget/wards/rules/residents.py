"""Residents of a ward by dimension and group, ready to be read: totals, shares, which total is "the residents".

dimension_of("age", "all", [("0-15", 25), ("16+", 75)], [], [])  ->  a total of 100, shares 0.25 and 0.75
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pbudget.balance.ages import OLDEST, band
from pbudget.wards.rules.baselines import ALL_AGES
from pbudget.wards.rules.names import group_label


@dataclass(frozen=True)
class Group:
    """Residents in one group: how many and what share of the dimension's total (0 to 1; 0 where the total is 0)."""

    name: str
    count: int
    share: float


@dataclass(frozen=True)
class Dimension:
    """One way to divide a ward's residents, in the order of the file, and where the figures are from."""

    name: str
    base: str
    total: int
    groups: tuple[Group, ...]
    sources: tuple[str, ...]
    dates: tuple[date, ...]


def dimension_of(
    name: str, base: str, counts: Sequence[tuple[str, int]], sources: Sequence[str], dates: Sequence[date | None]
) -> Dimension:
    """Add up one dimension of one ward; repeated sources and dates are named once, in their order."""
    total = sum(count for _, count in counts)
    groups = tuple(Group(group, count, count / total if total else 0.0) for group, count in counts)
    stated = tuple(dict.fromkeys(source for source in sources if source))
    return Dimension(name, base, total, groups, stated, tuple(dict.fromkeys(day for day in dates if day)))


def residents_between(groups: Mapping[str, int], youngest: int, oldest: int | None) -> int | None:
    """How many people of these ages live there, by a table of ages; None where a group is cut in two or ages miss.

    residents_between({"0-15": 25, "16-64": 60, "65+": 15}, 16, None)  ->  75
    """
    highest = OLDEST if oldest is None else oldest
    bands = [(ages, count) for group, count in groups.items() if (ages := band(group))]
    inside = [(ages, count) for ages, count in bands if youngest <= ages[0] and ages[1] <= highest]
    touched = [ages for ages, _ in bands if ages[0] <= highest and ages[1] >= youngest]
    whole = inside and min(a[0] for a, _ in inside) == youngest and max(a[1] for a, _ in inside) == highest
    if len(bands) < len(groups) or len(touched) > len(inside) or not whole:
        return None
    return sum(count for _, count in inside)


def headline(dimensions: Sequence[tuple[str, str]]) -> str | None:
    """Which (dimension, base) gives a ward's number of residents: age if it covers all ages, else the first that does.

    None when every dimension leaves children out: a part must not be shown as the whole.
    """
    whole = [name for name, base in dimensions if base == ALL_AGES]
    return "age" if "age" in whole else next(iter(whole), None)


def say_share(share: float) -> str:
    """A share of 0 to 1 as a table holds it: `31%`; `under 1%` and `over 99%` where rounding would hide people."""
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


def say_largest(dimension: Dimension) -> str:
    """The largest group and its share: `Largest group: 25–34, 30%`; empty when nobody is counted or two are equal."""
    ranked = sorted(dimension.groups, key=lambda group: group.count, reverse=True)
    if not dimension.total or (len(ranked) > 1 and ranked[0].count == ranked[1].count):
        return ""
    return f"Largest group: {group_label(dimension.name, ranked[0].name)}, {say_share(ranked[0].share)}."
