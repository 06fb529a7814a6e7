"""The report as one object for programs: the shapes and roundings the specification fixes (its section 7).

Example: `report_of(assessment, ...)["balance"]["age"]["groups"]["60+"]["rr"]` is 2.3953. Floats have four decimals. The
object holds exact counts of small groups: it is a working paper for officers, never published as it stands.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import rfc8785

from pbudget.balance.representation import DimensionBalance, GroupBalance
from pbudget.guard.rules.assessment import Assessment, Findings
from pbudget.guard.rules.bloc_effects import Effect
from pbudget.guard.rules.blocs import IDENTICAL, ONE_GROUP, SINGLE
from pbudget.guard.rules.contest import Contest
from pbudget.guard.rules.outcome import Outcome
from pbudget.guard.rules.verdict import Axes

DECIMALS = 4
Object = dict[str, Any]


def report_of(found: Assessment, configuration: Mapping[str, Any], mes_winners: Sequence[str]) -> Object:
    """Lay an assessment out. `configuration` is everything but the ballots and the baseline that decides the report."""
    contest, verdict = found.contest, found.verdict
    report: Object = {
        "n": contest.ballots,
        "projects": len(contest.projects),
        "winners": _ids(contest, found.cast),
        "verdict": verdict.verdict,
        "reasons": list(verdict.reasons),
        "axes": _axes(contest, verdict.axes) if verdict.axes else None,
        "z": rounded(found.z),
        "balance": {dimension: _balance(balance) for dimension, balance in found.balances.items()},
    }
    if found.findings:
        report |= _findings(contest, found.findings)
    if found.blocs:
        report["coordination"] = _coordination(found)
    if found.findings:
        report |= _projects(contest, found.cast, found.findings)
    report["mes_winners"] = sorted(mes_winners)
    baseline = {asked.dimension: asked.baseline for asked in contest.answers}
    report["config_version"] = found.thresholds.version
    report["baseline_version"] = hashlib.sha256(rfc8785.dumps(baseline)).hexdigest()
    report["input_hash"] = input_hash(contest, baseline, configuration)
    return report


def input_hash(contest: Contest, baseline: Mapping[str, Any], configuration: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of ballots (in order, with their labels), baseline and configuration.

    A ballot is {"labels": {dimension: group or null}, "scores": {project: score}}. Each distinct ballot, and each
    distinct set of labels, is written once, so 90,000 ballots cost little more than joining them.
    """
    ballots = _scores_texts(contest)
    asked = [answers.dimension for answers in contest.answers]
    said = list(zip(*(answers.labels for answers in contest.answers), strict=True)) or [()] * contest.ballots
    labels = {given: rfc8785.dumps(dict(zip(asked, given, strict=True))) for given in set(said)}
    texts = (
        b'{"labels":' + labels[given] + b',"scores":' + ballots[position] + b"}"
        for position, given in zip(contest.class_of.tolist(), said, strict=True)
    )
    digest = hashlib.sha256(b'{"ballots":[' + b",".join(texts))
    digest.update(b'],"baseline":' + rfc8785.dumps(baseline))
    digest.update(b',"configuration":' + rfc8785.dumps(configuration) + b"}")
    return digest.hexdigest()


def _scores_texts(contest: Contest) -> list[bytes]:
    """Write every distinct ballot in canonical JSON: project ids in the order of their UTF-16 units."""
    order = sorted(range(len(contest.projects)), key=lambda p: contest.projects[p].encode("utf-16-be"))
    rank = {p: place for place, p in enumerate(order)}
    named = [rfc8785.dumps(project) + b":" for project in contest.projects]
    texts = []
    for choices, scores in contest.classes:
        score_of = dict(zip(choices, scores, strict=True))
        said = [named[p] + _number(score_of[p]) for p in sorted(choices, key=rank.__getitem__)]
        texts.append(b"{" + b",".join(said) + b"}")
    return texts


@lru_cache(maxsize=4_096)
def _number(number: float) -> bytes:
    return rfc8785.dumps(number)


def rounded(value: float | None) -> float | None:
    """Round for the report; there is no minus zero."""
    return None if value is None else round(float(value), DECIMALS) + 0.0


def _ids(contest: Contest, projects: Sequence[int]) -> list[str]:
    return sorted(contest.projects[p] for p in projects)


def _axes(contest: Contest, axes: Axes) -> Object:
    return {
        "skew": axes.skew.level,
        "tvx": rounded(axes.skew.tvx),
        "decisive": _ids(contest, axes.decisive),
        "shut_out": _ids(contest, axes.shut_out),
        "turnout_money": rounded(axes.turnout_money),
        "coordination": axes.coordination,
        "concentrated": axes.concentrated,
        "bloc_money": rounded(axes.bloc_money),
        "run": axes.run,
        "discount_changes": axes.discount_changes,
        "hurt": axes.hurt,
        "pivotal": list(axes.pivotal),
        "noted": list(axes.noted),
    }


