"""Does a bloc matter? Each is discounted, alone, to what would be expected; it matters if a winner then probably loses.

Worked example: 681 of 2,752 ballots name the same two projects where about 35 would be expected. Each of the 681 is
weighed 35/681, every other ballot alike: the same seven projects are funded, so the bloc changes no winner and is a
note beside the verdict. A bloc is a finding only when the chance of some winner falls by a half or more.

Concentrated: at least twice its share of the bloc's ballots comes from one group, and not by chance (hypergeometric).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pbudget.balance.tails import hypergeometric_at_least
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.blocs import ONE_GROUP, Bloc
from pbudget.guard.rules.contest import UNKNOWN_LABEL, Answers, Contest, Flags, Floats
from pbudget.guard.rules.robustness import Bench
from pbudget.guard.rules.weighting import mean_one


@dataclass(frozen=True, slots=True)
class Concentration:
    """The group that is most over its share in a bloc: `share` of the bloc, `lift` over its share of all ballots."""

    lift: float
    p: float
    group: str
    share: float


@dataclass(frozen=True, eq=False)
class Effect:
    """What a bloc does: money that moves without it, by how much some winner's chance falls, and who it is."""

    bloc: Bloc
    moved: float
    swing: float
    matters: bool
    concentration: Concentration | None
    concentrated: bool


@dataclass(frozen=True, eq=False)
class Effects:
    """Every flagged bloc by itself, and all of them discounted together."""

    each: tuple[Effect, ...]
    together_moved: float
    together_changes: bool


def effects_of(bench: Bench, blocs: Sequence[Bloc]) -> Effects:
    """Discount every bloc by itself, then all together (a ballot in several takes the smallest factor)."""
    each = tuple(_effect(bench, bloc) for bloc in blocs)
    if not blocs:
        return Effects(each, 0.0, False)
    factors = np.minimum.reduce([_factors(bloc) for bloc in blocs])
    winners = bench.winners(mean_one(factors))
    return Effects(each, bench.moved(winners), winners != bench.cast)


def _factors(bloc: Bloc) -> Floats:
    return np.where(bloc.casts, bloc.factor, 1.0)


def _effect(bench: Bench, bloc: Bloc) -> Effect:
    weights = mean_one(_factors(bloc))
    winners = bench.winners(weights)
    swing = bench.largest_fall(weights) if winners != bench.cast else 0.0
    concentration = None if bloc.kind == ONE_GROUP else _concentration(bench.contest, bloc)
    return Effect(
        bloc,
        bench.moved(winners),
        swing,
        swing >= bench.thresholds.swing,
        concentration,
        _concentrated(bloc, concentration, bench.thresholds),
    )


def _concentration(contest: Contest, bloc: Bloc) -> Concentration | None:
    """Held against the ballots of its own contest, where several are looked at together."""
    if bloc.among is None:
        return concentration_of(bloc.casts, contest.answers)
    return concentration_of(bloc.casts[bloc.among], [each.only(bloc.among) for each in contest.answers])


def _concentrated(bloc: Bloc, found: Concentration | None, thresholds: Thresholds) -> bool:
    """Whether a bloc comes from one group well beyond its share."""
    if bloc.kind == ONE_GROUP:
        return bloc.lift >= thresholds.conc_lift and not bloc.group.endswith(f":{UNKNOWN_LABEL}")
    return found is not None and found.lift >= thresholds.conc_lift and found.p < thresholds.conc_p


def concentration_of(casts: Flags, answers: Sequence[Answers]) -> Concentration | None:
    """Find the group most over its share among these ballots; None where nobody's group is known."""
    n, drawn = len(casts), int(casts.sum())
    sizes = {(asked, i): asked.casts_of(i) for asked in answers for i in range(len(asked.groups))}
    groups = {key: of_group for key, of_group in sizes.items() if of_group.any()}
    best: Concentration | None = None
    for (asked, i), of_group in groups.items():
        inside, size = int((casts & of_group).sum()), int(of_group.sum())
        lift = inside / drawn / (size / n)
        if best is None or lift > best.lift:
            p = min(1.0, hypergeometric_at_least(inside, drawn, size, n) * len(groups))
            best = Concentration(lift, p, asked.name(i), inside / drawn)
    return best
