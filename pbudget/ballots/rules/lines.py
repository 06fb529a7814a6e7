"""What the page of one contest shows: a line for every proposal, in this ballot's own order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbudget.ballots.rules.choices import Problem
from pbudget.ballots.rules.paper import Choices, Contest, Option, shuffled
from pbudget.ballots.rules.words import money_of
from pbudget.proposals.rules import in_brief

ROOM = 39 * 1024
"""Bytes: an old phone reads a page of at most 40 KB in good time, so long descriptions are read on pages of their own.
"""
FRAME, LINK, RANK, BRIEF = 8_200, 190, 560, 150
LINE = {"approval": 440, "knapsack": 440, "ranked": 440, "points": 610}
"""About how much HTML a page takes without proposals, and what a link, a rank, and a proposal each take without text.
"""


@dataclass(frozen=True)
class Line:
    """A proposal as the page shows it. `number` makes ids that stay the same whatever the order.

    `rest` is what follows the brief, on the same page; `elsewhere`, that it is to be read on the proposal's own.
    """

    number: int
    option: Option
    cost: str
    brief: str
    rest: str
    elsewhere: bool
    chosen: bool
    rank: int
    points: str
    error: str


def lines_of(
    contest: Contest, choices: Choices, seed: str, typed: Mapping[str, str], problems: Sequence[Problem]
) -> list[Line]:
    """Every proposal of the contest, shuffled by the seed. `typed` is what stands in boxes that were not understood."""
    numbers = {option.reference: number for number, option in enumerate(contest.options, start=1)}
    longest = longest_brief(contest)
    errors = {problem.reference: problem.text for problem in reversed(problems) if problem.reference}
    return [
        _line(contest, choices, option, numbers[option.reference], typed, errors, longest)
        for option in shuffled(contest.options, seed, contest.slug)
    ]


def longest_brief(contest: Contest) -> int | None:
    """How much of each description fits the page; None where all of them fit whole.

    40 descriptions of 400 characters do not fit: 150 of each, and a link to the rest. Beside 40 boxes for points, 60.
    """
    if sum(_bytes(option.description) + LINK for option in contest.options) <= _room_for_text(contest):
        return None
    links = LINK + len(contest.slug) + max(len(option.reference) for option in contest.options)
    longest = _room_for_text(contest) // len(contest.options) - links
    return min(BRIEF, max(0, longest))


def _room_for_text(contest: Contest) -> int:
    """Bytes left for descriptions beside what every proposal takes and, on a ranked ballot, the list of the ranks."""
    titles = sorted((_bytes(option.title) for option in contest.options), reverse=True)
    references = sum(len(option.reference) for option in contest.options) * (
        3 if contest.ballot_type == "points" else 1
    )
    ranks = titles[: contest.most] if contest.ballot_type == "ranked" else []
    lines = len(titles) * LINE[contest.ballot_type] + len(ranks) * RANK
    return ROOM - FRAME - lines - sum(titles) - sum(ranks) - references


def _bytes(text: str) -> int:
    return len(text.encode())


def _line(
    contest: Contest,
    choices: Choices,
    option: Option,
    number: int,
    typed: Mapping[str, str],
    errors: dict[str, str],
    longest: int | None,
) -> Line:
    brief, rest = in_brief(option.description, BRIEF if longest is None else longest)
    points = choices.get(option.reference, 0) if isinstance(choices, dict) else 0
    ranked = contest.ballot_type == "ranked" and isinstance(choices, list) and option.reference in choices
    return Line(
        number=number,
        option=option,
        cost=money_of(contest, option.cost),
        brief=brief,
        rest="" if longest is not None else rest,
        elsewhere=longest is not None and bool(rest),
        chosen=option.reference in choices,
        rank=list(choices).index(option.reference) + 1 if ranked else 0,
        points=typed.get(option.reference, str(points)),
        error=errors.get(option.reference, ""),
    )


def in_rank_order(lines: Sequence[Line]) -> list[Line]:
    """The lines that have a rank, first choice first."""
    return sorted((line for line in lines if line.rank), key=lambda line: line.rank)
