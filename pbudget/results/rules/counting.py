"""From counted ballots to an election for each pot.

    ballots {"riverside": ["swings", "skate"]} and {"riverside": []} in a pot with skate, swings and (withdrawn) pond
    ->  2 projects, classes ((0, 1), once) and ((), once): a blank ballot is a ballot

A withdrawn proposal is not in the election. Where a ballot names it, the ballot stands for everything else on it: in
a ranked ballot the later choices move up one place, exactly as if the proposal had never been listed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pbudget.kit.errors import PbudgetError
from pbudget.tally.election import BallotClass, BallotType, Election, Project

BALLOT_TYPES: dict[str, BallotType] = {
    "approval": "approval",
    "knapsack": "approval",
    "ranked": "ranked",
    "points": "points",
}


class BallotNamesUnknownProposal(PbudgetError):
    """A recorded ballot names a proposal the manifest does not have: the count stops, and the ledger is checked."""


@dataclass(frozen=True)
class Listed:
    """A proposal as the ballot listed it; `withdrawn` is None, or why it was withdrawn."""

    reference: str
    title: str
    cost: int
    category: str
    withdrawn: str | None


@dataclass(frozen=True)
class PotOnBallot:
    """What a pot's ballots are held against; money in the smallest unit. `most_choices` None: any number."""

    slug: str
    name: str
    amount: int
    units: int
    currency: str
    ballot_type: str
    most_choices: int | None
    proposals: Sequence[Listed]


def election_of(pot: PotOnBallot, ballots: Iterable[Mapping[str, Any]], meta: Mapping[str, str]) -> Election:
    """The pot's election. `ballots` are the `contests` of every counted ballot; one without this pot is not its."""
    merged = Counter(ballots_on(pot, ballots))
    standing = _standing(pot)
    return Election(
        pot=pot.amount,
        projects=tuple(Project(each.reference, each.cost, each.title, each.category) for each in standing),
        classes=tuple(BallotClass(choices, times, points) for (choices, points), times in sorted(merged.items())),
        ballot_type=BALLOT_TYPES[pot.ballot_type],
        length=(pot.most_choices or len(pot.proposals)) if pot.ballot_type == "ranked" else 0,
        currency=pot.currency,
        units=pot.units,
        name=pot.name,
        meta=meta,
    )


def ballots_on(pot: PotOnBallot, ballots: Iterable[Mapping[str, Any]]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """What each ballot that has this pot says in it, in their order: positions of projects, and points if any."""
    place = {each.reference: at for at, each in enumerate(_standing(pot))}
    gone = {each.reference for each in pot.proposals} - place.keys()
    return [_said(pot, choices[pot.slug], place, gone) for choices in ballots if pot.slug in choices]


def _standing(pot: PotOnBallot) -> list[Listed]:
    return [each for each in pot.proposals if each.withdrawn is None]


def _said(
    pot: PotOnBallot, choices: Any, place: Mapping[str, int], gone: set[str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What one ballot says in this pot: positions of projects, and points where there are points."""
    unknown = [name for name in choices if name not in place and name not in gone]
    if unknown:
        raise BallotNamesUnknownProposal(f"A ballot in {pot.name} names a proposal that is not in the manifest.")
    if pot.ballot_type == "points":
        given = sorted((place[name], points) for name, points in choices.items() if name in place and points)
        return tuple(at for at, _ in given), tuple(points for _, points in given)
    named = [place[name] for name in choices if name in place]
    return tuple(named if pot.ballot_type == "ranked" else sorted(named)), ()


def sizes_of(election: Election) -> dict[str, int]:
    """Ballots by the number of projects they name: `{"0": 3, "1": 120}`."""
    sizes: Counter[str] = Counter()
    for ballot in election.classes:
        sizes[str(len(ballot.choices))] += ballot.times
    return dict(sizes)
