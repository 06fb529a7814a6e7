"""What reports publish, page, JSON and sentences together: no count of 1 to 9 can be worked out by a patient reader.

The reader knows every report of the round, every exact number of votes, how many ballots name what is funded (the
ballots are public), and does the sums with linear programmes.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pbudget.balance.disclosure import publishable
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.document import Document
from pbudget.guard.participation import NOT_SAID
from pbudget.guard.past_votes import Looked
from pbudget.guard.pooling import WardVotes, pool
from pbudget.guard.printed import printed
from pbudget.guard.reporting import left_out_beside
from pbudget.guard.residents import Residents
from pbudget.guard.serving import served_counts
from tests.guard.builders import looked_at

AGE = {"16-29": 0.3, "30-59": 0.5, "60+": 0.2}
GROUPS = (*AGE, NOT_SAID)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing borough is printed as it was found: making it smaller takes minutes."""
HALF = 0.005
"""Shares are published with two decimals."""
Ward = tuple[tuple[int, int], ...]
"""By group: how many backed what is funded, and how many did not."""


@dataclass(frozen=True)
class Published:
    """A borough: what its wards and the whole say."""

    looked: Sequence[Looked]
    wards: Sequence[Document]
    whole: Document


some = st.one_of(st.integers(0, 11), st.integers(0, 30), st.integers(20, 90))
wards_of_people = st.lists(st.tuples(*[st.tuples(some, some)] * len(GROUPS)), min_size=1, max_size=3)


def looked(ward: Ward) -> Looked:
    """A vote on a skate park, which fits, and a pool that fewer people want or that does not fit."""
    ballots, ages = [], []
    for group, (backed, other) in zip(GROUPS, ward, strict=True):
        ballots += [["p1"]] * backed + [["p2"]] * other
        ages += [None if group == NOT_SAID else group] * (backed + other)
    return looked_at(ballots, {"age": ages}, {"age": AGE}, pot=10)


def published(wards: Sequence[Ward]) -> Published:
    reports = [looked(ward) for ward in wards]
    together = looked([tuple(map(sum, zip(*pairs, strict=True))) for pairs in zip(*wards, strict=True)])
    votes = [WardVotes(Residents({"age": AGE}), {"age": counts(ward)}, sum(map(sum, ward))) for ward in wards]
    left_out = left_out_beside(pool(votes, Thresholds()), together)
    return Published(reports, [each.document() for each in reports], together.document(left_out))


def counts(ward: Ward) -> Counter[str]:
    return Counter({group: sum(pair) for group, pair in zip(AGE, ward, strict=False)})


