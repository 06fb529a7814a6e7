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

from pbudget.balance.clusters import Cluster
from pbudget.balance.disclosure import Publishable, publishable
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.clusters import Member, look_together
from pbudget.guard.document import Document
from pbudget.guard.participation import NOT_SAID
from pbudget.guard.past_votes import Look, Looked
from pbudget.guard.pooling import WardVotes, pool
from pbudget.guard.printed import printed
from pbudget.guard.reporting import left_out_beside
from pbudget.guard.residents import Residents
from pbudget.guard.rules.contest import answers_of
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


Units = Sequence[Sequence[int]]
"""Which wards each report is on: one, or several that are looked at together."""


@dataclass(frozen=True)
class Published:
    """A borough: what the reports on its wards, or on wards together, and on the whole say; and an earlier look."""

    looked: Sequence[Look]
    units: Units
    reports: Sequence[Document]
    whole: Document
    before: Publishable | None = None


some = st.one_of(st.integers(0, 11), st.integers(0, 30), st.integers(20, 90))
wards_of_people = st.lists(st.tuples(*[st.tuples(some, some)] * len(GROUPS)), min_size=1, max_size=3)


def looked(ward: Ward) -> Looked:
    """A vote on a skate park, which fits, and a pool that fewer people want or that does not fit."""
    ballots, ages = [], []
    for group, (backed, other) in zip(GROUPS, ward, strict=True):
        ballots += [["p1"]] * backed + [["p2"]] * other
        ages += [None if group == NOT_SAID else group] * (backed + other)
    return looked_at(ballots, {"age": ages}, {"age": AGE}, pot=10)


def looked_together(wards: Sequence[Ward]) -> Look:
    """The same vote in each of these wards, looked at as one."""
    slugs = tuple(f"ward-{n}" for n in range(len(wards)))
    alone, sizes = [looked(ward) for ward in wards], [sum(map(sum, ward)) for ward in wards]
    ends = np.cumsum(sizes)
    members = [
        Member(slug, slug, each.election, each.rule, each.found.contest, winners_of(each), np.arange(end - size, end))
        for slug, each, size, end in zip(slugs, alone, sizes, ends, strict=True)
    ]
    labels = [label for each in alone for label in each.found.contest.answers[0].labels]
    answers = [answers_of("age", labels, AGE)]
    return look_together(
        Cluster("The lanes", slugs, slugs, slugs), members, answers, Residents({"age": AGE}), Thresholds(), ()
    )


def winners_of(look: Look) -> list[str]:
    return [look.found.contest.projects[p] for p in look.found.cast]


def sum_of(wards: Sequence[Ward]) -> Ward:
    return tuple(tuple(map(sum, zip(*pairs, strict=True))) for pairs in zip(*wards, strict=True))


def published(wards: Sequence[Ward], joined: int = 0, percent: int | None = None) -> Published:
    """What is said of these wards, the first of them `joined`; with a look at so many percent of the votes before."""
    units = [[*range(joined)]] * bool(joined) + [[n] for n in range(joined, len(wards))]
    groups = [[wards[n] for n in unit] for unit in units]
    found = [looked(each[0]) if len(each) == 1 else looked_together(each) for each in groups]
    whole, before = looked(sum_of(wards)), None
    if percent is not None:
        (then,) = pool([votes_of(sum_of([part_of(ward, percent) for ward in each])) for each in groups], Thresholds())
        before = then.seen
    earlier = {"age": [before]} if before else {}
    left_out = left_out_beside(pool([votes_of(sum_of(each)) for each in groups], Thresholds(), earlier), whole)
    return Published(found, units, [each.document() for each in found], whole.document(left_out), before)


