"""The population figures a contest is compared with: a council's CSV, or shares as JSON; checked, and one ward's only.

Example: `{"age": {"16-29": 0.4, "30+": 0.6}}` as JSON, or the CSV of docs/wards.md with `--ward E05000416`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pbudget.guard.rules.labels import AGE, OVER_16, asked_as, within_ages
from pbudget.kit.errors import BadInput
from pbudget.wards.rules.baselines import AGED_16, BaselineReport, Figure, read_baseline
from pbudget.wards.rules.names import DEMO_SOURCE
from pbudget.wards.rules.residents import Dimension

SHARES_ADD_UP_WITHIN = 0.01


@dataclass(frozen=True, slots=True)
class Residents:
    """One ward's residents: shares by dimension and group. `totals` are counts, empty where only shares are known."""

    shares: Mapping[str, Mapping[str, float]]
    totals: Mapping[str, int] = field(default_factory=dict)
    ward: str = ""
    sources: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    from_16: frozenset[str] = frozenset()
    """Dimensions whose figures leave out everybody under 16."""
    name: str = ""
    """What sentences call these people, where they are not the residents of a ward."""

    @property
    def called(self) -> str:
        """What the other side of the comparison is called in sentences."""
        return self.name or ("residents" if self.totals else "the baseline")

    @property
    def made_up(self) -> bool:
        """Whether these are figures of a demonstration."""
        return DEMO_SOURCE in self.sources


def read_residents(content: bytes, name: str, ward: str = "") -> Residents:
    """Read a baseline file. Raises `BadInput` naming the file, what is wrong and what to do."""
    try:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return _from_json(content, ward)
        return _from_csv(content, ward)
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from None


def open_to(residents: Residents, low: int, high: int) -> Residents:
    """Keep only the ages a round is open to, in dimensions about age; the others are for all the ages they count."""
    if not any(asked_as(dimension) == AGE for dimension in residents.shares):
        raise BadInput("The baseline has no ages, so it cannot be limited to some. Leave out --ages.")
    kept = {
        dimension: within_ages(groups, low, high) if asked_as(dimension) == AGE else groups
        for dimension, groups in residents.shares.items()
    }
    inside = {
        dimension: round(total * sum(residents.shares[dimension][group] for group in kept[dimension]))
        for dimension, total in residents.totals.items()
    }
    return replace(residents, shares=kept, totals=inside)


def of_ward(dimensions: Sequence[Dimension], ward: str = "") -> Residents:
    """Residents of one ward from figures that are loaded; a dimension without anybody in it is left out."""
    counted = [each for each in dimensions if each.total]
    days = [day for each in counted for day in each.dates]
    return Residents(
        {each.name: {group.name: group.share for group in each.groups} for each in counted},
        {each.name: each.total for each in counted},
        ward,
        tuple(dict.fromkeys(source for each in counted for source in each.sources)),
        tuple(dict.fromkeys(day.isoformat() for day in days)),
        tuple(dict.fromkeys(day.year for day in days)),
        frozenset(each.name for each in counted if each.base == AGED_16 or each.name.endswith(OVER_16)),
    )


def _from_json(content: bytes, ward: str) -> Residents:
    if ward:
        raise BadInput("a JSON baseline is of one place; leave out --ward.")
    try:
        stated = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"this is not JSON ({error}).") from None
    if not stated:
        raise BadInput("the baseline is empty. Write {dimension: {group: share}}.")
    return Residents({dimension: _shares(dimension, groups) for dimension, groups in stated.items()})


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"“{name}” stands twice in it. Remove or rename one.")
    return dict(pairs)


def _shares(dimension: str, groups: object) -> dict[str, float]:
    """Check the shares of one dimension: numbers from 0 on that add up to 1."""
    if not isinstance(groups, dict) or not groups:
        raise BadInput(f"“{dimension}” has no groups. Write {{dimension: {{group: share}}}}.")
    for group, share in groups.items():
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < float("inf"):
            raise BadInput(f"the share of “{group}” ({dimension}) is not a number from 0 to 1.")
    total = sum(groups.values())
    if abs(total - 1) > SHARES_ADD_UP_WITHIN:
        raise BadInput(f"the shares of “{dimension}” add up to {total:.3f}, not to 1.")
    return {group: share / total for group, share in groups.items()}


def _from_csv(content: bytes, ward: str) -> Residents:
    report = read_baseline(content, demo=DEMO_SOURCE.encode() in content)
    if report.problems:
        more = f" (and {len(report.problems) - 1:,} more problems)" if len(report.problems) > 1 else ""
        raise BadInput(f"{report.problems[0]}{more}")
    figures = [figure for figure in report.figures if figure.ward_code == _ward(report, ward)]
    counts: dict[str, dict[str, int]] = {}
    for figure in figures:
        counts.setdefault(figure.dimension, {})[figure.group] = figure.count
    return _of_ward(figures, counts)


def _of_ward(figures: list[Figure], counts: Mapping[str, Mapping[str, int]]) -> Residents:
    totals = {dimension: sum(groups.values()) for dimension, groups in counts.items()}
    for dimension, total in totals.items():
        if not total:
            raise BadInput(f"nobody lives in ward {figures[0].ward_code} by its figures for “{dimension}”.")
    days = [figure.date for figure in figures if figure.date]
    return Residents(
        {dimension: {g: x / totals[dimension] for g, x in groups.items()} for dimension, groups in counts.items()},
        totals,
        f"{figures[0].ward_name} ({figures[0].ward_code})".strip(),
        tuple(dict.fromkeys(figure.source for figure in figures if figure.source)),
        tuple(dict.fromkeys(day.isoformat() for day in days)),
        tuple(dict.fromkeys(day.year for day in days)),
        frozenset(f.dimension for f in figures if f.base == AGED_16 or f.dimension.endswith(OVER_16)),
    )


def _ward(report: BaselineReport, ward: str) -> str:
    """Choose the ward asked for; a file with one ward needs no asking."""
    if ward in report.wards:
        return ward
    known = ", ".join(report.wards[:5]) + (" and others" if len(report.wards) > 5 else "")
    if ward:
        raise BadInput(f"there is no ward {ward} in it. It has {known}.")
    if len(report.wards) > 1:
        raise BadInput(f"it holds {len(report.wards)} wards. Say which with --ward: {known}.")
    return report.wards[0]
