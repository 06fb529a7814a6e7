"""Small counts cannot be worked out from what is shown: the reader's arithmetic is done here with linear programmes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pbudget.balance.disclosure import Publishable, Span, possible, possible_twice, publishable

small = st.integers(0, 12)
large = st.integers(0, 400)


@st.composite
def tables(draw: st.DrawFn, least: int = 2, most: int = 12) -> dict[str, int]:
    counts = draw(st.lists(st.one_of(small, small, large), min_size=least, max_size=most))
    return {f"group {i}": count for i, count in enumerate(counts)}


def bounds(shown: Publishable, cells: Sequence[str]) -> list[tuple[float, float | None]]:
    """What a reader knows of every cell: nothing but "at least one" of a suppressed one."""
    if shown.withheld:
        return [(0, None)] * len(cells)
    known: list[tuple[float, float | None]] = []
    for cell in cells:
        value = shown.cells[cell]
        known.append((1, None) if value is None else (0, 0) if value == 0 else (max(10, value - 2), value + 2))
    return known


def values_left(publications: Sequence[tuple[Publishable, int]], cell: str, at: int) -> int:
    """How many values from 1 to 9 a cell can have, knowing every publication, every exact total, and that votes only
    come in. With integer bounds and sums the ends of the linear programme are whole numbers."""
    cells = list(publications[0][0].cells)
    k, times = len(cells), len(publications)
    limits = [pair for shown, _ in publications for pair in bounds(shown, cells)]
    sums = np.kron(np.eye(times), np.ones(k))
    totals = [total for _, total in publications]
    grows = np.array(
        [np.eye(k * times)[t * k + i] - np.eye(k * times)[(t + 1) * k + i] for t in range(times - 1) for i in range(k)]
    )
    more = {"A_ub": grows, "b_ub": np.zeros(len(grows))} if times > 1 else {}
    goal = np.eye(k * times)[at * k + cells.index(cell)]
    ends = [linprog(sign * goal, A_eq=sums, b_eq=totals, bounds=limits, **more) for sign in (1, -1)]
    assert all(end.status == 0 for end in ends)
    low, high = round(ends[0].fun), round(-ends[1].fun)
    return min(9, high) - max(1, low) + 1


def small_cells(counts: Mapping[str, int], shown: Publishable) -> list[str]:
    """The counts to be protected. A withheld table tells nothing but turnout, which is public."""
    return [] if shown.withheld else [cell for cell, count in counts.items() if 0 < count < 10]


@settings(max_examples=40)
@given(tables())
def test_at_least_five_values_stay_possible_for_every_small_count(counts: dict[str, int]) -> None:
    shown = publishable(counts)
    for cell in small_cells(counts, shown):
        assert shown.cells[cell] is None
        assert values_left([(shown, sum(counts.values()))], cell, 0) >= 5


@settings(max_examples=40)
@given(tables(), st.data())
def test_nor_when_the_table_is_published_twice(before: dict[str, int], data: st.DataObject) -> None:
    after = {cell: count + data.draw(st.one_of(st.just(0), small)) for cell, count in before.items()}
    first = publishable(before)
    published = [(first, sum(before.values())), (publishable(after, earlier=[first]), sum(after.values()))]
    for at, table in enumerate((before, after)):
        for cell in small_cells(table, published[at][0]):
            assert values_left(published, cell, at) >= 5


@given(tables())
def test_what_is_shown_is_never_a_count_from_one_to_nine_and_never_far_off(counts: dict[str, int]) -> None:
    shown = publishable(counts)
    for cell, value in shown.cells.items():
        if value is not None:
            assert value == 0 == counts[cell] or (value % 5 == 0 and abs(value - counts[cell]) <= 2 and value >= 10)


def test_tables_are_rarely_withheld() -> None:
    """The protection costs little where people are: 200 wards of Lambeth's size and groups."""
    random = np.random.default_rng(2011)
    wards = [
        random.multinomial(size, [0.17, 0.1, 0.3, 0.2, 0.1, 0.08, 0.05]) for size in random.integers(100, 900, 200)
    ]
    shown = [publishable(dict(enumerate(map(int, ward)))) for ward in wards]  # type: ignore[arg-type]
    assert not any(table.withheld for table in shown)
    assert sum(value is None for table in shown for value in table.cells.values()) < 0.15 * 7 * 200


@given(tables())
def test_a_table_without_small_counts_is_shown_whole(counts: dict[str, int]) -> None:
    assume(all(count == 0 or count >= 10 for count in counts.values()) and sum(counts.values()) >= 20)
    assert None not in publishable(counts).cells.values()


def test_fewer_than_twenty_people_are_not_shown_at_all() -> None:
    assert publishable({"a": 0, "b": 19}) == Publishable({"a": None, "b": None}, 19, withheld=True)


def test_half_is_rounded_up() -> None:
    assert publishable({"a": 22, "b": 23, "c": 27, "d": 28}).cells == {"a": 20, "b": 25, "c": 25, "d": 30}


def test_many_tiny_groups_are_not_given_away_by_their_sum() -> None:
    """Ten groups of one beside 118 and 200: the recipe of cells below ten alone leaves a sum of 10 to 12 for ten."""
    counts = {**{f"tiny {i}": 1 for i in range(10)}, "b": 118, "c": 200}
    recipe = Publishable({**{f"tiny {i}": None for i in range(10)}, "b": 120, "c": 200}, 328)
    assert possible(recipe)["tiny 0"] == Span(1, 3)
    assert publishable(counts).cells == {**{f"tiny {i}": None for i in range(10)}, "b": None, "c": 200}


def test_a_table_of_nothing_but_ones_is_withheld_with_its_zeros() -> None:
    counts = {**{f"tiny {i}": 1 for i in range(20)}, "nobody": 0}
    assert set(publishable(counts).cells.values()) == {None}


@pytest.mark.parametrize("counts", [{"a": 9, "b": 12}, {"a": 1, "b": 1, "c": 118}, {"a": 5, "b": 0, "c": 40}])
def test_a_lone_small_count_takes_the_next_with_it(counts: dict[str, int]) -> None:
    assert publishable(counts).cells[max(counts, key=lambda cell: counts[cell])] is None


def test_a_second_table_a_ballot_later_does_not_give_the_first_away() -> None:
    first = publishable({"a": 11, "b": 9})
    assert publishable({"a": 11, "b": 10}).cells == {"a": 10, "b": 10}
    assert publishable({"a": 11, "b": 10}, earlier=[first]).cells == {"a": None, "b": None}


@settings(max_examples=40)
@given(tables(), st.data())
def test_the_readers_sums_are_those_of_the_linear_programme(before: dict[str, int], data: st.DataObject) -> None:
    after = {cell: count + data.draw(st.one_of(st.just(0), small)) for cell, count in before.items()}
    first, second = publishable(before), publishable(after)
    published = [(first, first.total), (second, second.total)]
    for cell, spans in possible_twice(first, second).items():
        for at, span in enumerate(spans):
            if published[at][0].cells[cell] is None:
                assert min(9, span.high) - max(1, span.low) + 1 == values_left(published, cell, at)
