"""A ballot put into words: what to do, where one stands, what was chosen.

knapsack, 3 of 5 chosen for £62,000 of £100,000:  "3 of 5 chosen. £62,000 of £100,000. £38,000 left."
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pbudget.ballots.rules.choices import Problem, check_choices, cost_of
from pbudget.ballots.rules.paper import Choices, Contest, Option
from pbudget.kit.money import format_money


@dataclass(frozen=True)
class Total:
    """Where a ballot stands: the words, why it could not go on like this (empty if it could), and the bar under them.

    `parts` and `whole` are in one unit: pence, projects or points.
    """

    words: str
    warning: str
    parts: tuple[int, ...]
    whole: int


def task_of(contest: Contest) -> str:
    """The heading of a contest: what the resident does here."""
    where = f"for {contest.name}"
    if contest.ballot_type == "points":
        return f"Share {contest.points} points between projects {where}"
    if contest.ballot_type == "ranked":
        return f"Put {_up_to(contest, 'projects')} in order {where}"
    return f"Choose {_up_to(contest, 'projects')} {where}"


def _up_to(contest: Contest, what: str) -> str:
    if contest.most is None:
        return what
    return f"up to {contest.most} {what if contest.most != 1 else what.removesuffix('s')}"


def how_it_works(contest: Contest) -> str:
    """One or two sentences on this kind of ballot."""
    pot = money_of(contest, contest.amount)
    if contest.ballot_type == "points":
        cap = f", at most {contest.cap} to one project" if contest.cap else ""
        return f"Give more points to the projects you want most{cap}. There is {pot} to spend."
    if contest.ballot_type == "ranked":
        return f"Add your favourite first. You can move projects up and down. There is {pot} to spend."
    if contest.ballot_type == "knapsack":
        return f"Choose what you would spend the money on. Together it must cost no more than {pot}."
    return f"Every project you choose gets one vote from you. There is {pot} to spend."


def total_of(contest: Contest, choices: Choices) -> Total:
    """Where this contest stands, in words first."""
    warning = _warning_of(check_choices(contest, choices))
    if contest.ballot_type == "points":
        return _points_total(contest, choices, warning)
    if contest.ballot_type == "knapsack":
        return _money_total(contest, choices, warning)
    return Total(_number_words(contest, choices), warning, (len(choices),), contest.most or 0)


def _warning_of(problems: Sequence[Problem]) -> str:
    """What has to be mended, in few words where the total says how much: the line must leave room for the projects."""
    if not problems:
        return ""
    said_already = problems[0].kind in ("too-many", "over-budget") or not problems[0].reference
    return "Take something off before you continue." if said_already else problems[0].text + "."


def _number_words(contest: Contest, choices: Choices) -> str:
    if contest.most is None:
        return f"{len(choices)} chosen."
    left = contest.most - len(choices)
    rest = f" You can choose {left} more." if left > 0 else f" {-left} too many." if left < 0 else ""
    return f"{len(choices)} of {contest.most} chosen.{rest}"


def _money_total(contest: Contest, choices: Choices, warning: str) -> Total:
    known = contest.by_reference
    costs = tuple(known[reference].cost for reference in choices if reference in known)
    left = contest.amount - sum(costs)
    number = f"{len(choices)} of {contest.most} chosen." if contest.most else f"{len(choices)} chosen."
    spent, whole = money_of(contest, sum(costs)), money_of(contest, contest.amount)
    words = f"{number} {spent} of {whole}. {money_of(contest, abs(left))} {'left' if left >= 0 else 'too much'}."
    return Total(words, warning, costs, contest.amount)


def _points_total(contest: Contest, choices: Choices, warning: str) -> Total:
    points = tuple(choices.values()) if isinstance(choices, dict) else ()
    left = contest.points - sum(points)
    words = f"{sum(points)} of {contest.points} points given. {abs(left)} {'left' if left >= 0 else 'too many'}."
    return Total(words, warning, points, contest.points)


def chosen_lines(contest: Contest, choices: Choices) -> list[tuple[Option, str]]:
    """The chosen options, each with its rank or its points in words; dearest wish first, else in text order."""
    known = contest.by_reference
    if isinstance(choices, dict):
        ordered = sorted(choices, key=lambda reference: (-choices[reference], reference))
        return [(known[name], say_points(choices[name])) for name in ordered if name in known]
    if contest.ballot_type == "ranked":
        return [(known[name], str(place)) for place, name in enumerate(choices, start=1) if name in known]
    return sorted(((known[name], "") for name in choices if name in known), key=lambda line: line[0].title)


def say_points(number: int) -> str:
    """`1 point`, `3 points`."""
    return f"{number} point" if number == 1 else f"{number} points"


def left_in_words(contest: Contest, choices: Choices) -> str:
    """What stays unspent, for "Check your vote"; empty where nothing does, and where nothing was chosen."""
    if not choices:
        return ""
    if contest.ballot_type == "points" and isinstance(choices, dict):
        left = contest.points - sum(choices.values())
        return f"{say_points(left)} not given" if left > 0 else ""
    if contest.ballot_type == "knapsack":
        left = contest.amount - cost_of(contest, choices)
        return f"{money_of(contest, left)} left" if left > 0 else ""
    left = (contest.most or 0) - len(choices)
    return f"You could choose {left} more" if left > 0 else ""


def money_of(contest: Contest, amount: int) -> str:
    """An amount of this contest's money as people read it."""
    return format_money(amount, contest.currency, contest.units)
