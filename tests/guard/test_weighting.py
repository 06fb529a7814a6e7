"""Weights for what-ifs: the margins they promise, and what they never do."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.contest import Answers, answers_of
from pbudget.guard.rules.weighting import held_to_share, mean_one, raked, without

LIMITS = Thresholds()
SEX = {"F": 0.5, "M": 0.5}
AGE = {"16-29": 0.3, "30-59": 0.5, "60+": 0.2}


def sex(*labels: str | None) -> Answers:
    return answers_of("sex", labels, SEX)


def test_the_worked_example() -> None:
    found = raked([sex(*["F"] * 60, *["M"] * 40)], 100, LIMITS)
    assert found.weights[:60] == pytest.approx(0.5 / 0.6)
    assert found.weights[60:] == pytest.approx(1.25)
    assert (found.trimmed, found.largest) == (0.0, pytest.approx(1.25))


def test_design_effect_is_kishs() -> None:
    found = raked([sex(*["F"] * 60, *["M"] * 40)], 100, LIMITS)
    assert found.deff == pytest.approx(100 * (60 * (5 / 6) ** 2 + 40 * 1.25**2) / 100**2)
    assert found.effective_ballots == pytest.approx(100 / found.deff)


people = st.lists(
    st.tuples(st.sampled_from(["F", "M", None]), st.sampled_from([*AGE, None])), min_size=30, max_size=200
)


@given(people)
def test_weights_are_positive_bounded_and_one_on_average(said: list[tuple[str | None, str | None]]) -> None:
    answers = [answers_of("sex", [s for s, _ in said], SEX), answers_of("age", [a for _, a in said], AGE)]
    found = raked(answers, len(said), LIMITS)
    assert found.weights.mean() == pytest.approx(1)
    assert found.weights.min() > 0
    assert found.weights.max() / found.weights.min() <= LIMITS.rake_cap**2 * (1 + 1e-9)
    assert found.deff >= 1 - 1e-12


@given(people)
def test_untrimmed_weights_stand_as_the_residents_do(said: list[tuple[str | None, str | None]]) -> None:
    answers = [answers_of("sex", [s for s, _ in said], SEX), answers_of("age", [a for _, a in said], AGE)]
    sizes = [asked.casts_of(i).sum() for asked in answers for i in range(len(asked.groups))]
    assume(min(sizes) >= LIMITS.rake_min_cell)
    found = raked(answers, len(said), LIMITS)
    assume(found.trimmed == 0)
    for asked in answers:
        held = [found.weights[asked.casts_of(i)].sum() for i in range(len(asked.groups))]
        assert held / sum(held) == pytest.approx(asked.shares, abs=1e-6)


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_matter(said: list[tuple[str | None, str | None]], random: object) -> None:
    order = list(range(len(said)))
    random.shuffle(order)  # type: ignore[attr-defined]
    found = [
        raked([answers_of("sex", [s for s, _ in rows], SEX), answers_of("age", [a for _, a in rows], AGE)], 0, LIMITS)
        if not rows
        else raked(
            [answers_of("sex", [s for s, _ in rows], SEX), answers_of("age", [a for _, a in rows], AGE)],
            len(rows),
            LIMITS,
        )
        for rows in (said, [said[i] for i in order])
    ]
    assert found[0].weights[order] == pytest.approx(found[1].weights, abs=1e-9)


def test_a_group_of_four_and_those_who_did_not_say_keep_their_weight() -> None:
    labels = ["16-29"] * 4 + ["30-59"] * 70 + ["60+"] * 10 + [None] * 16
    found = raked([answers_of("age", labels, AGE)], 100, LIMITS).weights
    assert found[0] == pytest.approx(found[-1])
    assert found[80] > found[10]


def test_nobody_weighs_more_than_the_cap_before_the_mean_is_restored() -> None:
    found = raked([sex(*["F"] * 195, *["M"] * 5)], 200, LIMITS)
    assert found.trimmed > 0
    assert found.largest == pytest.approx(5 / (195 * (100 / 195) + 25) * 200)


def test_a_group_held_to_its_share_has_it() -> None:
    casts = np.array([True] * 60 + [False] * 40)
    weights = held_to_share(casts, 0.6, 0.5)
    assert weights.mean() == pytest.approx(1)
    assert weights[casts].sum() == pytest.approx(50)


def test_leaving_everybody_out_leaves_no_weight_and_no_error() -> None:
    assert without(np.array([True, True])).tolist() == [0.0, 0.0]
    assert mean_one(np.zeros(0)).tolist() == []
