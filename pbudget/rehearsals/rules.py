"""Known ballots and what they must come to, by plain adding up: nothing of the tally is used for it.

known_choices(contest of 3 projects, most 2, number=1)  ->  ["b", "c"]      voter 1 begins at the second project
expected_scores(contest, [["b", "c"], ["b"]])           ->  {"a": 0, "b": 2, "c": 1}
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from pbudget.ballots.rules.paper import Choices, Contest, Paper

VOTERS = 100
EVERY_BLANK = 10
EVERY_REPLACED = 7
CHANNELS = ("online", "kiosk", "roadshow", "paper")


def known_ballot(paper: Paper, number: int) -> dict[str, Choices]:
    """What voter `number` says in every contest; every tenth is blank."""
    return {contest.slug: known_choices(contest, number) for contest in paper.contests}


def known_choices(contest: Contest, number: int) -> Choices:
    """What voter `number` says in one contest, within its limits."""
    names = [option.reference for option in contest.options]
    blank = number % EVERY_BLANK == 0 or not names
    turned = [] if blank else names[number % len(names) :] + names[: number % len(names)]
    chosen = turned[: 1 + number % (contest.most or len(names))] if turned else []
    if contest.ballot_type == "points":
        return _shared_out(contest, chosen)
    return _within_the_pot(contest, chosen) if contest.ballot_type == "knapsack" else chosen


def _within_the_pot(contest: Contest, names: Sequence[str]) -> list[str]:
    left, kept = contest.amount, list[str]()
    for name in names:
        cost = contest.by_reference[name].cost
        if cost <= left:
            left, kept = left - cost, [*kept, name]
    return kept


def _shared_out(contest: Contest, names: Sequence[str]) -> dict[str, int]:
    """The points in falling shares: half to the first, half of the rest to the second, and so on."""
    left, given = contest.points, dict[str, int]()
    for name in names:
        share = min(contest.most_for_one, left - left // 2)
        left, given = left - share, {**given, name: share}
    return {name: points for name, points in given.items() if points}


def expected_scores(contest: Contest, said: Sequence[Choices]) -> dict[str, int]:
    """What each project must get: votes, points, or L for a first place, L - 1 for a second."""
    scores = {option.reference: 0 for option in contest.options}
    length = contest.most or len(contest.options)
    for choices in said:
        for place, name in enumerate(choices):
            ranked = length - place if contest.ballot_type == "ranked" else 1
            scores[name] += choices[name] if isinstance(choices, dict) else ranked
    return scores


def differences(contest: Contest, expected: Mapping[str, int], found: Mapping[str, int | Fraction]) -> list[str]:
    """A sentence for every project whose score is not what it must be."""
    return [
        f"{contest.name}, {name}: {expected[name]} expected, {found.get(name, 0)} counted."
        for name in sorted(expected)
        if expected[name] != found.get(name, 0)
    ]