def _balance(balance: DimensionBalance) -> Object:
    far = balance.distances
    names = {"tv": "tv", "tv_expected": "tv_expected", "tvx": "tvx", "cv": "cv", "cvx": "cvx", "G": "g"}
    return {
        "status": balance.status,
        "n": balance.n,
        "known": balance.known,
        "unknown_share": rounded(balance.unknown_share),
        **{name: rounded(getattr(far, field)) if far else None for name, field in names.items()},
        "df": far.df if far else None,
        "p": rounded(far.p) if far else None,
        "groups": {name: _group(group) for name, group in balance.groups.items()},
    }


def _group(group: GroupBalance) -> Object:
    ratios = ("share", "rr", "rr_lo", "rr_hi", "bound_lo", "bound_hi")
    return {"x": group.x, **{name: rounded(getattr(group, name)) for name in ratios}, "flag": group.flag}


def _findings(contest: Contest, findings: Findings) -> Object:
    robust = findings.robust
    worst = abs(robust.swings)
    return {
        "weights": {
            "deff": rounded(robust.raked.deff),
            "n_eff": rounded(robust.raked.effective_ballots),
            "trimmed": rounded(robust.raked.trimmed),
            "max_w": rounded(robust.raked.largest),
        },
        "rake": {"winners": _ids(contest, robust.raked_winners), "moved": rounded(robust.raked_moved)},
        "cap": {name: rounded(moved) for name, moved in robust.caps.items()},
        "logo": {name: rounded(moved) for name, moved in robust.left_out.items()},
        "outcome": _outcome(findings.outcome),
        "harm": {
            dimension: {"groups": list(harm.groups), "gap": rounded(harm.gap), "z": rounded(harm.z)}
            for dimension, harm in findings.outcome.harm.items()
        },
        "discount_moved": rounded(findings.effects.together_moved),
        "max_swing": rounded(float(worst.max(initial=0.0))),
        "money_swing": rounded(robust.money_swing),
        "unknown_all": rounded(robust.unknown_share),
        "unknown_decisive": _ids(contest, robust.unknown_decisive),
    }


def _outcome(outcome: Outcome) -> Object:
    return {
        "exclusion": rounded(outcome.exclusion),
        "groups": {
            dimension: {
                group: {
                    "n": served.n,
                    "exclusion": rounded(served.exclusion),
                    "satisfaction": rounded(served.satisfaction),
                    "spend_share": rounded(served.spend_share),
                    "spend_per_pop": rounded(served.spend_per_pop),
                }
                for group, served in groups.items()
            }
            for dimension, groups in outcome.groups.items()
        },
    }


def _coordination(found: Assessment) -> Object:
    blocs, contest = found.blocs, found.contest
    assert blocs is not None  # the caller looked
    effects = found.findings.effects.each if found.findings else ()
    by_kind = {kind: [effect for effect in effects if effect.bloc.kind == kind] for kind in _KINDS}
    return {
        "slate_excess": rounded(blocs.slate_excess),
        "tested": blocs.tested,
        "bullet_excess": rounded(blocs.bullet_excess),
        "bullet_project": None if blocs.bullet_project is None else contest.projects[blocs.bullet_project],
        "bullet_rate": rounded(blocs.bullet_rate),
        "group_excess": rounded(blocs.group_excess),
        "longest_run": blocs.longest_run,
        **{name: [_effect(contest, effect) for effect in by_kind[kind]] for kind, name in _KINDS.items()},
    }


_KINDS = {IDENTICAL: "clusters", SINGLE: "bullets", ONE_GROUP: "groups"}


def _effect(contest: Contest, effect: Effect) -> Object:
    bloc = effect.bloc
    printed: Object = {
        "ballot": [contest.projects[p] for p in bloc.named],
        "count": bloc.count,
        "expected": rounded(bloc.expected),
        "excess": rounded(bloc.excess),
    }
    if bloc.kind == ONE_GROUP:
        printed |= {"group": bloc.group, "p": rounded(bloc.chance), "lift": rounded(bloc.lift)}
    if bloc.kind == IDENTICAL:
        printed["q"] = rounded(bloc.chance)
    if bloc.kind != ONE_GROUP:
        near = effect.concentration
        printed["concentration"] = near and {
            "lift": rounded(near.lift),
            "p": rounded(near.p),
            "group": near.group,
            "share": rounded(near.share),
        }
    return printed | {
        "moved": rounded(effect.moved),
        "swing": rounded(effect.swing),
        "matters": effect.matters,
        "concentrated": effect.concentrated,
    }


def _projects(contest: Contest, cast: Sequence[int], findings: Findings) -> Object:
    robust, won, raked = findings.robust, set(cast), set(findings.robust.raked_winners)
    chances = zip(robust.chances, robust.raked_chances, robust.swings, strict=True)
    return {
        "win_prob": {
            project: [rounded(chance) for chance in row] for project, row in zip(contest.projects, chances, strict=True)
        },
        "projects_detail": {
            project: {
                "won": p in won,
                "won_rake": p in raked,
                "swing": rounded(float(robust.swings[p])),
                "verdict": findings.labels[p],
                "bridge_min": {dimension: rounded(b.least) for dimension, b in findings.bridged[p].items()},
                "bridge_ratio": {dimension: rounded(b.ratio) for dimension, b in findings.bridged[p].items()},
                "gic": {dimension: rounded(b.product) for dimension, b in findings.bridged[p].items()},
            }
            for p, project in enumerate(contest.projects)
        },
    }
