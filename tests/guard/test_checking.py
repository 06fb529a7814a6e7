"""The balance check of any consultation: the vote's rules, small groups left out, and weights that only advise."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.balance.disclosure import possible, publishable
from pbudget.balance.representation import balance_of, family_z
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.checking import A_SMALL_GROUP, NOTHING_SAID, TOO_FEW, check_balance
from pbudget.guard.participation import NOT_SAID
from pbudget.guard.residents import Residents
from pbudget.guard.rules.weighted import in_proportion, weighted_median, weighted_share

LIMITS = Thresholds()
SHARES = {"age": {"16-34": 0.4, "35-64": 0.4, "65+": 0.2}, "sex": {"F": 0.5, "M": 0.5}}
PEOPLE = Residents(SHARES, {"age": 20_000, "sex": 20_000})
COUNTS = st.dictionaries(st.sampled_from(list(SHARES["age"])), st.integers(0, 150), min_size=1)


@given(COUNTS, st.integers(0, 60))
def test_no_count_below_ten_is_shown_nor_left_with_few_values(counts, silent):
    took_part = sum(counts.values()) + silent
    check = check_balance({"age": counts}, took_part, PEOPLE)
    full = {group: counts.get(group, 0) for group in SHARES["age"]} | {NOT_SAID: silent}
    for row in check.tables[0].rows:
        assert row.participants is None or row.participants == 0 or full[row.group or NOT_SAID] >= LIMITS.k_anon
    seen = publishable(full, LIMITS)
    if check.tables[0].rows:
        assert [row.participants for row in check.tables[0].rows] == list(seen.cells.values())
        small = [span for group, span in possible(seen, LIMITS).items() if 0 < full[group] < LIMITS.k_anon]
        assert all(min(span.high, 9) - max(span.low, 1) >= 4 for span in small)


@given(COUNTS, st.integers(0, 60))
def test_the_figures_are_those_of_the_guard(counts, silent):
    took_part = sum(counts.values()) + silent
    found = check_balance({"age": counts}, took_part, PEOPLE).balances["age"]
    labels = [group for group, many in counts.items() for _ in range(many)] + [None] * silent
    assert found == balance_of(labels, SHARES["age"], family_z([SHARES["age"]], LIMITS.alpha), LIMITS)


def test_people_like_residents_are_said_to_be_and_no_group_is_named():
    check = check_balance({"age": {"16-34": 80, "35-64": 80, "65+": 40}}, 210, PEOPLE)
    assert check.said == "Those who took part are much like the people who live here, as far as they told us."
    assert check.lines == ()


def test_a_group_far_from_its_share_is_named_with_both_shares():
    check = check_balance({"age": {"16-34": 20, "35-64": 80, "65+": 100}}, 200, PEOPLE, "who sent a budget")
    assert check.said.startswith("Those who sent a budget are very unlike")
    assert "People aged 65+ are 50% of those who sent a budget and 20% of residents." in check.lines


def test_a_group_of_fewer_than_ten_is_never_named():
    check = check_balance({"age": {"16-34": 4, "35-64": 110, "65+": 40}}, 160, PEOPLE)
    assert "very unlike" in check.said
    assert not any("16" in line for line in check.lines)


def test_where_only_small_groups_are_far_from_their_share_none_is_named():
    shares = {"age": {"16-34": 0.2, "35-64": 0.4, "65+": 0.4}}
    check = check_balance({"age": {"16-34": 4, "35-64": 100, "65+": 100}}, 204, Residents(shares, {"age": 20_000}))
    assert check.lines == (A_SMALL_GROUP,)


@pytest.mark.parametrize(
    ("counts", "took_part", "said"),
    [
        ({}, 500, NOTHING_SAID),
        ({"age": {}}, 0, TOO_FEW),
        ({"age": {"65+": 60}}, 60, TOO_FEW),
        ({"age": {}}, 500, TOO_FEW),
    ],
    ids=["nothing asked", "nobody", "too few people", "nobody said"],
)
def test_where_the_data_cannot_carry_it_nothing_is_said(counts, took_part, said):
    check = check_balance(counts, took_part, PEOPLE)
    assert (check.said, check.lines) == (said, ())


def test_dimensions_without_figures_of_residents_are_left_out():
    assert list(check_balance({"tenure": {"own": 200}, "sex": {"F": 200}}, 200, PEOPLE).balances) == ["sex"]


def test_more_answers_than_people_are_a_programming_error():
    with pytest.raises(ValueError, match="took part"):
        check_balance({"sex": {"F": 11}}, 10, PEOPLE)


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=60))
def test_equal_weights_give_the_ordinary_median(values):
    assert weighted_median(values, np.full(len(values), 1 / 3)) == statistics.median(values)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 4)), min_size=1, max_size=30))
def test_a_weight_of_three_is_three_people(pairs):
    values, weights = [value for value, _ in pairs], np.array([weight for _, weight in pairs], dtype=float)
    repeated = [value for value, weight in pairs for _ in range(weight)]
    assert weighted_median(values, weights) == statistics.median(repeated)
    share = weighted_share(np.array([value < 0 for value in values]), weights)
    assert share == pytest.approx(sum(value < 0 for value in repeated) / len(repeated))


def test_weights_bring_shown_groups_to_their_share_and_leave_others_alone():
    said = [{"sex": "F"}] * 90 + [{"sex": "M"}] * 30 + [{"sex": None}] * 10
    weights = in_proportion(said, SHARES, {"sex": ["F", "M"]}, LIMITS).weights
    assert weights[:90].sum() == pytest.approx(weights[90:120].sum())
    assert weights.mean() == pytest.approx(1)
    assert in_proportion(said, SHARES, {"sex": ["F"]}, LIMITS).weights == pytest.approx(np.ones(130))
