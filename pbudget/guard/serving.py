"""Who got what they backed, as it may be said: counts under ten are left out, and others that would give them away.

Everybody can count how many ballots have nothing funded that they name. So the counts of groups that have nothing, and
of those that have something, are tables with exact totals like any other, and they stand beside the table of who took
part, whose groups they add up to. Where all three together would give a small count away, neither is spoken of; where
any count is left out, shares of the money are too, because with one project funded they say how many backed it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pbudget.balance.columns import given_away
from pbudget.balance.disclosure import publishable
from pbudget.guard.participation import counts_with_silence
from pbudget.guard.rules.assessment import Assessment


@dataclass(frozen=True, slots=True)
class ServedCounts:
    """One group, rounded: how many have nothing they backed funded, and how many have something."""

    nothing: int
    something: int
    money: float | None = None
    """Their share of the money, where it may be said."""

    @property
    def left_with_nothing(self) -> float:
        """The share that has nothing."""
        return self.nothing / (self.nothing + self.something)


def served_counts(found: Assessment, dimension: str) -> dict[str, ServedCounts]:
    """The groups of one dimension that may be spoken of. One of which all or none got nothing never is."""
    if found.findings is None:
        return {}
    outcome, ballots = found.findings.outcome, found.contest.ballots
    excluded, groups = round(outcome.exclusion * ballots), outcome.groups[dimension]
    nothing = {group: round(each.exclusion * each.n) for group, each in groups.items()}
    something = {group: each.n - nothing[group] for group, each in groups.items()}
    took_part = publishable(
        counts_with_silence({group: each.n for group, each in groups.items()}, ballots), found.thresholds
    )
    tables = [
        publishable(counts_with_silence(counts, total), found.thresholds)
        for counts, total in ((nothing, excluded), (something, ballots - excluded))
    ]
    if given_away(took_part, tables, found.thresholds):
        return {}
    money = not any(None in table.cells.values() for table in tables)
    pairs = {group: (tables[0].cells[group], tables[1].cells[group]) for group in groups}
    return {
        group: ServedCounts(a, b, round(groups[group].spend_share, 2) if money else None)
        for group, (a, b) in pairs.items()
        if a and b
    }


def shares_left_with_nothing(shown: Mapping[str, ServedCounts], groups: Collection[str]) -> tuple[float, float] | None:
    """The share with nothing in these groups together, and in all others; None where one may not be spoken of."""
    sides = [[each for name, each in shown.items() if (name in groups) is inside] for inside in (True, False)]
    if not set(groups) <= shown.keys() or not all(sides):
        return None
    a, b = (ServedCounts(sum(x.nothing for x in side), sum(x.something for x in side)) for side in sides)
    return a.left_with_nothing, b.left_with_nothing
