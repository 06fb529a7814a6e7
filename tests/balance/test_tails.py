"""Tail probabilities against scipy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pbudget.balance.tails import chi_square_above, hypergeometric_at_least, normal_quantile, poisson_at_least


@given(st.integers(0, 3_000), st.floats(0.001, 3_000))
def test_poisson_tail_is_scipys(count: int, mean: float) -> None:
    assert poisson_at_least(count, mean) == pytest.approx(stats.poisson.sf(count - 1, mean), rel=1e-7, abs=1e-290)


@given(st.floats(0.0, 2_000), st.integers(1, 40))
def test_chi_square_tail_is_scipys(value: float, df: int) -> None:
    assert chi_square_above(value, df) == pytest.approx(stats.chi2.sf(value, df), rel=1e-7, abs=1e-290)


@st.composite
def drawings(draw: st.DrawFn) -> tuple[int, int, int, int]:
    total = draw(st.integers(1, 5_000))
    return draw(st.integers(0, total + 1)), draw(st.integers(0, total)), draw(st.integers(0, total)), total


@given(drawings())
def test_hypergeometric_tail_is_scipys(drawing: tuple[int, int, int, int]) -> None:
    found, drawn, marked, total = drawing
    expected = stats.hypergeom.sf(found - 1, total, marked, drawn)
    assert hypergeometric_at_least(found, drawn, marked, total) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_far_tails_neither_fail_nor_round_up() -> None:
    assert poisson_at_least(681, 34.7) == 0.0
    assert poisson_at_least(814, 254) == pytest.approx(6.294e-171, rel=1e-3)
    assert hypergeometric_at_least(529, 814, 749, 2013) < 1e-60
    assert hypergeometric_at_least(1, 1383, 1581, 2706) == 1.0


def test_nothing_expected_or_nothing_counted() -> None:
    assert (poisson_at_least(0, 5), poisson_at_least(3, 0)) == (1.0, 0.0)
    assert chi_square_above(5, 0) == 1.0
    assert chi_square_above(-50.1, 2) == 1.0


@given(st.floats(1e-9, 1 - 1e-9))
def test_normal_quantile_is_scipys(probability: float) -> None:
    assert normal_quantile(probability) == pytest.approx(stats.norm.ppf(probability), rel=1e-8, abs=1e-8)
