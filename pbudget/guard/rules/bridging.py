"""Bridging: does a project have friends in every group, or in one section only? And a label for every project.

Worked example: 3 of 40 under-18s and 30 of 60 over-60s back a project: (3+1)/(40+2) = 0.10 and 31/62 = 0.50. The least
is 0.10, the ratio of least to most 0.19: below 0.20, so if it is funded it is labelled sectional. That is information,
not a fault: a seniors' class is meant to be. The product 0.05 is Polis's group-informed consensus.

Only groups with ten ballots or more are looked at. Sources: Small et al. 2021 (Polis); Ovadya and Thorburn 2023.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from pbudget.balance.representation import DimensionBalance
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.contest import Contest, Integers
from pbudget.guard.rules.robustness import Robustness

DECIDED, SECTIONAL, BROAD = "decided by turnout", "sectional", "broad"
SHUT_OUT, NOT_FUNDED = "shut out by turnout", "not funded"
UNSAID = ""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Support for one project across the groups of one dimension: least, least over most, and the product."""

    least: float
    ratio: float
    product: float


def bridges(
    contest: Contest, balances: Mapping[str, DimensionBalance], thresholds: Thresholds
) -> list[dict[str, Bridge]]:
    """Look at every project across the groups of every usable dimension."""
    found: list[dict[str, Bridge]] = [{} for _ in contest.projects]
    if contest.parts:  # people of one ward were never asked about the projects of another
        return found
    for asked in contest.answers:
        sizes = np.array([asked.casts_of(i).sum() for i in range(len(asked.groups))], dtype=np.int64)
        large = np.flatnonzero(sizes >= thresholds.k_anon)
        if balances[asked.dimension].usable and len(large):
            backers = _backers(contest, asked.codes, len(asked.groups))
            support = (backers[large] + 1) / (sizes[large, None] + 2)
            for p, column in enumerate(support.T.tolist()):
                found[p][asked.dimension] = Bridge(min(column), min(column) / max(column), prod(column))
    return found


def _backers(contest: Contest, codes: Integers, groups: int) -> Integers:
    """Count the ballots of each group that name each project; the unknown are left out."""
    counted = [np.bincount(codes[ballots] + 1, minlength=groups + 1)[1:] for ballots, _ in contest.backers]
    return np.array(counted, dtype=np.int64).reshape(-1, groups).T


def labels_of(
    cast: Sequence[int],
    robust: Robustness,
    bridged: Sequence[Mapping[str, Bridge]],
    thresholds: Thresholds,
    *,
    several: bool = False,
) -> list[str]:
    """Give every project its label; of `several` contests looked at together nobody can say who backed a project."""
    won = set(cast)
    ratios = [None if several else min((b.ratio for b in bridge.values()), default=1.0) for bridge in bridged]
    return [_label(p in won, float(robust.swings[p]), ratio, thresholds) for p, ratio in enumerate(ratios)]


def _label(funded: bool, swing: float, ratio: float | None, thresholds: Thresholds) -> str:
    if not funded:
        return SHUT_OUT if swing <= -thresholds.swing else NOT_FUNDED
    if swing >= thresholds.swing:
        return DECIDED
    if ratio is None:
        return UNSAID
    return SECTIONAL if ratio < thresholds.sectional else BROAD
