"""The whole guard on one contest: balance, what-ifs, blocs, who is served, and the verdict. Nothing is ever changed.

Example: `assess(contest, retally, thresholds, cast)` on Gdynia 2022 Chylonia (large) against the city's own voters says
"at risk of capture": people over 60 came at 2.4 times their share, and those who came too rarely got less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pbudget.balance.representation import DimensionBalance, balance_of, family_z
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.bloc_effects import Effects, effects_of
from pbudget.guard.rules.blocs import Blocs, find_blocs
from pbudget.guard.rules.bridging import Bridge, bridges, labels_of
from pbudget.guard.rules.contest import Contest
from pbudget.guard.rules.outcome import Outcome, outcome_of
from pbudget.guard.rules.retally import Retally
from pbudget.guard.rules.robustness import Bench, Robustness, robustness
from pbudget.guard.rules.verdict import NOT_ENOUGH, Verdict, enough_data, judge, skew_of


@dataclass(frozen=True, eq=False)
class Findings:
    """What is looked at only where there is enough data. `bridged` and `labels` are by project."""

    robust: Robustness
    effects: Effects
    outcome: Outcome
    bridged: Sequence[Mapping[str, Bridge]]
    labels: Sequence[str]


@dataclass(frozen=True, eq=False)
class Assessment:
    """Everything the guard found in one contest. `blocs` is None for an empty ward, `findings` without enough data."""

    contest: Contest
    thresholds: Thresholds
    replicates: int
    z: float
    balances: Mapping[str, DimensionBalance]
    cast: tuple[int, ...]
    verdict: Verdict
    blocs: Blocs | None = None
    findings: Findings | None = None


def assess(
    contest: Contest,
    retally: Retally,
    thresholds: Thresholds | None = None,
    cast: Sequence[int] | None = None,
    replicates: int | None = None,
) -> Assessment:
    """Look at one contest. `cast` is the stored outcome; without one it is counted here by the same rule."""
    limits = thresholds or Thresholds()
    wanted = replicates or limits.boot
    winners = tuple(cast) if cast is not None else _counted(contest, retally)
    bench = Bench(contest, retally, winners, limits, wanted)
    z = family_z([asked.baseline for asked in contest.answers], limits.alpha)
    balances = {asked.dimension: balance_of(asked.labels, asked.baseline, z, limits) for asked in contest.answers}
    blocs = find_blocs(contest, limits) if contest.ballots else None
    if blocs is None or not enough_data(contest.ballots, balances, limits):
        verdict = Verdict(NOT_ENOUGH, (), None)
        return Assessment(contest, limits, wanted, z, balances, winners, verdict, blocs)
    findings = _findings(bench, balances, blocs)
    verdict = judge(
        contest,
        winners,
        findings.labels,
        skew_of(balances, limits),
        findings.robust,
        blocs,
        findings.effects,
        findings.outcome,
        limits,
    )
    return Assessment(contest, limits, wanted, z, balances, winners, verdict, blocs, findings)


def _counted(contest: Contest, retally: Retally) -> tuple[int, ...]:
    """Count once with every ballot weighing the same."""
    if not contest.ballots:
        return ()
    return tuple(np.flatnonzero(retally.winners(np.ones((1, contest.ballots)))[0]).tolist())


def _findings(bench: Bench, balances: Mapping[str, DimensionBalance], blocs: Blocs) -> Findings:
    robust = robustness(bench, balances)
    bridged = bridges(bench.contest, balances, bench.thresholds)
    return Findings(
        robust,
        effects_of(bench, blocs.found),
        outcome_of(bench.contest, bench.cast, balances, bench.thresholds),
        bridged,
        labels_of(bench.cast, robust, bridged, bench.thresholds, several=bool(bench.contest.parts)),
    )
