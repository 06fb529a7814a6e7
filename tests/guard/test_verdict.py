"""Each way to a verdict, by a small vote made for it; and the states in which there is nothing to say."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbudget.guard.past_votes import Looked
from pbudget.guard.rules.verdict import AT_RISK, BALANCED, NOT_ENOUGH, WATCH
from tests.guard.builders import looked_at

SEX = {"F": 0.5, "M": 0.5}
AGE = {"16-29": 0.3, "30-59": 0.5, "60+": 0.2}


def alike(n: int) -> list[list[str]]:
    """Ballots everybody might cast: p1 wins by far, whoever stays away."""
    return [["p1", "p2"] if i % 4 else ["p1", "p3"] for i in range(n)]


def verdict_of(ballots: Sequence[Sequence[str]], ages: list[str | None], **changes: int) -> Looked:
    return looked_at(ballots, {"age": ages}, {"age": AGE}, **changes)  # type: ignore[arg-type]


def ages(*counts: int) -> list[str | None]:
    return [group for group, count in zip([*AGE, None], counts, strict=False) for _ in range(count)]


def test_people_in_proportion_are_balanced() -> None:
    found = verdict_of(alike(200), ages(60, 100, 40)).found.verdict
    assert (found.verdict, found.reasons) == (BALANCED, ())


def test_skew_that_mattered_to_nothing_is_balanced_with_a_note() -> None:
    looked = verdict_of(alike(200), ages(20, 120, 60))
    assert looked.found.verdict.verdict == BALANCED
    assert looked.found.verdict.axes
    assert (looked.found.verdict.axes.skew.level, looked.found.verdict.axes.noted) == (2, ("skew",))
    assert looked.document().headline == "balanced, noted: those who took part are unlike the baseline"


def test_nobody_from_a_tenth_of_residents_is_watch_by_itself() -> None:
    found = verdict_of(alike(200), ages(75, 125, 0)).found.verdict
    assert found.verdict == WATCH
    assert found.reasons[0].startswith("skew: 60+ (age) absent")


def test_a_distance_of_two_fifths_is_watch_by_itself() -> None:
    found = verdict_of(alike(300), ages(12, 24, 264)).found.verdict
    assert found.axes
    assert found.axes.skew.tvx >= 0.4
    assert found.verdict == WATCH


def test_a_result_that_turnout_decided_is_at_risk() -> None:
    ballots = [["p2"]] * 30 + [["p1"]] * 120 + [["p2"]] * 50
    found = verdict_of(ballots, ages(30, 150, 20), pot=20).found
    assert found.verdict.verdict == AT_RISK
    assert found.verdict.reasons[1:3] == (
        "turnout: p1 decided by who turned out (200% of the money awarded)",
        "turnout: p2 shut out by who turned out (200% of the money awarded)",
    )


def test_a_project_turnout_decided_that_costs_little_is_only_watch() -> None:
    costs = {"p1": 10, "p2": 10, "p3": 100}
    ballots = [["p2", "p3"]] * 30 + [["p1", "p3"]] * 120 + [["p2", "p3"]] * 50
    said = {"age": ages(30, 150, 20)}
    found = looked_at(ballots, said, {"age": AGE}, pot=110, costs=costs).found.verdict
    assert found.axes
    assert (found.axes.decisive, found.axes.shut_out, round(found.axes.turnout_money, 3)) == ((0,), (1,), 0.091)
    assert found.verdict == WATCH


def test_those_who_came_too_rarely_and_got_nothing_make_it_at_risk() -> None:
    ballots = [["p3"]] * 25 + [["p1"]] * 175
    found = verdict_of(ballots, ages(25, 115, 60), pot=10).found.verdict
    assert found.verdict == AT_RISK
    assert "harm: 16-29 (age) are 100 points more likely to have nothing they backed funded" in found.reasons


def test_harm_without_much_skew_is_printed_and_drives_nothing() -> None:
    ballots = [["p3"]] * 40 + [["p1"]] * 160
    found = verdict_of(ballots, ages(40, 112, 48), pot=10).found.verdict
    assert found.axes
    assert (found.axes.skew.level, found.axes.hurt) == (0, True)
    assert found.verdict == BALANCED


def test_winners_decided_by_people_who_did_not_say_are_watch() -> None:
    ballots = [["p2"]] * 100 + [["p1"]] * 60 + [["p1"]] * 90
    said = (["16-29"] * 3 + ["30-59"] * 5 + ["60+"] * 2) * 16 + [None] * 90
    found = verdict_of(ballots, said, pot=20).found.verdict
    assert found.verdict == WATCH
    assert any(reason.startswith("unknown: p1 would probably lose") for reason in found.reasons)


@pytest.mark.parametrize(
    ("n", "said", "shares", "sentence"),
    [
        (0, {}, {"age": AGE}, "Nobody has voted."),
        (1, {"age": ["16-29"]}, {"age": AGE}, "1 ballot was cast, and at least 100 are needed"),
        (99, {"age": ["16-29"] * 99}, {"age": AGE}, "99 ballots were cast, and at least 100 are needed"),
        (150, {"age": [None] * 150}, {"age": AGE}, "No question was answered by at least 50 people"),
        (150, {}, {"age": AGE}, "No question was answered by at least 50 people"),
        (150, {"age": ["old"] * 150}, {"age": AGE}, "No question was answered by at least 50 people"),
        (150, {"age": ["16-29"] * 150}, None, "There is nothing to compare participants with."),
        (150, {"age": ["16-29"] * 150}, {"age": {"16-29": 1.0}}, "No question was answered by at least 50 people"),
        (150, {"age": ["16-29"] * 80 + [None] * 70}, {"age": AGE}, "No question was answered by at least 50 people"),
    ],
)
def test_where_there_is_too_little_to_go_by_a_sentence_says_so_and_no_verdict_is_given(
    n: int,
    said: dict[str, list[str | None]],
    shares: dict[str, dict[str, float]] | None,
    sentence: str,
) -> None:
    looked = looked_at(alike(n), said, shares)
    assert looked.found.verdict.verdict == NOT_ENOUGH
    assert (looked.found.verdict.axes, looked.as_object()["reasons"]) == (None, [])
    assert looked.document().reasons[0].startswith(sentence)


group = st.sampled_from([*AGE, None, "other"])
ballot = st.lists(st.sampled_from(["p1", "p2", "p3"]), unique=True, max_size=3)
casts = st.tuples(ballot, group, st.sampled_from(["F", "M", None]), st.integers(1, 60))


@settings(max_examples=60)
@given(st.lists(casts, max_size=8), st.integers(0, 60), st.sampled_from(["greedy", "greedy-no-skip"]))
def test_no_vote_breaks_the_guard_and_it_never_touches_what_it_is_given(
    votes: list[tuple[list[str], str | None, str | None, int]], pot: int, rule: str
) -> None:
    rows = [(named, age, sex) for named, age, sex, times in votes for _ in range(times)]
    said = {"age": [age for _, age, _ in rows], "sex": [sex for _, _, sex in rows]}
    looked = looked_at([named for named, _, _ in rows], said, {"age": AGE, "sex": SEX}, pot=pot, rule=rule)
    report, page = looked.as_object(), looked.document()
    assert report["n"] == len(rows)
    if len(rows) < 100:
        assert report["verdict"] == NOT_ENOUGH
    if report["axes"]:
        assert abs(report["max_swing"]) <= 1
        assert 0 <= report["rake"]["moved"] <= 1
        assert all(0 <= chance <= 1 for row in report["win_prob"].values() for chance in row[:2])
    assert page.reasons or report["verdict"] == BALANCED
    assert looked.as_object() == report