class Reader:
    """Knows all reports; the unknowns are, by report and group, how many backed what is funded and how many did not."""

    def __init__(self, told: Published, wards: Sequence[Ward]) -> None:
        self.k, self.tables = len(GROUPS), [*told.wards, told.whole]
        self.size = len(self.tables) * self.k * 2
        self.equal: list[tuple[np.ndarray, float]] = []
        self.less: list[tuple[np.ndarray, float]] = []
        for place, report in enumerate(self.tables):
            backed = sum(pair[0] for ward in (wards if place == len(wards) else [wards[place]]) for pair in ward)
            self._totals(place, report.ballots, backed)
            self._participation(place, report)
            if place < len(wards):  # what wards fund and what all of them fund together are different contests
                self._served(place, told.looked[place], backed)
        for group in range(self.k):
            for side in (0, 1):
                row = sum(self._one(place, group, side) for place in range(len(wards)))
                self.equal.append((row - self._one(len(wards), group, side), 0))

    def _one(self, place: int, group: int, side: int) -> np.ndarray:
        row = np.zeros(self.size)
        row[(place * self.k + group) * 2 + side] = 1
        return row

    def _people(self, place: int, group: int) -> np.ndarray:
        return self._one(place, group, 0) + self._one(place, group, 1)

    def _totals(self, place: int, ballots: int, backed: int) -> None:
        for side, total in ((0, backed), (1, ballots - backed)):
            self.equal.append((sum(self._one(place, group, side) for group in range(self.k)), total))

    def _between(self, row: np.ndarray, low: float, high: float) -> None:
        self.less += [(row, high), (-row, -low)]

    def _participation(self, place: int, report: Document) -> None:
        for table in report.participation:
            for group, row in enumerate(table.rows):
                people, shown = self._people(place, group), row.participants
                if shown is None:
                    self._between(people, 1, 10**6)
                else:
                    self._between(people, max(10, shown - 2) if shown else 0, shown + 2 if shown else 0)
                    base = table.whole if row.group else report.ballots
                    assert row.share == round(min(1, shown / base), 4), "a share is made of what is shown"
            if table.rows:
                silent = table.rows[-1].participants
                assert table.whole == report.ballots - (silent or 0), "so is what it is a share of"

    def _served(self, place: int, report: Looked, backed: int) -> None:
        """A share of rounded counts may tell which counts they were, so the reader is given them."""
        (funded,) = report.found.cast or (0,)
        everybody = backed if funded == 0 else report.found.contest.ballots - backed
        for name, shown in served_counts(report.found, "age").items():
            group = GROUPS.index(name)
            for side, count in ((funded, shown.something), (1 - funded, shown.nothing)):
                self._between(self._one(place, group, side), max(10, count - 2), count + 2)
            if shown.money is not None:
                least, most = ((shown.money + half) * everybody for half in (-HALF, HALF))
                self._between(self._one(place, group, funded), least, most)

    def values_left(self, row: np.ndarray) -> int:
        """How many values from 1 to 9 a sum of unknowns can have."""
        equal, right = zip(*self.equal, strict=True)
        less, most = zip(*self.less, strict=True) if self.less else ((np.zeros(self.size),), (0,))
        ends = [
            linprog(sign * row, A_ub=np.array(less), b_ub=most, A_eq=np.array(equal), b_eq=right, bounds=(0, None))
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends), "the published figures contradict each other"
        low, high = np.ceil(ends[0].fun - 1e-6), np.floor(-ends[1].fun + 1e-6)
        return int(min(9, high) - max(1, low)) + 1

    def small(self, wards: Sequence[Ward]) -> list[tuple[str, np.ndarray]]:
        """Every count of 1 to 9 of people in a group, and of those of a group who backed what is funded or did not."""
        found: list[tuple[str, np.ndarray]] = []
        for place, ward in enumerate(wards):
            for group, pair in enumerate(ward):
                where = f"ward {place} {GROUPS[group]}"
                found += [(where, self._people(place, group))] * (0 < sum(pair) < 10)
                sides = [self._one(place, group, side) for side in (0, 1) if 0 < pair[side] < 10]
                found += [(where, row) for row in sides if self.tables[place].served]
        return found


@settings(max_examples=40, deadline=None, phases=NO_SHRINKING)
@given(wards_of_people)
@example([((0, 0), (0, 10), (10, 60), (11, 9))])  # 9 of those who did not say, by the shares of the other groups
@example([((9, 10), (9, 0), (6, 26), (5, 8)), ((9, 78), (1, 14), (9, 37), (50, 4))])  # by the table of the whole
def test_no_small_count_of_people_can_be_worked_out_from_all_reports_of_a_round(wards: list[Ward]) -> None:
    told = published(wards)
    reader = Reader(told, wards)
    for place, ward in enumerate(wards):
        if sum(map(sum, ward)) < 20:
            assert not any(table.rows for table in told.wards[place].participation)
    for where, row in reader.small(wards):
        if any(table.rows for table in told.wards[int(where.split()[1])].participation):
            assert reader.values_left(row) >= 5, (where, wards)


@settings(max_examples=40, deadline=None, phases=NO_SHRINKING)
@given(wards_of_people)
def test_no_number_of_one_to_nine_people_stands_anywhere_in_a_report(wards: list[Ward]) -> None:
    told = published(wards)
    for report in (each for each in (*told.wards, told.whole) if each.ballots >= 10):
        rows = [row for table in asdict(report)["participation"] for row in table["rows"]]
        assert [row for row in rows if row["participants"] in range(1, 10)] == []
        assert re.findall(r"(?<![\d.,–])[1-9] (?:ballots|people)\b", printed(report)) == []


def test_what_officers_saw_while_voting_was_open_counts_as_published() -> None:
    ward = WardVotes(Residents({"age": {"16-59": 0.5, "60+": 0.5}}), {"age": Counter({"16-59": 11, "60+": 10})}, 21)
    (alone,) = pool([ward], Thresholds())
    assert alone.seen.cells == {"16-59": 10, "60+": 10, NOT_SAID: 0}
    before = publishable({"16-59": 11, "60+": 9, NOT_SAID: 0})
    (after,) = pool([ward], Thresholds(), {"age": [before]})
    assert (before.cells["60+"], after.seen.cells["60+"], after.table.rows[1].participants) == (None, None, None)
