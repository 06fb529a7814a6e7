"""Participants beside residents: ratios, limits, flags, and what is said when there is little to go by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pbudget.balance.limits import Limits
from pbudget.balance.representation import (
    ABSENT,
    ALL_UNKNOWN,
    BASELINE_ZERO,
    INSUFFICIENT,
    NO_BALLOTS,
    ONE_GROUP,
    balance_of,
    family_z,
    wilson,
)

HALVES = {"F": 0.5, "M": 0.5}
AGES = {"16-29": 0.3, "30-59": 0.5, "60+": 0.2}
Z = family_z([AGES], 0.05)


@given(st.integers(1, 20_000), st.data())
def test_wilson_limits_are_scipys(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    expected = stats.binomtest(x, n).proportion_ci(0.95, method="wilson")
    assert wilson(x, n, 1.959963984540054) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_more_groups_make_the_limits_wider() -> None:
    assert family_z([HALVES], 0.05) < family_z([HALVES, AGES], 0.05) < family_z([HALVES, AGES, AGES], 0.05)


def test_a_group_without_residents_is_not_in_the_family() -> None:
    assert family_z([{"F": 1.0, "M": 0.0}], 0.05) == family_z([{"F": 1.0}], 0.05)


@pytest.mark.parametrize(
    ("labels", "baseline", "status"),
    [
        ([], HALVES, NO_BALLOTS),
        ([None] * 120, HALVES, ALL_UNKNOWN),
        (["other"] * 120, HALVES, ALL_UNKNOWN),
        (["F"] * 20 + ["M"] * 29, HALVES, INSUFFICIENT),
        (["F"] * 59 + [None] * 41, HALVES, INSUFFICIENT),
        (["F"] * 60 + [None] * 40, HALVES, "ok"),
        (["F"] * 120, {"F": 1.0}, ONE_GROUP),
    ],
)
def test_a_dimension_is_judged_only_with_enough_answers(
    labels: list[str | None], baseline: dict[str, float], status: str
) -> None:
    found = balance_of(labels, baseline, 2.0)
    assert found.status == status
    assert found.usable == (status == "ok")


def test_without_any_known_answer_there_is_no_ratio_and_no_distance() -> None:
    found = balance_of([None] * 120, HALVES, Z)
    assert found.distances is None
    assert {group.rr for group in found.groups.values()} == {None}
    assert found.unknown_share == 1.0


def test_a_large_group_nobody_came_from_is_absent_and_a_tiny_one_is_not() -> None:
    found = balance_of(["a"] * 100, {"a": 0.90, "b": 0.07, "c": 0.03}, Z)
    assert found.groups["b"].flag == ABSENT
    assert balance_of(["a"] * 90, {"a": 0.97, "c": 0.03}, Z).groups["c"].flag == ""


def test_participants_where_the_baseline_has_nobody_are_said_and_left_out_of_the_distance() -> None:
    found = balance_of(["a"] * 60 + ["b"] * 60, {"a": 1.0, "b": 0.0}, Z)
    assert found.groups["b"].flag == BASELINE_ZERO
    assert found.groups["b"].rr is None
    assert found.distances
    assert found.distances.tv == pytest.approx(0.25)


def test_an_answer_the_baseline_does_not_have_is_counted_and_unknown() -> None:
    found = balance_of(["F"] * 60 + ["M"] * 50 + ["X"] * 10, HALVES, Z)
    assert (found.known, found.not_in_baseline, found.unknown_share) == (110, 10, pytest.approx(10 / 120))


def test_a_flag_that_the_unknown_could_undo_is_not_robust() -> None:
    shaky = balance_of(["F"] * 30 + ["M"] * 70 + [None] * 50, HALVES, Z).groups["F"]
    assert (shaky.flag, shaky.robust_to_unknown) == ("under", False)
    firm = balance_of(["F"] * 30 + ["M"] * 70, HALVES, Z).groups["F"]
    assert (firm.flag, firm.robust_to_unknown) == ("under", True)


def test_groups_under_two_percent_of_residents_never_drive() -> None:
    baseline = {"a": 0.985, "b": 0.015}
    found = balance_of(["a"] * 300 + ["b"] * 100, baseline, Z)
    assert found.groups["b"].flag == "severely over"
    assert found.flagged(["severely over"], Limits().min_base) == []


labels = st.lists(st.sampled_from(["16-29", "30-59", "60+", None, "other"]), max_size=300)


@given(labels)
def test_no_table_of_answers_breaks_it_and_figures_stay_in_their_bounds(answers: list[str | None]) -> None:
    found = balance_of(answers, AGES, Z)
    assert sum(group.x for group in found.groups.values()) == found.known <= found.n
    if found.distances:
        assert 0 <= found.distances.tvx <= found.distances.tv <= 1
        assert 0 <= found.distances.p <= 1
        assert found.distances.g == pytest.approx(_g_by_scipy(found.groups.values(), found.known), abs=1e-6)
    for group in found.groups.values():
        if group.rr is not None:
            assert group.rr_lo <= group.rr <= group.rr_hi
            assert group.bound_lo <= group.rr + 1e-12
            assert group.rr <= group.bound_hi + 1e-12


def _g_by_scipy(groups: object, known: int) -> float:
    observed = [group.x for group in groups]  # type: ignore[attr-defined]
    expected = [share * known for share in AGES.values()]
    return float(stats.power_divergence(observed, expected, lambda_="log-likelihood").statistic)


@given(labels)
def test_the_order_of_ballots_changes_nothing(answers: list[str | None]) -> None:
    assert balance_of(answers, AGES, Z) == balance_of(answers[::-1], AGES, Z)
