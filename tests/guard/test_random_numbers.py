"""The written random numbers, done again in whole numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pbudget.guard.rules.random_numbers import POISSON_1, poisson_counts, splitmix

MASK = 2**64 - 1


def by_hand(seed: int, number: int) -> float:
    """The recipe in Python's own integers."""
    z = (seed + (number + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return ((z ^ (z >> 31)) >> 11) / 2**53


@given(st.integers(0, MASK), st.lists(st.integers(0, 2**40), min_size=1, max_size=20))
def test_the_numbers_are_those_of_the_recipe(seed: int, numbers: list[int]) -> None:
    found = splitmix(seed, np.array(numbers, dtype=np.uint64))
    assert found.tolist() == [by_hand(seed, number) for number in numbers]


def test_a_ballot_counts_as_often_as_its_number_says() -> None:
    found = poisson_counts(20110101, 5, 2, 300)
    for b in (5, 6):
        wanted = [sum(limit <= by_hand(20110101, b * 300 + i) for limit in POISSON_1) for i in range(300)]
        assert found[b - 5].tolist() == wanted


def test_counts_are_one_on_average_and_poisson() -> None:
    counts = poisson_counts(20110101, 0, 200, 2_000)
    assert abs(counts.mean() - 1) < 0.01
    assert abs(counts.var() - 1) < 0.01
    assert abs((counts == 0).mean() - np.exp(-1)) < 0.005
