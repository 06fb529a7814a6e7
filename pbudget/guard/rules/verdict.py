"""One verdict per ward, in words: what drives it, and what is only noted beside it. A prompt to look, not a finding.

Worked example: people over 60 came at 2.4 times their share and under-18s at less than half of theirs (skew 2).
Weighting everybody in proportion changes no winner, so turnout decided nothing. But those who came too rarely are 39
points more likely to have nothing they backed funded (z = 16): harm. Skew 2 with harm is "at risk of capture".

First match wins: not enough data; at risk of capture; watch; balanced. Skew by itself is a note, because participants
are unlike residents in most votes; so is a bloc that changes no winner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pbudget.balance.representation import ABSENT, SEVERE, DimensionBalance
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.bloc_effects import Effect, Effects
from pbudget.guard.rules.blocs import IDENTICAL, ONE_GROUP, SINGLE, Blocs
from pbudget.guard.rules.bridging import DECIDED, SHUT_OUT
from pbudget.guard.rules.contest import Contest
from pbudget.guard.rules.outcome import Outcome
from pbudget.guard.rules.robustness import Robustness

NOT_ENOUGH, AT_RISK, WATCH, BALANCED = "not enough data", "at risk of capture", "watch", "balanced"
SKEW = "skew"
BY_TURNOUT, BY_BLOC, BY_HARM = "turnout", "bloc", "harm"


@dataclass(frozen=True, slots=True)
class Skew:
    """Who came: level 0 to 2, the largest distance beyond chance, the groups far off, and whether that is extreme."""

    level: int
    tvx: float
    groups: tuple[str, ...]
    extreme: bool


@dataclass(frozen=True, slots=True)
class Axes:
    """Everything a verdict is made of. Projects are positions; money is a share of what was awarded."""

    skew: Skew
    decisive: tuple[int, ...]
    shut_out: tuple[int, ...]
    turnout_money: float
    coordination: bool
    concentrated: bool
    bloc_money: float
    run: int
    discount_changes: bool
    hurt: bool
    pivotal: tuple[str, ...]
    unknown_decisive: tuple[int, ...]
    noted: tuple[str, ...]

    @property
    def turnout_decided(self) -> bool:
        """Whether some project was funded or left out because of who turned out."""
        return bool(self.decisive or self.shut_out)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict, its reasons in plain sentences, and the axes; None where there is not enough data."""

    verdict: str
    reasons: tuple[str, ...]
    axes: Axes | None


def enough_data(ballots: int, balances: Mapping[str, DimensionBalance], thresholds: Thresholds) -> bool:
    """Whether there are enough ballots and at least one question enough people answered."""
    return ballots >= thresholds.min_n and any(balance.usable for balance in balances.values())


def skew_of(balances: Mapping[str, DimensionBalance], thresholds: Thresholds) -> Skew:
    """Say how unlike residents the participants are, over the usable dimensions."""
    usable = {name: balance for name, balance in balances.items() if balance.usable}
    tvx = max((balance.distances.tvx for balance in usable.values() if balance.distances), default=0.0)
    severe = [
        f"{group} ({name}) {balance.groups[group].flag}"
        for name, balance in usable.items()
        for group in balance.flagged(SEVERE, thresholds.min_base)
    ]
    missing = any(balance.flagged([ABSENT], thresholds.absent_base) for balance in usable.values())
    level = 2 if severe or tvx >= thresholds.tvx_high else int(tvx >= thresholds.tvx_watch)
    return Skew(level, tvx, tuple(severe), missing or tvx >= thresholds.tvx_extreme)


def judge(
    contest: Contest,
    cast: Sequence[int],
    labels: Sequence[str],
    skew: Skew,
    robust: Robustness,
    found: Blocs,
    effects: Effects,
    outcome: Outcome,
    thresholds: Thresholds,
) -> Verdict:
    """Put the axes together and give the verdict with its reasons."""
    decisive = tuple(p for p, label in enumerate(labels) if label == DECIDED)
    shut_out = tuple(p for p, label in enumerate(labels) if label == SHUT_OUT)
    matter = [effect for effect in effects.each if effect.matters]
    axes = Axes(
        skew,
        decisive,
        shut_out,
        _money(contest, cast, decisive, shut_out),
        bool(matter),
        any(effect.concentrated for effect in matter),
        max((e.moved for e in matter if _may_be_risk(e, thresholds)), default=0.0),
        found.longest_run,
        effects.together_changes,
        any(harm.hurts(thresholds) for harm in outcome.harm.values()),
        robust.pivotal,
        robust.unknown_decisive,
        (),
    )
    axes = _with_notes(axes, effects.each)
    return Verdict(_verdict(axes, thresholds), tuple(_reasons(contest, axes, outcome, effects, thresholds)), axes)


