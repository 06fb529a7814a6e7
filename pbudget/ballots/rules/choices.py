"""Putting proposals on a ballot, taking them off, and what keeps a ballot from being cast.

contest (knapsack, £100,000): Skate park £60,000, Pocket park £50,000
changed(contest, [], Change("add", "skate"))           ->  ["skate"]
check_choices(contest, ["pocket", "skate"])            ->  [Problem("over-budget", "… £10,000 more than …")]
check_choices(contest, ["skate"])                      ->  []
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pbudget.ballots.rules.paper import Choices, Contest
from pbudget.kit.money import format_money

ACTS = ("add", "remove", "up", "down", "more", "less")
DIGITS = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Change:
    """One press of a button: what to do with which proposal."""

    act: str
    reference: str


@dataclass(frozen=True)
class Problem:
    """Why a ballot cannot be cast as it stands, in the words the person reads.

    `kind` names it for tests; `reference` is the proposal it is about, empty where it is about the whole contest.
    """

    kind: str
    text: str
    reference: str = ""


def blank(ballot_type: str) -> Choices:
    """A contest in which nothing has been chosen."""
    return {} if ballot_type == "points" else []


def changed(contest: Contest, choices: Choices, change: Change) -> Choices:
    """The choices after one press. Repeating a press that adds or removes changes nothing more.

    What cannot be done (a proposal that is not on the paper, a button of another kind of ballot) changes nothing;
    `problem_of_change` says why.
    """
    if problem_of_change(contest, change):
        return choices
    if isinstance(choices, dict):
        return _points_changed(contest, choices, change)
    return _list_changed(choices, change)


def problem_of_change(contest: Contest, change: Change) -> Problem | None:
    """Why this press cannot be done, or None."""
    option = contest.by_reference.get(change.reference)
    if option is None or change.act not in ACTS:
        return Problem("not-on-ballot", "That project is not on this ballot. Choose from the list")
    if option.withdrawn is not None and change.act in ("add", "more"):
        return Problem("withdrawn", f"{option.title} has been withdrawn. Choose another project", option.reference)
    return None


def _list_changed(choices: list[str], change: Change) -> list[str]:
    others = [reference for reference in choices if reference != change.reference]
    if change.act == "add":
        return choices if change.reference in choices else [*choices, change.reference]
    if change.act == "remove":
        return others
    if change.reference not in choices or change.act not in ("up", "down"):
        return choices
    place = max(0, choices.index(change.reference) + (-1 if change.act == "up" else 1))
    return [*others[:place], change.reference, *others[place:]]


def _points_changed(contest: Contest, points: dict[str, int], change: Change) -> dict[str, int]:
    before = points.get(change.reference, 0)
    after = {"more": before + 1, "less": before - 1, "remove": 0, "add": max(before, 1)}.get(change.act, before)
    return _with_points(points, change.reference, max(0, min(after, contest.most_for_one)))


def _with_points(points: Mapping[str, int], reference: str, number: int) -> dict[str, int]:
    return {name: given for name, given in {**points, reference: number}.items() if given}


def points_typed(contest: Contest, points: dict[str, int], typed: Mapping[str, str]) -> dict[str, int]:
    """The points after what was typed into the boxes; what is not a usable number leaves its box as it was."""
    for reference, text in typed.items():
        if problem_of_points(contest, reference, text) is None:
            points = _with_points(points, reference, int(text.strip() or "0"))
    return points


def problem_of_points(contest: Contest, reference: str, text: str) -> Problem | None:
    """Why what was typed into a proposal's box is not a number of points, or None. An empty box is nought."""
    option = contest.by_reference.get(reference)
    if option is None:
        return Problem("not-on-ballot", "That project is not on this ballot. Choose from the list")
    plain = text.strip()
    if plain and not (plain.isascii() and DIGITS.fullmatch(plain)):
        return Problem("not-a-number", f"Points for {option.title} must be a whole number, like 3", reference=reference)
    if int(plain or "0") > contest.most_for_one:
        return Problem(
            "too-many-points",
            f"Points for {option.title} must be {contest.most_for_one} or fewer",
            reference=reference,
        )
    return None


def check_choices(contest: Contest, choices: Any) -> list[Problem]:
    """Everything that keeps these choices from being cast; none for a blank contest.

    Takes any JSON value, so that a damaged draft is a problem and never an error.
    """
    if not _is_of_its_kind(contest, choices):
        return [Problem("not-a-ballot", f"Your choices for {contest.name} cannot be read. Choose again")]
    problems = _problems_of_options(contest, choices)
    if problems:
        return problems
    beyond = _too_many_points if contest.ballot_type == "points" else _over_budget
    return [*_too_many(contest, choices), *beyond(contest, choices)]


def _is_of_its_kind(contest: Contest, choices: Any) -> bool:
    if contest.ballot_type == "points":
        return isinstance(choices, dict) and all(
            isinstance(name, str) and type(given) is int and given > 0 for name, given in choices.items()
        )
    if not isinstance(choices, list) or not all(isinstance(reference, str) for reference in choices):
        return False
    return len(set(choices)) == len(choices)


def _problems_of_options(contest: Contest, choices: Choices) -> list[Problem]:
    known, problems = contest.by_reference, []
    for reference in choices:
        if reference not in known:
            problems.append(Problem("not-on-ballot", "Your ballot names a project that is not on it. Choose again"))
        elif known[reference].withdrawn is not None:
            text = f"{known[reference].title} has been withdrawn. Remove it from your ballot"
            problems.append(Problem("withdrawn", text, reference))
    return problems


def _too_many(contest: Contest, choices: Choices) -> list[Problem]:
    if contest.most is None or len(choices) <= contest.most:
        return []
    over = len(choices) - contest.most
    text = f"You have chosen {len(choices)} projects for {contest.name}. You can choose {contest.most}. Remove {over}"
    return [Problem("too-many", text)]


def _over_budget(contest: Contest, choices: list[str]) -> list[Problem]:
    over = cost_of(contest, choices) - contest.amount
    if contest.ballot_type != "knapsack" or over <= 0:
        return []
    money = format_money(over, contest.currency, contest.units)
    whole = format_money(contest.amount, contest.currency, contest.units)
    text = f"Your projects for {contest.name} cost {money} more than the {whole} there is. Remove one or more"
    return [Problem("over-budget", text)]


def _too_many_points(contest: Contest, choices: dict[str, int]) -> list[Problem]:
    problems = [
        Problem("too-many-points", f"Points for {option.title} must be {contest.most_for_one} or fewer", reference)
        for reference, option in contest.by_reference.items()
        if choices.get(reference, 0) > contest.most_for_one
    ]
    given = sum(choices.values())
    if given > contest.points:
        text = (
            f"You have given {given} points for {contest.name}. You have {contest.points}. "
            f"Take {given - contest.points} back"
        )
        problems.append(Problem("too-many-points", text))
    return problems


def cost_of(contest: Contest, choices: Choices) -> int:
    """What the chosen proposals cost together, in the smallest unit."""
    known = contest.by_reference
    return sum(known[reference].cost for reference in choices if reference in known)


def canonical_choices(contest: Contest, choices: Choices) -> Choices:
    """The choices as the ledger keeps them: references in text order, except where their order is the vote."""
    if isinstance(choices, dict):
        return {reference: choices[reference] for reference in sorted(choices)}
    return list(choices) if contest.ballot_type == "ranked" else sorted(choices)
