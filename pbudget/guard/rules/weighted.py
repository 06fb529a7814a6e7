"""Middle values and shares if everybody counted in proportion to the residents: advice beside the figures, never one.

weighted_median([-25, -10, 0, 0], [1, 1, 1, 1])  ->  -5.0     weighted_median([-25, -10, 0, 0], [3, 1, 1, 1])  ->  -17.5

The median is the value at which half of the weight is reached; where exactly half is, it lies in the middle between
that value and the next, so that equal weights give the ordinary median (Edgeworth 1888).
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.contest import Flags, Floats, Integers, answers_of
from pbudget.guard.rules.weighting import Raked, raked

CLOSE = 1e-9
"""Weights are fractions: half is reached when it is this near."""


def weighted_median(values: Sequence[float] | Integers, weights: Floats) -> float:
    """The middle value when each value counts with its weight. Raises ValueError where nothing counts."""
    order = np.argsort(np.asarray(values, dtype=np.float64), kind="stable")
    in_order, reached = np.asarray(values, dtype=np.float64)[order], np.cumsum(weights[order])
    if not len(values) or reached[-1] <= 0:
        raise ValueError("There is no middle of nothing.")
    half = reached[-1] / 2
    place = int(np.searchsorted(reached, half * (1 - CLOSE)))
    exactly = abs(reached[place] - half) <= half * CLOSE and place + 1 < len(values)
    return float((in_order[place] + in_order[place + 1]) / 2 if exactly else in_order[place])


def weighted_share(chosen: Flags, weights: Floats) -> float:
    """The share of the weight that chose something; 0 of nothing."""
    whole = float(weights.sum())
    return float(weights[chosen].sum()) / whole if whole else 0.0


def in_proportion(
    said: Sequence[Mapping[str, str | None]],
    shares: Mapping[str, Mapping[str, float]],
    shown: Mapping[str, Collection[str]],
    limits: Thresholds,
) -> Raked:
    """One weight for each answer, so that the groups that may be shown stand as among residents.

    A group that is not shown keeps its weight: what is said of everybody must say nothing about a few.
    """
    asked = [
        answers_of(name, [each.get(name) for each in said], {g: p for g, p in shares[name].items() if g in groups})
        for name, groups in shown.items()
        if len(groups) > 1
    ]
    return raked(asked, len(said), limits)
