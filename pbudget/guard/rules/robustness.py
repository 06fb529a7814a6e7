"""Would the result differ? What-ifs beside the count, and how often chance alone would change it.

Worked example: a project wins as cast. Resampling the ballots 200 times it wins in 190 (chance 0.95); resampling the
same ballots weighted in proportion to residents, in 60 (0.30). Its swing is 0.65: who turned out decided it. Two
projects a vote apart win about half the time in both, so their swing is near 0: "a close vote" is not "decided by
turnout". That is why swing, not "the winner changed", is what counts.

Sources: Efron 1979 and Chamandy et al. 2012 (bootstrap). Leaving a group out changes the winners of 47 % of real
elections and is only reported, unless that group came at more than twice its share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pbudget.balance.representation import SEVERELY_OVER, TOO_MANY, DimensionBalance
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.contest import UNKNOWN, Answers, Contest, Flags, Floats
from pbudget.guard.rules.random_numbers import poisson_counts
from pbudget.guard.rules.retally import Retally
from pbudget.guard.rules.weighting import Raked, held_to_share, raked, without

AT_ONCE = 25
"""Replicates weighed together: enough to be quick, few enough to be small."""


@dataclass(frozen=True, eq=False)
class Bench:
    """A contest, the way to count it again, the winners as cast (`cast`) and the thresholds: all a what-if needs."""

    contest: Contest
    retally: Retally
    cast: tuple[int, ...]
    thresholds: Thresholds
    replicates: int

    @cached_property
    def counts(self) -> NDArray[np.uint8]:
        """How often each ballot counts in each replicate."""
        return poisson_counts(self.thresholds.boot_seed, 0, self.replicates, self.contest.ballots)

    @cached_property
    def chances_as_cast(self) -> Floats:
        """Each project's chance to be funded were the same people asked again."""
        return self.chances(np.ones(self.contest.ballots))

    def winners(self, weights: Floats) -> tuple[int, ...]:
        """What is funded under these weights."""
        return tuple(np.flatnonzero(self.retally.winners(weights[None, :])[0]).tolist())

    def chances(self, weights: Floats) -> Floats:
        """Each project's chance to be funded under these weights; a replicate without any weight funds nothing."""
        won = np.zeros(len(self.contest.projects))
        for first in range(0, self.replicates, AT_ONCE):
            won += self.retally.winners(self.counts[first : first + AT_ONCE] * weights).sum(axis=0)
        return won / self.replicates

    def moved(self, winners: Sequence[int]) -> float:
        """Share of the money awarded that these winners would take elsewhere."""
        return self.contest.share_moved(self.cast, winners)

    def largest_fall(self, weights: Floats) -> float:
        """By how much the chance of some winner falls at most; 0 when none falls or nothing was funded."""
        if not self.cast:
            return 0.0
        fall = self.chances_as_cast - self.chances(weights)
        return max(0.0, float(fall[list(self.cast)].max()))


@dataclass(frozen=True, eq=False)
class Robustness:
    """What-ifs of one contest. Lists are by project; `caps` and `left_out` give the share of the money that moves."""

    raked: Raked
    raked_winners: tuple[int, ...]
    raked_moved: float
    caps: Mapping[str, float]
    left_out: Mapping[str, float]
    chances: Floats
    raked_chances: Floats
    swings: Floats
    pivotal: tuple[str, ...]
    unknown_share: float
    unknown_decisive: tuple[int, ...]
    money_swing: float


def robustness(bench: Bench, balances: Mapping[str, DimensionBalance]) -> Robustness:
    """Ask every what-if of a contest; `balances` must hold every question asked, and only usable ones count."""
    usable = [asked for asked in bench.contest.answers if balances[asked.dimension].usable]
    weighed = raked(usable, bench.contest.ballots, bench.thresholds)
    raked_winners = bench.winners(weighed.weights)
    capped = _caps(bench, usable, balances)
    left_out = _left_out(bench, usable)
    raked_chances = bench.chances(weighed.weights)
    moving = [bench.chances(weights) for weights, moved in capped.values() if moved > 0]
    swings = largest_swings(bench.chances_as_cast, [raked_chances, *moving])
    share, decisive = _unknown(bench, usable)
    return Robustness(
        weighed,
        raked_winners,
        bench.moved(raked_winners),
        {name: moved for name, (_, moved) in capped.items()},
        left_out,
        bench.chances_as_cast,
        raked_chances,
        swings,
        _pivotal(bench, usable, balances, left_out),
        share,
        decisive,
        _money_swing(bench, swings),
    )


def largest_swings(as_cast: Floats, adjusted: Sequence[Floats]) -> Floats:
    """Take each project's largest swing, whichever way it goes; the first of equals."""
    swings = np.array([as_cast - other for other in adjusted])
    return np.asarray(np.take_along_axis(swings, np.abs(swings).argmax(axis=0)[None, :], axis=0)[0])


def _money_swing(bench: Bench, swings: Floats) -> float:
    """Share of the money awarded that is expected to go elsewhere, by the swings of all projects."""
    costs = np.array(bench.contest.costs, dtype=np.float64)
    awarded = bench.contest.cost_of(bench.cast)
    return float(abs(swings) @ costs) / 2 / awarded if awarded else 0.0


def _caps(
    bench: Bench, usable: Sequence[Answers], balances: Mapping[str, DimensionBalance]
) -> dict[str, tuple[Floats, float]]:
    """Hold each over-represented group to its share: the weights and the share of the money that moves."""
    found = {}
    for asked in usable:
        balance = balances[asked.dimension]
        for name in balance.flagged(TOO_MANY, bench.thresholds.min_base):
            group = balance.groups[name]
            i = asked.groups.index(name)
            if group.share is not None and group.share < 1:
                weights = held_to_share(asked.casts_of(i), group.share, group.base)
                found[asked.name(i)] = weights, bench.moved(bench.winners(weights))
    return found


def _left_out(bench: Bench, usable: Sequence[Answers]) -> dict[str, float]:
    """Leave out each group in turn: the share of the money that moves."""
    return {
        asked.name(i): bench.moved(bench.winners(without(asked.casts_of(i))))
        for asked in usable
        for i, share in enumerate(asked.shares)
        if share > 0
    }


def _pivotal(
    bench: Bench,
    usable: Sequence[Answers],
    balances: Mapping[str, DimensionBalance],
    left_out: Mapping[str, float],
) -> tuple[str, ...]:
    """Name the groups at more than twice their share without whom some winner probably loses."""
    found = []
    for asked in usable:
        for name in balances[asked.dimension].flagged([SEVERELY_OVER], bench.thresholds.min_base):
            i = asked.groups.index(name)
            if left_out[asked.name(i)] > 0:
                fall = bench.largest_fall(without(asked.casts_of(i)))
                found += [asked.name(i)] if fall >= bench.thresholds.swing else []
    return tuple(found)


def _unknown(bench: Bench, usable: Sequence[Answers]) -> tuple[float, tuple[int, ...]]:
    """Look at those who said nothing as a section of their own: their share, and the winners they decided."""
    if not usable or not bench.contest.ballots:
        return 0.0, ()
    silent: Flags = np.all([asked.codes == UNKNOWN for asked in usable], axis=0)
    share = float(silent.mean())
    if share < bench.thresholds.unknown_section or silent.all():
        return share, ()
    fall = bench.chances_as_cast - bench.chances(without(silent))
    return share, tuple(p for p in bench.cast if fall[p] >= bench.thresholds.swing)
