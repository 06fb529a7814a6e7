"""The wards of a round together: what is true of all of them is said once, and a ward is judged beside the rest.

Wards whose people came alike are all unlike their residents in the same way. Where the whole round is far from its
residents, each ward's residents are raised to the round's turnout before its verdict (`rules/programme.py`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pbudget.balance.representation import DimensionBalance, balance_of, family_z
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.participation import may_be_named, participation_table, people
from pbudget.guard.residents import Residents
from pbudget.guard.rules.programme import Programme, WardCounts, programme, programme_baseline
from pbudget.guard.rules.verdict import skew_of
from pbudget.guard.words import capitalised

FEWEST_WARDS = 3
FAR = 2
"""The level of skew from which a round as a whole is unlike its residents."""


@dataclass(frozen=True)
class WardVotes:
    """One ward: its residents, and its ballots by dimension and group."""

    residents: Residents
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Pooled:
    """All wards of a round together in one dimension: what came beside who lives there."""

    dimension: str
    programme: Programme
    balance: DimensionBalance
    wards: int
    limits: Thresholds

    @property
    def far_from_residents(self) -> bool:
        """Whether the round as a whole is so unlike its residents that each ward is judged beside the round."""
        return self.wards >= FEWEST_WARDS and skew_of({self.dimension: self.balance}, self.limits).level >= FAR


def pool(wards: Sequence[WardVotes], limits: Thresholds) -> list[Pooled]:
    """Every dimension of a round's wards, pooled and judged by the round's own limits."""
    names = dict.fromkeys(name for each in wards for name in each.residents.shares)
    return [_pooled(name, wards, limits) for name in names]


def _pooled(dimension: str, wards: Sequence[WardVotes], limits: Thresholds) -> Pooled:
    counted = [
        WardCounts(each.counts.get(dimension, {}), each.residents.shares[dimension])
        for each in wards
        if dimension in each.residents.shares
    ]
    together, cast = programme(counted), Counter[str]()
    for ward in counted:
        cast.update(ward.ballots)
    z = family_z([together.residents], limits.alpha)
    balance = balance_of(cast.elements(), together.residents, z, limits)
    return Pooled(dimension, together, balance, len(counted), limits)


def beside_the_round(residents: Residents, pooled: Sequence[Pooled]) -> Residents:
    """A ward's residents, raised to the round's turnout in every dimension in which the round is far from them."""
    far = {each.dimension: each.programme for each in pooled if each.far_from_residents}
    shares = {
        dimension: programme_baseline(groups, far[dimension]) if dimension in far else groups
        for dimension, groups in residents.shares.items()
    }
    return replace(residents, shares=shares)


def programme_lines(pooled: Sequence[Pooled]) -> list[str]:
    """What is true of the whole round, said once: the groups that are far from their share everywhere."""
    return [line for each in pooled if each.far_from_residents for line in _lines(each)]


def _lines(pooled: Pooled) -> list[str]:
    table = participation_table(pooled.dimension, pooled.balance, pooled.limits)
    return [
        f"{capitalised(people(pooled.dimension, [row.group]))} are {row.share:.0%} of those who took part across the "
        f"round and {row.residents:.0%} of residents."
        for row in table.rows
        if row.flag
        and row.share is not None
        and row.residents is not None
        and may_be_named(pooled.balance.groups[row.group], pooled.programme.known, pooled.limits)
    ]
