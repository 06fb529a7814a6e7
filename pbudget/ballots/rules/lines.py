"""What the page of one contest shows: a line for every proposal, in this ballot's own order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbudget.ballots.rules.choices import Problem
from pbudget.ballots.rules.paper import Choices, Contest, Option, shuffled
from pbudget.ballots.rules.words import in_brief, money_of


@dataclass(frozen=True)
class Line:
    """A proposal as the page shows it. `number` makes ids that stay the same whatever the order."""

    number: int
    option: Option
    cost: str
    brief: str
    rest: str
    chosen: bool
    rank: int
    points: str
    error: str


def lines_of(
    contest: Contest, choices: Choices, seed: str, typed: Mapping[str, str], problems: Sequence[Problem]
) -> list[Line]:
    """Every proposal of the contest, shuffled by the seed. `typed` is what stands in boxes that were not understood."""
    numbers = {option.reference: number for number, option in enumerate(contest.options, start=1)}
    errors = {problem.reference: problem.text for problem in reversed(problems) if problem.reference}
    return [
        _line(contest, choices, option, numbers[option.reference], typed, errors)
        for option in shuffled(contest.options, seed, contest.slug)
    ]


def _line(
    contest: Contest, choices: Choices, option: Option, number: int, typed: Mapping[str, str], errors: dict[str, str]
) -> Line:
    brief, rest = in_brief(option.description)
    points = choices.get(option.reference, 0) if isinstance(choices, dict) else 0
    ranked = contest.ballot_type == "ranked" and isinstance(choices, list) and option.reference in choices
    return Line(
        number=number,
        option=option,
        cost=money_of(contest, option.cost),
        brief=brief,
        rest=rest,
        chosen=option.reference in choices,
        rank=list(choices).index(option.reference) + 1 if ranked else 0,
        points=typed.get(option.reference, str(points)),
        error=errors.get(option.reference, ""),
    )


def in_rank_order(lines: Sequence[Line]) -> list[Line]:
    """The lines that have a rank, first choice first."""
    return sorted((line for line in lines if line.rank), key=lambda line: line.rank)
