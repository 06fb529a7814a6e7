"""What-ifs and resampling, beside the same done slowly, one ballot at a time."""

import numpy as np
import pytest

from pbudget.balance.representation import balance_of, family_z
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.contest import Contest, answers_of, contest_of
from pbudget.guard.rules.random_numbers import poisson_counts
from pbudget.guard.rules.retally import GreedyAgain
from pbudget.guard.rules.robustness import Bench, largest_swings, robustness
from tests.guard.builders import looked_at

COSTS = {"park": 60, "bench": 50, "tree": 30}
SEX = {"F": 0.5, "M": 0.5}
LIMITS = Thresholds(boot=40)


def bench_of(ballots: list[list[str]], sex: list[str | None], limits: Thresholds = LIMITS) -> Bench:
    contest = contest_of(COSTS, [dict.fromkeys(ballot, 1.0) for ballot in ballots], [answers_of("sex", sex, SEX)])
    again = GreedyAgain(contest, 100, np.array([2, 1, 0]))
    cast = tuple(np.flatnonzero(again.winners(np.ones((1, contest.ballots)))[0]).tolist())
    return Bench(contest, again, cast, limits, limits.boot)


def slowly(contest: Contest, weights: list[float], limits: Thresholds) -> list[float]:
    """The bootstrap's recipe, a ballot at a time."""
    won = [0] * len(contest.projects)
    for b in range(limits.boot):
        counts = poisson_counts(limits.boot_seed, b, 1, contest.ballots)[0].tolist()
        weighed = [count * weight for count, weight in zip(counts, weights, strict=True)]
        if not sum(weighed):
            continue
        scale = contest.ballots / sum(weighed)
        scores = [0.0] * len(won)
        for ballot, weight in zip(contest.class_of.tolist(), weighed, strict=True):
            for p in contest.classes[ballot][0]:
                scores[p] += weight * scale
        left = 100
        for p in sorted(range(len(won)), key=lambda p: (-round(scores[p], 9), contest.costs[p])):
            if scores[p] > 0 and contest.costs[p] <= left:
                left, won[p] = left - contest.costs[p], won[p] + 1
    return [times / limits.boot for times in won]


BALLOTS = [["park"]] * 32 + [["bench", "tree"]] * 29 + [["tree"], []] * 5
SEXES: list[str | None] = ["F", "M", "F"] * 23 + [None, "M"]


def test_chances_are_those_of_the_recipe_done_slowly() -> None:
    bench = bench_of(BALLOTS, SEXES)
    weights = np.linspace(0.5, 1.5, len(BALLOTS))
    assert bench.chances_as_cast.tolist() == slowly(bench.contest, [1.0] * len(BALLOTS), LIMITS)
    assert bench.chances(weights).tolist() == slowly(bench.contest, weights.tolist(), LIMITS)


def robust_of(bench: Bench):  # type: ignore[no-untyped-def]
    z = family_z([SEX], 0.05)
    return robustness(bench, {asked.dimension: balance_of(asked.labels, SEX, z) for asked in bench.contest.answers})


def test_a_project_only_the_many_who_came_want_is_decided_by_turnout() -> None:
    bench = bench_of([["park"]] * 150 + [["bench"]] * 100, ["F"] * 170 + ["M"] * 80)
    robust = robust_of(bench)
    assert (bench.cast, robust.raked_winners, robust.raked_moved) == ((0,), (1,), 1.0)
    assert robust.chances[0] == 1.0
    assert robust.swings[0] > 0.9
    assert robust.swings[1] < -0.9
    assert robust.caps == {"sex:F": 1.0}
    assert robust.left_out == {"sex:F": 1.0, "sex:M": 0.0}
    assert robust.money_swing == pytest.approx((0.9 * 60 + 0.9 * 50) / 2 / 60, abs=0.1)


def test_two_projects_a_vote_apart_are_a_close_vote_and_not_decided_by_turnout() -> None:
    robust = robust_of(bench_of([["park"], ["bench"]] * 100 + [["park"]], ["F", "F", "M", "M"] * 50 + ["F"]))
    assert 0.3 < robust.chances[0] < 0.7
    assert abs(robust.swings).max() < 0.2


def test_people_who_did_not_say_are_looked_at_from_a_tenth_on() -> None:
    few = robust_of(bench_of([["park"]] * 96 + [["bench"]] * 95 + [["park"]] * 9, ["F", "M"] * 95 + ["F"] + [None] * 9))
    assert (few.unknown_share, few.unknown_decisive) == (9 / 200, ())
    many = robust_of(bench_of([["bench"]] * 100 + [["park"]] * 60 + [["park"]] * 90, ["F", "M"] * 80 + [None] * 90))
    assert (many.unknown_share, many.unknown_decisive) == (0.36, (0,))


def test_without_any_usable_answer_nobody_is_a_section() -> None:
    assert robust_of(bench_of([["park"]] * 10, [None] * 10)).unknown_share == 0.0


def test_a_group_at_more_than_twice_its_share_without_whom_a_winner_loses_is_pivotal() -> None:
    ages = {"16-59": 0.8, "60+": 0.2}
    said = ["60+"] * 100 + ["16-59"] * 100
    ballots = [["p1"]] * 100 + [["p2"]] * 40 + [["p3"]] * 60
    found = looked_at(ballots, {"age": said}, {"age": ages}, pot=30, costs={"p1": 30, "p2": 30, "p3": 30})
    assert found.found.verdict.axes
    assert found.found.verdict.axes.pivotal == ("age:60+",)


def test_the_same_input_gives_the_same_numbers() -> None:
    one, other = robust_of(bench_of(BALLOTS, SEXES)), robust_of(bench_of(BALLOTS, SEXES))
    assert one.swings.tobytes() == other.swings.tobytes()
    assert one.raked.weights.tobytes() == other.raked.weights.tobytes()


def test_the_larger_swing_counts_whichever_way_it_goes() -> None:
    as_cast = np.array([0.9, 0.1, 0.5])
    raked, capped = np.array([0.8, 0.9, 0.5]), np.array([0.2, 0.0, 0.5])
    assert largest_swings(as_cast, [raked, capped]).tolist() == pytest.approx([0.7, -0.8, 0.0])