def _money(contest: Contest, cast: Sequence[int], decisive: Sequence[int], shut_out: Sequence[int]) -> float:
    """Share of the money awarded that turnout decided, or kept from others; the larger."""
    awarded = contest.cost_of(cast)
    return max(contest.cost_of(decisive), contest.cost_of(shut_out)) / awarded if awarded else 0.0


def _may_be_risk(effect: Effect, thresholds: Thresholds) -> bool:
    return effect.concentrated and effect.bloc.excess >= thresholds.risk_excess


def _harms(axes: Axes) -> bool:
    return axes.skew.level == 2 and axes.hurt


def grounds_for_risk(axes: Axes, thresholds: Thresholds) -> tuple[str, ...]:
    """What makes a result at risk of capture: who turned out, ballots alike, harm; empty where it is not."""
    by_turnout = axes.skew.level >= 1 and axes.turnout_decided and axes.turnout_money >= thresholds.material
    holds = {BY_TURNOUT: by_turnout, BY_BLOC: axes.bloc_money >= thresholds.material, BY_HARM: _harms(axes)}
    return tuple(ground for ground, is_one in holds.items() if is_one)


def _verdict(axes: Axes, thresholds: Thresholds) -> str:
    """First match wins."""
    if grounds_for_risk(axes, thresholds):
        return AT_RISK
    if axes.skew.extreme or axes.pivotal or axes.coordination or axes.turnout_decided or axes.unknown_decisive:
        return WATCH
    return BALANCED


def _with_notes(axes: Axes, effects: Sequence[Effect]) -> Axes:
    """Name what is printed beside the verdict and drives nothing: skew first, then kinds of blocs in text order."""
    drives = axes.skew.extreme or axes.pivotal or axes.turnout_decided or _harms(axes)
    kinds = {effect.bloc.kind for effect in effects if not effect.matters}
    noted = ([SKEW] if axes.skew.level and not drives else []) + sorted(kinds)
    return replace(axes, noted=tuple(noted))


def _reasons(contest: Contest, axes: Axes, outcome: Outcome, effects: Effects, thresholds: Thresholds) -> list[str]:
    """Say why, one sentence per finding: skew, turnout, harm, pivotal groups, the unknown, blocs."""
    sentences = []
    if axes.skew.level:
        noted = "noted, " if SKEW in axes.noted else ""
        severe = ", ".join(axes.skew.groups) + "; " if axes.skew.groups else ""
        sentences.append(f"{noted}skew: {severe}excess distance {axes.skew.tvx:.3f}")
    sentences += _turnout_reasons(contest, axes)
    for dimension, harm in outcome.harm.items():
        if harm.hurts(thresholds):
            who, points = "/".join(harm.groups), round(100 * harm.gap)
            sentences.append(
                f"harm: {who} ({dimension}) are {points} points more likely to have nothing they backed funded"
            )
    sentences += [f"pivotal: without {group}, at more than twice its share, a winner loses" for group in axes.pivotal]
    if axes.unknown_decisive:
        names = _names(contest, axes.unknown_decisive)
        sentences.append(f"unknown: {names} would probably lose without the ballots of people whose group is unknown")
    return sentences + [_bloc_reason(contest, effect) for effect in effects.each]


def _turnout_reasons(contest: Contest, axes: Axes) -> list[str]:
    sentences = []
    share = f"{axes.turnout_money:.0%} of the money awarded"
    if axes.decisive:
        sentences.append(f"turnout: {_names(contest, axes.decisive)} decided by who turned out ({share})")
    if axes.shut_out:
        sentences.append(f"turnout: {_names(contest, axes.shut_out)} shut out by who turned out ({share})")
    return sentences


def _bloc_reason(contest: Contest, effect: Effect) -> str:
    bloc = effect.bloc
    what = {IDENTICAL: IDENTICAL, SINGLE: SINGLE, ONE_GROUP: f"identical ballots from {bloc.group}"}[bloc.kind]
    noted = "" if effect.matters else "noted, changes no winner: "
    named = "+".join(contest.projects[p] for p in bloc.named)
    return f"{noted}{what}: {bloc.count} (about {bloc.expected:.1f} expected) for {named}"


def _names(contest: Contest, projects: Sequence[int]) -> str:
    return ", ".join(contest.projects[p] for p in projects)
