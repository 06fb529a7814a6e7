"""Blocs: what is found, what is not, and what a bloc's discount does."""

from itertools import combinations
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.bloc_effects import effects_of
from pbudget.guard.rules.blocs import (
    IDENTICAL,
    ONE_GROUP,
    SINGLE,
    Bloc,
    Blocs,
    false_discovery,
    find_blocs,
    longest_run,
    symmetric,
)
from pbudget.guard.rules.contest import Contest, answers_of, contest_of, sets_of
from pbudget.guard.rules.retally import GreedyAgain
from pbudget.guard.rules.robustness import Bench
from tests.guard.builders import looked_at

LIMITS = Thresholds()
IDS = [f"p{i}" for i in range(10)]
SEX = {"F": 0.5, "M": 0.5}


def contest(ballots: list[list[str]], sex: list[str | None] | None = None) -> Contest:
    answers = [answers_of("sex", sex, SEX)] if sex else []
    return contest_of(dict.fromkeys(IDS, 10), [dict.fromkeys(ballot, 1.0) for ballot in ballots], answers)


def of_kind(found: Blocs, kind: str) -> list[Bloc]:
    return [bloc for bloc in found.found if bloc.kind == kind]


def ordinary(n: int, seed: int = 7) -> list[list[str]]:
    """Ballots of three projects each, without any pattern."""
    random = np.random.default_rng(seed)
    return [random.choice(IDS, 3, replace=False).tolist() for _ in range(n)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_false_discovery_is_scipys(chances: list[float]) -> None:
    assert false_discovery(chances) == pytest.approx(stats.false_discovery_control(chances).tolist())


@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=8), st.integers(1, 8))
def test_symmetric_polynomials_are_the_sums_of_products(values: list[float], k: int) -> None:
    expected = sum(prod(chosen) for chosen in combinations(values, k))
    assert symmetric(np.array(values), k) == pytest.approx(expected)


def test_ordinary_ballots_have_no_bloc() -> None:
    assert find_blocs(contest(ordinary(600), ["F", "M"] * 300), LIMITS).found == ()


def test_a_set_cast_far_too_often_is_found_with_what_would_be_usual() -> None:
    found = find_blocs(contest(ordinary(400) + [["p1", "p4", "p7"]] * 80), LIMITS)
    (bloc,) = of_kind(found, IDENTICAL)
    assert (bloc.named, bloc.excess > 0.1, bloc.chance < 0.001) == ((1, 4, 7), True, True)
    assert bloc.count >= 80
    assert 1 < bloc.expected < 8
    assert found.slate_excess == bloc.excess


def test_ticking_nearly_everything_is_not_a_slate() -> None:
    found = find_blocs(contest(ordinary(400) + [IDS[:8]] * 120), LIMITS)
    assert of_kind(found, IDENTICAL) == []


@pytest.mark.parametrize("ballots", [[["p1", "p2"]] * 100 + ordinary(15), [["p1", "p2"]] * 9 + ordinary(91)])
def test_a_set_is_not_tested_without_enough_casts_and_enough_others(ballots: list[list[str]]) -> None:
    tested = find_blocs(contest(ballots), LIMITS).tested
    assert tested == 0


def test_backers_who_name_nothing_else_far_more_often_than_others_are_found() -> None:
    found = find_blocs(contest(ordinary(400) + [["p3"]] * 100 + [["p5"]] * 10), LIMITS)
    (bloc,) = of_kind(found, SINGLE)
    assert (bloc.named, bloc.count, found.bullet_project) == ((3,), 100, 3)
    assert found.bullet_rate == pytest.approx(110 / 510)


def test_where_every_ballot_names_one_project_single_ballots_say_nothing() -> None:
    found = find_blocs(contest([["p1"]] * 90 + [["p2"]] * 10, ["F", "M"] * 50), LIMITS)
    assert (found.found, found.bullet_excess, found.bullet_project) == ((), 0.0, None)


def test_one_groups_ballots_are_compared_with_everybody_elses() -> None:
    ballots = ordinary(400) + [["p1", "p4"]] * 60
    found = find_blocs(contest(ballots, ["F", "M"] * 200 + ["F"] * 60), LIMITS)
    (bloc,) = of_kind(found, ONE_GROUP)
    assert (bloc.group, bloc.count, bloc.lift) == ("sex:F", 60, pytest.approx(460 / 260))
    assert bloc.expected == pytest.approx(260 * 1 / 202)


