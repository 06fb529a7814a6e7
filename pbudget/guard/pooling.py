"""The wards of a round together: what is true of all of them is said once, and a ward is judged beside the rest.

Wards whose people came alike are all unlike their residents in the same way. Where the whole round is far from its
residents, each ward's residents are raised to the round's turnout before its verdict (`rules/programme.py`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pbudget.balance.columns import left_out_of_whole
from pbudget.balance.disclosure import Publishable, publishable
from pbudget.balance.representation import DimensionBalance, balance_of, family_z
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.participation import (
    NOT_SAID,
    ParticipationTable,
    counts_with_silence,
    may_be_named,
    participation_table,
    people,
)
from pbudget.guard.residents import Residents
from pbudget.guard.rules.programme import Programme, WardCounts, programme, programme_baseline
from pbudget.guard.rules.verdict import skew_of
from pbudget.guard.words import capitalised

EXPECTED_HERE = "those to be expected here from the turnout of the whole round"
FEWEST_WARDS = 3
FAR = 2
"""The level of skew from which a round as a whole is unlike its residents."""


@dataclass(frozen=True)
class WardVotes:
    """One ward: its residents, and its ballots by dimension and group."""

    residents: Residents
    counts: Mapping[str, Mapping[str, int]]
    ballots: int = 0
    """All of them, also of those who did not say."""

    def silent(self, dimension: str) -> int:
        """How many did not say, or gave another answer."""
        return max(0, self.ballots - sum(self.counts.get(dimension, {}).values()))

    def shown(self, dimension: str, limits: Thresholds) -> Publishable:
        """What of one question the ward's own report shows."""
        counts = {group: self.counts.get(dimension, {}).get(group, 0) for group in self.residents.shares[dimension]}
        return publishable({**counts, NOT_SAID: self.silent(dimension)}, limits)


@dataclass(frozen=True)
class Pooled:
    """All wards of a round together in one dimension: what came beside who lives there."""

    dimension: str
    programme: Programme
    balance: DimensionBalance
    wards: int
    limits: Thresholds
    shown: tuple[Publishable, ...] = ()
    """What the wards' own reports show."""
    earlier: tuple[Publishable, ...] = ()
    """What was shown of all wards together while voting was open."""

    def left_out(self, counts: Mapping[str, int]) -> frozenset[str]:
        """Groups that a table of all wards together leaves out, so that it gives away nothing beside the wards' own."""
        return left_out_of_whole(counts, self.shown, self.limits, self.earlier)

    @property
    def counts(self) -> dict[str, int]:
        """Ballots by group, those who did not say among them."""
        return counts_with_silence({group: figures.x for group, figures in self.balance.groups.items()}, self.balance.n)

    @property
    def seen(self) -> Publishable:
        """What of all wards together may be shown beside the wards and beside earlier tables."""
        return publishable(self.counts, self.limits, self.earlier, self.left_out(self.counts))

    @property
    def table(self) -> ParticipationTable:
        """The same, laid out for a person."""
        left_out = self.left_out(self.counts)
        return participation_table(self.dimension, self.balance, self.limits, left_out, self.earlier)

    @property
    def far_from_residents(self) -> bool:
        """Whether the round as a whole is so unlike its residents that each ward is judged beside the round."""
        return self.wards >= FEWEST_WARDS and skew_of({self.dimension: self.balance}, self.limits).level >= FAR


def pool(
    wards: Sequence[WardVotes], limits: Thresholds, earlier: Mapping[str, Sequence[Publishable]] | None = None
) -> list[Pooled]:
    """Every dimension of a round's wards, pooled and judged by the round's own limits.

    `earlier` are the tables of all wards together that officers saw while voting was open, by dimension.
    """
    names = dict.fromkeys(name for each in wards for name in each.residents.shares)
    return [_pooled(name, wards, limits, (earlier or {}).get(name, ())) for name in names]


def _pooled(dimension: str, wards: Sequence[WardVotes], limits: Thresholds, earlier: Sequence[Publishable]) -> Pooled:
    asked = [each for each in wards if dimension in each.residents.shares]
    counted = [WardCounts(each.counts.get(dimension, {}), each.residents.shares[dimension]) for each in asked]
    together, cast = programme(counted), Counter[str]()
    for ward in counted:
        cast.update(ward.ballots)
    z = family_z([together.residents], limits.alpha)
    said = [*cast.elements(), *[None] * sum(each.silent(dimension) for each in asked)]
    balance = balance_of(said, together.residents, z, limits)
    shown = tuple(each.shown(dimension, limits) for each in asked)
    same = tuple(each for each in earlier if set(each.cells) == {*together.residents, NOT_SAID})
    return Pooled(dimension, together, balance, len(asked), limits, shown, same)


def beside_the_round(residents: Residents, pooled: Sequence[Pooled]) -> Residents:
    """A ward's residents, raised to the round's turnout in every dimension in which the round is far from them."""
    far = {each.dimension: each.programme for each in pooled if each.far_from_residents}
    shares = {
        dimension: programme_baseline(groups, far[dimension]) if dimension in far else groups
        for dimension, groups in residents.shares.items()
    }
    return replace(residents, shares=shares, name=EXPECTED_HERE) if far else residents


def programme_lines(pooled: Sequence[Pooled]) -> list[str]:
    """What is true of the whole round, said once: the groups that are far from their share everywhere."""
    return [
        line
        for each in pooled
        if each.far_from_residents
        for line in lines_on(
            each.table, each.balance, each.programme.known, each.limits, "who took part across the round"
        )
    ]


def lines_on(
    table: ParticipationTable, balance: DimensionBalance, residents: int, limits: Thresholds, who: str
) -> list[str]:
    """A sentence on every group of a table that is far from its share and may be named; `who` are those who came."""
    return [
        f"{capitalised(people(table.dimension, [row.group]))} are {row.share:.0%} of those {who} and "
        f"{row.residents:.0%} of residents."
        for row in table.rows
        if row.flag
        and row.share is not None
        and row.residents is not None
        and may_be_named(balance.groups[row.group], residents, limits)
    ]
