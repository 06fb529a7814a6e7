"""The whole programme beside its residents, and each ward beside what its residents would be if they came like that.

Worked example: residents of ward A are 40 % aged 16-29, 40 % 30-59, 20 % 60+; of B 20, 40, 40 %. A's 200 ballots are
40, 100, 60; B's 300 are 10, 130, 160. Together 16-29 are 10 % of ballots and 28 % of residents (wards weighted by their
ballots): that is said once, for the programme. A ward is then compared with residents times ballots over residents: for
A 16.27 %, 52.40 %, 31.33 %. What is left is particular to the ward.

Against a census nearly every ward is unlike its residents in the same way; a verdict on that would be a constant alarm.
A programme captured by the same group everywhere is seen only in the programme's line, so it must never be dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class WardCounts(NamedTuple):
    """One ward and dimension: known ballots and shares of residents, both by group."""

    ballots: Mapping[str, int]
    residents: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Programme:
    """All wards together: shares of ballots and of residents by group, and how many ballots these shares are of."""

    known: int
    ballots: Mapping[str, float]
    residents: Mapping[str, float]

    def factor(self, group: str) -> float:
        """Ballots over residents; 1 where there is nothing to compare."""
        residents = self.residents.get(group, 0.0)
        return self.ballots[group] / residents if self.known and residents > 0 else 1.0


def programme(wards: Sequence[WardCounts]) -> Programme:
    """Pool the wards of a round, each weighted by its known ballots."""
    groups = list(dict.fromkeys(group for ward in wards for group in ward.residents))
    sizes = [sum(ward.ballots.get(group, 0) for group in ward.residents) for ward in wards]
    known = sum(sizes)
    cast = {group: sum(ward.ballots.get(group, 0) for ward in wards if group in ward.residents) for group in groups}
    living = {
        group: sum(size * ward.residents.get(group, 0.0) for size, ward in zip(sizes, wards, strict=True))
        for group in groups
    }
    whole = known or 1
    return Programme(known, {g: cast[g] / whole for g in groups}, {g: living[g] / whole for g in groups})


def programme_baseline(residents: Mapping[str, float], pooled: Programme) -> dict[str, float]:
    """Give a ward's residents the programme's skew: shares times ballots over residents, adding up to 1 again.

    Where nobody of any of the ward's groups took part anywhere, there is nothing to adjust by: residents as they are.
    """
    raised = {group: share * pooled.factor(group) for group, share in residents.items()}
    total = sum(raised.values())
    return {group: value / total for group, value in raised.items()} if total > 0 else dict(residents)
