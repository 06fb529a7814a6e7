"""What the page of one contest shows: a line for every proposal, in this ballot's own order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pbudget.ballots.rules.choices import Problem
from pbudget.ballots.rules.paper import Choices, Contest, Option, shuffled
from pbudget.ballots.rules.words import money_of
from pbudget.proposals.rules import in_brief

ROOM = 39 * 1024
"""Bytes: an old phone reads a page of at most 40 KB in good time, so long descriptions are read on pages of their own.
"""
FRAME, LINK, BRIEF = 8_200, 150, 150
LINE = {"approval": 300, "knapsack": 300, "ranked": 300, "points": 500}
CHOSEN = {"approval": 40, "knapsack": 75, "ranked": 270, "points": 75}
BUTTONS = {"approval": 1, "knapsack": 1, "ranked": 1, "points": 3}
"""About how much HTML a page takes without proposals, and what a link takes, a proposal without text, and what it takes
more once it is chosen: a part of the bar, a line among the ranks. How often a proposal's line names its reference.
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
    lines = [
        _line(contest, choices, option, numbers[option.reference], typed, errors, longest)
        for option in shuffled(contest.options, seed, contest.slug)
    ]
    crowded = is_crowded(contest, choices)
    return [replace(line, elsewhere=False) if crowded and line.chosen else line for line in lines]


def longest_brief(contest: Contest) -> int | None:
    """How much of each description fits the page; None where all of them fit whole.

    40 descriptions of 400 characters do not fit: 150 of each, and a link to the rest. Beside 40 boxes for points, 60.
    """
    if sum(_bytes(option.description) + LINK for option in contest.options) <= _room_for_text(contest):
        return None
    links = LINK + len(contest.slug) + max(len(option.reference) for option in contest.options)
    longest = _room_for_text(contest) // len(contest.options) - links
    return min(BRIEF, max(0, longest))


def is_crowded(contest: Contest, choices: Choices) -> bool:
    """Whether so much is chosen that the page has no room to say things twice.

    Then what is chosen has no link to more about it, which was there to be read before; and of a rank the button
    Remove is among all projects only.
    """
    links = len(contest.options) * (LINK + len(contest.slug)) + _references(contest.options)
    return _taken(contest, [option for option in contest.options if option.reference in choices]) + links > ROOM


def _taken(contest: Contest, chosen: Sequence[Option]) -> int:
    """Bytes of the page without any description or link, when these are chosen."""
    kind = contest.ballot_type
    ranked = chosen if kind == "ranked" else ()
    titles = sum(_bytes(option.title) for option in (*contest.options, *ranked))
    names = BUTTONS[kind] * _references(contest.options) + 3 * _references(ranked)
    return FRAME + len(contest.options) * LINE[kind] + len(chosen) * CHOSEN[kind] + titles + names


def _references(options: Sequence[Option]) -> int:
    return sum(len(option.reference) for option in options)


def _room_for_text(contest: Contest) -> int:
    """Bytes left for descriptions, also once as much is chosen as may be."""
    longest_first = sorted(contest.options, key=lambda option: _bytes(option.title), reverse=True)
    return ROOM - _taken(contest, longest_first[: contest.most] if contest.ballot_type == "ranked" else longest_first)


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
