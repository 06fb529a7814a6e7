"""Tail probabilities: how surprising a count is. The functions behind them come from mpmath and the standard library.

Example: where 254 are expected, 814 or more have probability 6e-171; where 3.2 are, 10 or more have 0.0018.
"""

from dataclasses import dataclass
from math import exp, lgamma
from statistics import NormalDist

FORGET = 1e-17
"""A term this small beside the sum so far no longer changes it."""


def normal_quantile(probability: float) -> float:
    """Find the z below which a standard normal value lies with this probability: 0.975 gives 1.959964."""
    return NormalDist().inv_cdf(probability)


def poisson_at_least(count: int, mean: float) -> float:
    """Chance of `count` or more where `mean` are expected."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    from mpmath import gammainc

    return float(gammainc(count, 0, mean, regularized=True))


def chi_square_above(value: float, df: int) -> float:
    """Chance of more than `value` under chi-square with `df` degrees of freedom; 1 where nothing is compared."""
    if df < 1 or value <= 0:
        return 1.0
    from mpmath import gammainc, inf

    return float(gammainc(df / 2, value / 2, inf, regularized=True))


def hypergeometric_at_least(marked_drawn: int, drawn: int, marked: int, total: int) -> float:
    """Chance that `drawn` of `total` ballots hold at least `marked_drawn` of the `marked` ones.

    Sums the terms away from the middle, each from the one before: p(k+1)/p(k) = (m-k)(d-k) / ((k+1)(N-m-d+k+1)).
    """
    least, most = max(0, drawn + marked - total), min(drawn, marked)
    if marked_drawn <= least:
        return 1.0
    if marked_drawn > most:
        return 0.0
    ratios = _Ratios(drawn, marked, total)
    if marked_drawn * total > drawn * marked:
        return min(1.0, ratios.summed(marked_drawn, most, 1))
    return max(0.0, 1 - ratios.summed(marked_drawn - 1, least, -1))


@dataclass(frozen=True, slots=True)
class _Ratios:
    """The terms of one hypergeometric distribution: the first from logarithms, the next by their ratio."""

    drawn: int
    marked: int
    total: int

    def summed(self, first: int, last: int, step: int) -> float:
        """Add up the terms from `first` to `last`, until they no longer matter."""
        chance = term = self._term(first)
        for k in range(first, last, step):
            term *= self._up(k) if step > 0 else 1 / self._up(k - 1)
            chance += term
            if term < chance * FORGET:
                break
        return chance

    def _term(self, k: int) -> float:
        unmarked = self.total - self.marked
        ways = _log_choose(self.marked, k) + _log_choose(unmarked, self.drawn - k)
        return exp(ways - _log_choose(self.total, self.drawn))

    def _up(self, k: int) -> float:
        spare = self.total - self.marked - self.drawn + k + 1
        return (self.marked - k) * (self.drawn - k) / ((k + 1) * spare)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
