"""Weights for what-ifs: everybody in proportion to the residents (raking), or one group held to its share (cap).

Worked example: 60 ballots by women and 40 by men where residents are half and half. Raking weighs a woman's ballot
0.5/0.6 = 0.833 and a man's 0.5/0.4 = 1.25. With a second question, the same is done for its groups, then for sex again,
round after round, until nothing changes. Holding women to their share alone is a factor 0.5·0.4/(0.6·0.5) = 0.667 on
their ballots: 40 to 40.

These weights are never given to a ballot, a count or an outcome: they ask "what if". It would assume that those who
stayed away would have voted like those of their group who came; every what-if says so.
Sources: Deming and Stephan 1940 (raking); Potter 1990 (trimming); Kish 1965 (design effect).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.contest import Answers, Flags, Floats


@dataclass(frozen=True, eq=False)
class Raked:
    """One weight per ballot (mean 1), the share of ballots whose weight was trimmed, and what weighting costs."""

    weights: Floats
    trimmed: float

    @property
    def deff(self) -> float:
        """Kish's design effect n·Σw²/(Σw)²: 1 when nothing is weighted; above 2 the what-if is fragile."""
        total = float(self.weights.sum())
        return float(len(self.weights) * (self.weights**2).sum() / total**2) if total else 1.0

    @property
    def effective_ballots(self) -> float:
        """So many ballots, each counting once, would carry as much as these."""
        return len(self.weights) / self.deff

    @property
    def largest(self) -> float:
        """The largest weight."""
        return float(self.weights.max(initial=0.0))


def mean_one(weights: Floats) -> Floats:
    """Bring weights to a mean of 1; all zero stays all zero."""
    total = weights.sum()
    return weights * (len(weights) / total) if total > 0 else weights


def raked(answers: Sequence[Answers], ballots: int, thresholds: Thresholds) -> Raked:
    """Weigh ballots until every question's groups stand as among residents; trimmed once."""
    weights = np.ones(ballots)
    margins = [margin for asked in answers if (margin := _margin(asked, thresholds))]
    for _ in range(thresholds.rake_iter):
        if max((_adjust(weights, margin) for margin in margins), default=0.0) < thresholds.rake_tol:
            break
    weights = mean_one(weights)
    kept = np.clip(weights, 1 / thresholds.rake_cap, thresholds.rake_cap)
    trimmed = float((kept != weights).mean()) if ballots else 0.0
    return Raked(mean_one(kept), trimmed)


def _margin(asked: Answers, thresholds: Thresholds) -> list[tuple[Flags, float]]:
    """The groups of a question that take part, with what share of their ballots together each is to have."""
    groups = [(asked.casts_of(i), share) for i, share in enumerate(asked.shares) if share > 0]
    large = [(casts, share) for casts, share in groups if casts.sum() >= thresholds.rake_min_cell]
    total = sum(share for _, share in large)
    return [(casts, share / total) for casts, share in large]


def _adjust(weights: Floats, margin: Sequence[tuple[Flags, float]]) -> float:
    """Weigh the groups of one question to their shares, in place; returns how far the largest factor was from 1."""
    held = [float(weights[casts].sum()) for casts, _ in margin]
    together = sum(held)
    factors = [share * together / weight for (_, share), weight in zip(margin, held, strict=True)]
    for (casts, _), factor in zip(margin, factors, strict=True):
        weights[casts] *= factor
    return max(abs(factor - 1) for factor in factors)


def held_to_share(casts: Flags, share: float, residents: float) -> Floats:
    """Weigh one over-represented group's ballots down to its share of residents, all others alike."""
    factor = residents * (1 - share) / (share * (1 - residents))
    return mean_one(np.where(casts, factor, 1.0))


def without(casts: Flags) -> Floats:
    """Leave some ballots out; the others weigh a little more, so that minimum scores keep their meaning."""
    return mean_one(np.where(casts, 0.0, 1.0))
