"""Wards beside their borough: a reader with every table and a linear programme is left with five values."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pbudget.balance.columns import left_out_of_whole
from pbudget.balance.disclosure import Publishable, publishable
from tests.balance.test_disclosure import bounds, small_cells

Counts = dict[str, int]
COUNT = st.one_of(st.integers(0, 12), st.integers(0, 30), st.integers(0, 300))


@st.composite
def boroughs(draw: st.DrawFn) -> list[Counts]:
    groups = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(COUNT, min_size=groups, max_size=groups), min_size=1, max_size=5))
    return [{f"group {i}": count for i, count in enumerate(row)} for row in rows]


def together(wards: Sequence[Counts]) -> Counts:
    return {group: sum(ward[group] for ward in wards) for group in wards[0]}


def published(wards: Sequence[Counts]) -> tuple[list[Publishable], Publishable]:
    parts, whole = [publishable(ward) for ward in wards], together(wards)
    return parts, publishable(whole, left_out=left_out_of_whole(whole, parts))


def values_left(parts: Sequence[Publishable], whole: Publishable, ward: int, group: str) -> int:
    """How many values from 1 to 9 one count can have, knowing all tables and all totals."""
    groups, tables = list(whole.cells), [*parts, whole]
    k, n = len(groups), len(parts)
    rows = np.kron(np.eye(n + 1), np.ones(k))
    columns = np.hstack([*[np.eye(k)] * n, -np.eye(k)])
    equal, right = np.vstack([rows, columns]), [*(table.total for table in tables), *[0] * k]
    goal = np.eye(k * (n + 1))[ward * k + groups.index(group)]
    known = [pair for table in tables for pair in bounds(table, groups)]
    ends = [linprog(sign * goal, A_eq=equal, b_eq=right, bounds=known) for sign in (1, -1)]
    assert all(end.status == 0 for end in ends)
    return min(9, round(-ends[1].fun)) - max(1, round(ends[0].fun)) + 1


@settings(max_examples=60)
@given(boroughs())
def test_five_values_stay_possible_for_every_small_count_beside_the_borough(wards: list[Counts]) -> None:
    parts, whole = published(wards)
    for place, (ward, shown) in enumerate(zip(wards, parts, strict=True)):
        for group in small_cells(ward, shown):
            assert values_left(parts, whole, place, group) >= 5, (wards, place, group)


def test_the_worked_example_would_be_given_away_and_is_not() -> None:
    wards = [{"a": 1, "b": 29, "c": 30}, {"a": 10, "b": 25, "c": 25}]
    parts, careless = [publishable(ward) for ward in wards], publishable(together(wards))
    assert (parts[0].cells["a"], parts[1].cells["a"], careless.cells["a"]) == (None, 10, 10)
    assert values_left(parts, careless, 0, "a") == 2
    assert published(wards)[1].cells["a"] is None


def test_a_borough_of_many_wards_keeps_its_figures() -> None:
    random = np.random.default_rng(2011)
    sizes, shares = random.integers(150, 900, 25), [0.17, 0.1, 0.3, 0.2, 0.13, 0.08, 0.02]
    wards = [{str(i): int(x) for i, x in enumerate(random.multinomial(size, shares))} for size in sizes]
    parts, whole = published(wards)
    assert any(None in part.cells.values() for part in parts)
    assert None not in whole.cells.values()