def part_of(ward: Ward, percent: int) -> Ward:
    return tuple((a * percent // 100, b * percent // 100) for a, b in ward)


def votes_of(ward: Ward) -> WardVotes:
    return WardVotes(Residents({"age": AGE}), {"age": counts(ward)}, sum(map(sum, ward)))


def counts(ward: Ward) -> Counter[str]:
    return Counter({group: sum(pair) for group, pair in zip(AGE, ward, strict=False)})


class Reader:
    """Knows all reports; the unknowns are, by ward and group, how many backed what is funded and how many did not, and
    how many of each group had voted at an earlier look."""

    def __init__(self, told: Published, wards: Sequence[Ward]) -> None:
        self.k, self.wards, self.told = len(GROUPS), wards, told
        self.size = (len(wards) * 2 + 1) * self.k
        self.equal: list[tuple[np.ndarray, float]] = []
        self.less: list[tuple[np.ndarray, float]] = []
        for place, ward in enumerate(wards):
            for side in (0, 1):
                row = sum(self._cell(place, group, side) for group in range(self.k))
                self.equal.append((row, sum(pair[side] for pair in ward)))
        for unit, report, look in zip(told.units, told.reports, told.looked, strict=True):
            self._participation(unit, report)
            self._served(unit, look)  # what wards fund and what all of them fund together are different contests
        self._participation(range(len(wards)), told.whole)
        if told.before:
            self._earlier(told.before)

    def _cell(self, ward: int, group: int, side: int) -> np.ndarray:
        row = np.zeros(self.size)
        row[(ward * self.k + group) * 2 + side] = 1
        return row

    def _side(self, unit: Sequence[int], group: int, side: int) -> np.ndarray:
        return sum((self._cell(ward, group, side) for ward in unit), np.zeros(self.size))

    def people(self, unit: Sequence[int], group: int) -> np.ndarray:
        return self._side(unit, group, 0) + self._side(unit, group, 1)

    def _backed(self, ward: int) -> int:
        return sum(pair[0] for pair in self.wards[ward])

    def _between(self, row: np.ndarray, low: float, high: float) -> None:
        self.less += [(row, high), (-row, -low)]

    def _shown(self, row: np.ndarray, shown: int | None) -> None:
        if shown is None:
            self._between(row, 1, 10**6)
        else:
            self._between(row, max(10, shown - 2) if shown else 0, shown + 2 if shown else 0)

    def _participation(self, unit: Sequence[int], report: Document) -> None:
        for table in report.participation:
            for group, row in enumerate(table.rows):
                self._shown(self.people(unit, group), row.participants)
                if row.participants is not None:
                    base = table.whole if row.group else report.ballots
                    assert row.share == round(min(1, row.participants / base), 4), "a share is made of what is shown"
            if table.rows:
                silent = table.rows[-1].participants
                assert table.whole == report.ballots - (silent or 0), "so is what it is a share of"

    def _served(self, unit: Sequence[int], report: Look) -> None:
        """A share of rounded counts may tell which counts they were, so the reader is given them."""
        assert all(report.found.contest.projects[p].endswith("p1") for p in report.found.cast), "the skate park"
        paying = [ward for ward in unit if self._backed(ward)]
        for name, shown in served_counts(report.found, "age").items():
            group = GROUPS.index(name)
            for side, count in ((0, shown.something), (1, shown.nothing)):
                self._between(self._side(unit, group, side), max(10, count - 2), count + 2)
            if shown.money is not None and paying:
                shares = [self._cell(ward, group, 0) / self._backed(ward) / len(paying) for ward in paying]
                self._between(sum(shares), shown.money - HALF, shown.money + HALF)

    def _earlier(self, before: Publishable) -> None:
        """Nobody's vote is ever taken away: whoever had voted has voted."""
        everybody, rows = range(len(self.wards)), []
        for group, name in enumerate(GROUPS):
            row = np.zeros(self.size)
            row[len(self.wards) * self.k * 2 + group] = 1
            if before.total >= 20:
                self._shown(row, before.cells[name])
            self.less.append((row - self.people(everybody, group), 0))
            rows.append(row)
        self.equal.append((sum(rows), before.total))

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

    def small(self) -> list[tuple[str, np.ndarray]]:
        """Every count of 1 to 9 of people in a group, and of those of a group who backed what is funded or did not,
        in a report that has tables."""
        found: list[tuple[str, np.ndarray]] = []
        for unit, report in zip(self.told.units, self.told.reports, strict=True):
            if not any(table.rows for table in report.participation):
                continue
            for group, pair in enumerate(sum_of([self.wards[ward] for ward in unit])):
                where = f"wards {unit} {GROUPS[group]}"
                found += [(where, self.people(unit, group))] * (0 < sum(pair) < 10)
                sides = [self._side(unit, group, side) for side in (0, 1) if 0 < pair[side] < 10]
                found += [(where, row) for row in sides if report.served]
        return found


@settings(max_examples=40, deadline=None, phases=NO_SHRINKING)
@given(wards_of_people)
@example([((0, 0), (0, 10), (10, 60), (11, 9))])  # 9 of those who did not say, by the shares of the other groups
@example([((9, 10), (9, 0), (6, 26), (5, 8)), ((9, 78), (1, 14), (9, 37), (50, 4))])  # by the table of the whole
def test_no_small_count_of_people_can_be_worked_out_from_all_reports_of_a_round(wards: list[Ward]) -> None:
    told = published(wards)
    for report in told.reports:
        assert report.ballots >= 20 or not any(table.rows for table in report.participation)
    nothing_is_given_away(told, wards)


def nothing_is_given_away(told: Published, wards: Sequence[Ward]) -> None:
    reader = Reader(told, wards)
    for where, row in reader.small():
        assert reader.values_left(row) >= 5, (where, wards)


@settings(max_examples=40, deadline=None, phases=NO_SHRINKING)
@given(wards_of_people.filter(lambda wards: len(wards) > 1), st.sampled_from([None, 40, 90, 100]))
@example(
    [((4, 5), (4, 0), (3, 13), (2, 4)), ((5, 5), (5, 0), (3, 13), (3, 4)), ((9, 78), (1, 14), (9, 37), (50, 4))], 90
)
def test_nor_where_wards_are_looked_at_together_and_somebody_kept_an_earlier_look(
    wards: list[Ward], percent: int | None
) -> None:
    told = published(wards, joined=2, percent=percent)
    assert told.reports[0].cluster == "The lanes"
    nothing_is_given_away(told, wards)


@settings(max_examples=40, deadline=None, phases=NO_SHRINKING)
@given(wards_of_people)
def test_no_number_of_one_to_nine_people_stands_anywhere_in_a_report(wards: list[Ward]) -> None:
    told = published(wards)
    for report in (each for each in (*told.reports, told.whole) if each.ballots >= 10):
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
