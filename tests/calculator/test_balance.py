from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbudget.calculator.rules.balance import (
    Choices,
    balance_of,
    charge_of_band,
    effect_of_scheme,
    extra_a_week,
    extra_a_year,
    yearly_cost,
)
from pbudget.calculator.rules.budget import BANDS, budget_as_json, budget_from_json, step_towards_zero
from pbudget.calculator.rules.numbers import rounded
from pbudget.calculator.rules.receipt import receipt_of, shared
from tests.calculator.building import SCHOOL, WORKED, a_budget

BUDGET = a_budget()
WORKED_CHOICES = Choices({"libraries": -1000, "parking-charges": 500}, 299, {"new-school": 500_000_000})


def test_the_worked_example_comes_out_to_the_penny():
    balance = balance_of(BUDGET, WORKED_CHOICES)
    assert balance.effects == {
        "libraries": -40_000_000,
        "parking-charges": -10_000_000,
        "council-tax": -269_100_000,
        "new-school": 32_005_981,
    }
    assert balance.still_to_find == 332_905_981
    assert not balance.is_balanced


def test_band_c_pays_4784_pence_more_a_year_and_92_a_week():
    assert extra_a_year(BUDGET, "C", 299) == 4784
    assert extra_a_week(BUDGET, "C", 299) == 92


def test_a_loan_at_nought_per_cent_is_paid_back_in_equal_parts():
    assert yearly_cost(500_000_000, 0, 25) == 20_000_000


def test_leaving_out_a_scheme_that_is_in_the_budget_saves_its_yearly_cost():
    planned = a_budget(*WORKED[:-2], *[dict(SCHOOL[0], gross="5000000"), SCHOOL[1]]).schemes[0]
    assert effect_of_scheme(planned, 0) == -32_005_981
    assert effect_of_scheme(planned, planned.planned) == 0


def test_halves_are_rounded_away_from_zero():
    assert [rounded(Fraction(n, 2)) for n in (5, -5, 4, -1)] == [3, -3, 2, -1]


def test_a_tolerance_counts_as_balanced():
    nearly = a_budget(gap="1000", tolerance="1000")
    assert balance_of(nearly, Choices()).is_balanced
    assert not balance_of(a_budget(gap="1000.01", tolerance="1000"), Choices()).is_balanced


@pytest.mark.parametrize(("change", "step"), [(-1000, -1000), (-1500, -1000), (-999, 0), (1000, 1000), (300, 0)])
def test_words_are_those_of_the_nearest_step_towards_nought(change: int, step: int):
    found = step_towards_zero(BUDGET.line_by_key["libraries"].steps, change)
    assert found
    assert found.change == step


def test_a_budget_is_the_same_after_it_was_kept():
    assert budget_from_json(budget_as_json(BUDGET)) == BUDGET


def test_the_receipt_adds_up_to_a_days_council_tax():
    receipt = receipt_of(BUDGET, "D")
    assert receipt.total == 493  # £1,800 / 365 = £4.93
    assert sum(line.pence for line in receipt.lines) == receipt.total


CHANGES = st.integers(-2500, 1000)
CHOSEN = st.builds(
    Choices,
    st.fixed_dictionaries({}, optional={"libraries": CHANGES, "parking-charges": st.integers(0, 1000)}),
    st.integers(0, 499),
    st.fixed_dictionaries({}, optional={"new-school": st.integers(0, 500_000_000)}),
)


@given(CHOSEN)
def test_the_balance_is_the_sum_of_its_parts_in_any_order(choices: Choices):
    balance = balance_of(BUDGET, choices)
    backwards = Choices(dict(reversed(choices.lines.items())), choices.tax, choices.schemes)
    assert balance_of(BUDGET, backwards).still_to_find == balance.still_to_find
    alone = [Choices({key: value}) for key, value in choices.lines.items()]
    alone += [Choices(tax=choices.tax), Choices(schemes=choices.schemes)]
    parts = [balance_of(BUDGET, each).still_to_find - BUDGET.gap for each in alone]
    assert BUDGET.gap + sum(parts) == balance.still_to_find
    assert all(type(effect) is int for effect in balance.effects.values())


@given(st.integers(1, 10**11), st.integers(-2500, 1000))
@settings(max_examples=60)
def test_undoing_every_choice_returns_to_the_gap(gap: int, change: int):
    budget = replace(BUDGET, gap=gap)
    done = balance_of(budget, Choices({"libraries": change}))
    assert balance_of(budget, Choices({"libraries": 0})).still_to_find == gap
    assert done.still_to_find - done.effects["libraries"] == gap


@given(st.sampled_from(sorted(BANDS)), st.sampled_from(sorted(BANDS)))
def test_bands_keep_their_ratios(one: str, other: str):
    assert charge_of_band(BUDGET, one) * BANDS[other] == charge_of_band(BUDGET, other) * BANDS[one]


@given(st.integers(0, 10**6), st.dictionaries(st.text("abc", min_size=1), st.integers(1, 10**12), min_size=1))
def test_what_is_shared_out_adds_up(total: int, weights: dict[str, int]):
    parts = shared(total, weights)
    assert sum(parts.values()) == total
    assert all(abs(parts[name] - Fraction(total * weights[name], sum(weights.values()))) < 1 for name in weights)
