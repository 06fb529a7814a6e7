"""Who is served: what each group got of what it asked for, and whether those who came too rarely are worse off.

Worked example (one winner, £100): of 4 women 3 backed it, of 6 men 2. Women: 1 in 4 has nothing they backed funded
(exclusion 0.25), men 4 in 6 (0.67). The £100 is split over its 5 backers: £60 of it for women (spend share 0.6), which
is 1.2 times their half of the residents. Were men under-represented, the gap of 42 points would be harm (z = 1.3 here:
too few people to say so).

Sources: exclusion ratio, Faliszewski et al. 2023 (arXiv 2305.11035); spend share after "share" in Maly, Rey, Endriss
and Lackner 2023 (arXiv 2205.07517); two-proportion z.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from pbudget.balance.representation import TOO_FEW, DimensionBalance
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.contest import Answers, Contest, Flags, Floats, Integers


@dataclass(frozen=True, slots=True)
class Served:
    """One group: ballots, share with nothing they backed funded, mean share of the money awarded to what they backed,
    their share of the money when a project's cost is split over its backers, and that over their share of residents."""

    n: int
    exclusion: float
    satisfaction: float
    spend_share: float
    spend_per_pop: float | None


@dataclass(frozen=True, slots=True)
class Harm:
    """Under-represented groups of one dimension together against the others: gap in exclusion and its z."""

    groups: tuple[str, ...]
    gap: float
    z: float

    def hurts(self, thresholds: Thresholds) -> bool:
        """Whether the gap is large and not chance."""
        return self.gap >= thresholds.harm_gap and self.z >= thresholds.harm_z


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who is served, overall and by dimension and group (groups without a ballot are left out), and who is harmed."""

    exclusion: float
    groups: Mapping[str, Mapping[str, Served]]
    harm: Mapping[str, Harm]


def outcome_of(
    contest: Contest, winners: Sequence[int], balances: Mapping[str, DimensionBalance], thresholds: Thresholds
) -> Outcome:
    """Look at the result as cast from every group's side."""
    backing = _backing(contest, winners)
    excluded = np.asarray(~backing.any(axis=1))
    usable = [asked for asked in contest.answers if balances[asked.dimension].usable]
    costs = np.array([contest.costs[p] for p in winners], dtype=np.float64)
    served = {asked.dimension: _served(asked, backing, excluded, costs) for asked in usable}
    places = [part.ballots for part in contest.parts] or [np.arange(contest.ballots)]
    harms = {asked.dimension: _harm(asked, balances[asked.dimension], excluded, places, thresholds) for asked in usable}
    return Outcome(
        float(excluded.mean()) if contest.ballots else 0.0,
        served,
        {dimension: harm for dimension, harm in harms.items() if harm},
    )


def _backing(contest: Contest, winners: Sequence[int]) -> Flags:
    """Mark, per ballot, which of the winners it names."""
    table = np.zeros((contest.ballots, len(winners)), dtype=bool)
    for column, project in enumerate(winners):
        table[contest.backers[project][0], column] = True
    return table


def _served(asked: Answers, backing: Flags, excluded: Flags, costs: Floats) -> dict[str, Served]:
    """Say how each group of one question fared."""
    backers, awarded = backing.sum(axis=0), float(costs.sum())
    per_backer = np.divide(costs, backers, out=np.zeros_like(costs), where=backers > 0)
    found = {}
    for i, (group, share) in enumerate(zip(asked.groups, asked.shares, strict=True)):
        of_group = asked.casts_of(i)
        if of_group.any():
            satisfied = float((backing[of_group] @ costs).mean()) / awarded if awarded else 0.0
            spent = float(backing[of_group].sum(axis=0) @ per_backer) / awarded if awarded else 0.0
            n, nothing = int(of_group.sum()), float(excluded[of_group].mean())
            found[group] = Served(n, nothing, satisfied, spent, spent / share if share > 0 else None)
    return found


def _harm(
    asked: Answers, balance: DimensionBalance, excluded: Flags, places: Sequence[Integers], thresholds: Thresholds
) -> Harm | None:
    """Compare the groups that came too rarely with all others whose group is known; None where there are not both.

    Each contest is compared within itself, then the gaps are put together by how much each says (Mantel and Haenszel
    1959): to live where few projects are funded is no harm done to a group.
    """
    under = balance.flagged(TOO_FEW, thresholds.min_base)
    groups = [asked.groups.index(name) for name in under]
    gaps, sizes, spreads = [], [], []
    for where in places:
        inside = np.isin(asked.codes[where], groups)
        outside = (asked.codes[where] >= 0) & ~inside
        a, b, nothing = int(inside.sum()), int(outside.sum()), excluded[where]
        if a and b:
            pooled = float((nothing[inside].sum() + nothing[outside].sum()) / (a + b))
            gaps.append(float(nothing[inside].mean() - nothing[outside].mean()))
            sizes.append(a * b / (a + b))
            spreads.append(pooled * (1 - pooled) * (1 / a + 1 / b))
    if not gaps:
        return None
    shares = [size / sum(sizes) for size in sizes]
    gap = sum(share * each for share, each in zip(shares, gaps, strict=True))
    spread = sqrt(sum(share**2 * each for share, each in zip(shares, spreads, strict=True)))
    return Harm(tuple(under), gap, gap / spread if spread else 0.0)
