"""What the ballots give each project: votes (how many name it) and score (what they give it together).

Example, L = 3: ballots ranked (A, B) and (B) give A 3 points and B 2 + 3 = 5 points; each has 1 and 2 votes. The
first place is worth L points, the second L - 1: the scores printed in Pabulib's ordinal files.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import lcm

from pbudget.tally.election import BallotClass, Election, Number


def votes(election: Election) -> tuple[int, ...]:
    """Count the ballots that name each project, by position."""
    totals = [0] * len(election.projects)
    for choices, times, _ in election.classes:
        for i in choices:
            totals[i] += times
    return tuple(totals)


def scores(election: Election) -> tuple[Number, ...]:
    """Add up each project's score, by position: votes, points, or points for places. Exact."""
    if election.ballot_type == "approval":
        return votes(election)
    totals: list[Number] = [0] * len(election.projects)
    for ballot in election.classes:
        for i, value in zip(ballot.choices, ballot_scores(election, ballot), strict=True):
            totals[i] += value * ballot.times
    return tuple(whole(total) for total in totals)


def ballot_scores(election: Election, ballot: BallotClass) -> Iterator[Number]:
    """Yield what one ballot gives to each of its choices, in their order. A place past L gives nothing."""
    if election.ballot_type == "points":
        yield from ballot.points
    elif election.ballot_type == "ranked":
        for place in range(len(ballot.choices)):
            yield max(election.length - place, 0)
    else:
        for _ in ballot.choices:
            yield 1


def point_scale(election: Election) -> int:
    """Find the smallest number that makes every ballot's points whole: 1, unless a file has fractions of points."""
    return lcm(*(value.denominator for ballot in election.classes for value in ballot.points))


def whole(value: Number) -> Number:
    """Turn a fraction that is a whole number into an int, so that it prints and compares as one."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return value