def test_people_who_did_not_say_are_a_group_here() -> None:
    ballots = ordinary(400) + [["p1", "p4"]] * 60
    (bloc,) = of_kind(find_blocs(contest(ballots, ["F", "M"] * 200 + [None] * 60), LIMITS), ONE_GROUP)
    assert bloc.group == "sex:unknown"


@pytest.mark.parametrize(
    ("ballots", "longest"),
    [
        ([], 0),
        ([["p1"]] * 9, 0),
        ([["p1", "p2"]], 1),
        ([["p1", "p2"], ["p2", "p1"], ["p1"], ["p1", "p2"]], 2),
        ([["p1", "p2"], ["p1", "p3"], ["p1", "p3"], ["p1", "p3"]], 3),
    ],
)
def test_runs_are_neighbours_with_the_same_two_or_more_projects(ballots: list[list[str]], longest: int) -> None:
    assert longest_run(sets_of(contest(ballots))) == longest


POPULAR = [["p1", "p2"]] * 40 + [["p1", "p3"]] * 40 + [["p2", "p4"]] * 40


def test_a_bloc_that_changes_no_winner_is_a_note() -> None:
    ballots = POPULAR * 2 + ordinary(200) + [["p6", "p7"]] * 90
    found = looked_at(ballots, {"sex": ["F", "M"] * 265}, {"sex": SEX}, pot=20, costs=dict.fromkeys(IDS, 10)).found
    assert found.findings
    (effect,) = [effect for effect in found.findings.effects.each if effect.bloc.named == (6, 7)]
    assert (effect.moved, effect.swing, effect.matters) == (0.0, 0.0, False)
    assert "identical ballots" in found.verdict.axes.noted  # type: ignore[union-attr]
    noted = [reason for reason in found.verdict.reasons if reason.endswith(" for p6+p7")]
    assert noted[0].startswith("noted, changes no winner: identical ballots: 9")


def test_a_bloc_without_which_winners_lose_is_watch() -> None:
    ballots = POPULAR + ordinary(150) + [["p6", "p7"]] * 130
    found = looked_at(ballots, {"sex": ["F", "M"] * 200}, {"sex": SEX}, pot=20, costs=dict.fromkeys(IDS, 10)).found
    assert found.findings
    (effect,) = [effect for effect in found.findings.effects.each if effect.bloc.named == (6, 7)]
    assert (effect.moved, effect.matters, effect.concentrated) == (1.0, True, False)
    assert effect.swing > 0.9
    assert found.verdict.verdict == "watch"
    assert found.findings.effects.together_changes
    assert found.verdict.reasons[-1].startswith("identical ballots: ")


def test_a_bloc_of_one_group_without_which_the_money_goes_elsewhere_is_at_risk() -> None:
    ballots = POPULAR + ordinary(150) + [["p6", "p7"]] * 130
    ages = ["16-29", "30-59", "30-59"] * 90 + ["60+"] * 130
    shares = {"age": {"16-29": 0.3, "30-59": 0.45, "60+": 0.25}}
    found = looked_at(ballots, {"age": ages}, shares, pot=20, costs=dict.fromkeys(IDS, 10)).found
    assert found.verdict.axes
    assert (found.verdict.axes.concentrated, found.verdict.axes.bloc_money) == (True, 1.0)
    assert found.verdict.verdict == "at risk of capture"


def test_a_ballot_in_two_blocs_takes_the_smaller_factor() -> None:
    looked = looked_at([["p1"]] * 60 + [["p2"]] * 50, pot=10, costs={"p1": 10, "p2": 10})
    contest, casts = looked.found.contest, np.arange(110) < 60
    bench = Bench(contest, GreedyAgain(contest, 10, np.array([0, 1])), (0,), LIMITS, 10)
    strong, weak = (Bloc(IDENTICAL, (0,), casts, expected, 0.3) for expected in (20.0, 59.0))
    assert not effects_of(bench, [weak]).together_changes
    for order in ([strong, weak], [weak, strong]):
        found = effects_of(bench, order)
        assert (found.together_changes, found.together_moved) == (True, 1.0)


def test_the_factor_leaves_as_many_as_would_be_usual_and_at_least_one() -> None:
    (bloc,) = of_kind(find_blocs(contest(ordinary(400) + [["p1", "p4", "p7"]] * 80), LIMITS), IDENTICAL)
    assert bloc.factor * bloc.count == pytest.approx(bloc.expected)
    (single,) = of_kind(find_blocs(contest(ordinary(400) + [["p3"]] * 100), LIMITS), SINGLE)
    assert single.factor * single.count == pytest.approx(max(1, single.expected))
