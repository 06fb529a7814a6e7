"""Turnout, the funnel, bursts and the programme: the states a ward can be in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.balance.thresholds import Thresholds, thresholds_from
from pbudget.guard.rules.bursts import BUCKET, TOO_FEW, TOO_SHORT, burst, times_of
from pbudget.guard.rules.labels import labels_of, within_ages
from pbudget.guard.rules.programme import WardCounts, programme, programme_baseline
from pbudget.guard.rules.turnout import funnel, response, turnout
from pbudget.kit.errors import BadInput

Z = Thresholds().z
DAY = 8 * 3600


@pytest.mark.parametrize("residents", [None, 0])
def test_without_residents_there_is_a_count_and_no_turnout(residents: int | None) -> None:
    found = turnout(310, residents, Z)
    assert (found.ballots, found.share, found.lo, found.more_than_residents) == (310, None, None, False)


def test_more_ballots_than_residents_is_shown_as_it_is() -> None:
    found = turnout(310, 300, Z)
    assert (found.share, found.lo, found.more_than_residents) == (310 / 300, None, True)


@pytest.mark.parametrize(
    ("ballots", "residents"), [([], []), ([10] * 4, [1_000] * 4), ([0] * 6, [1_000] * 6), ([10] * 6, [0] * 6)]
)
def test_too_few_wards_or_no_turnout_make_no_funnel(ballots: list[int], residents: list[int]) -> None:
    assert funnel(ballots, residents) is None


def test_one_ward_far_from_the_others_stands_out() -> None:
    found = funnel([300, 305, 295, 310, 290, 302, 298, 900], [10_000] * 8)
    assert found
    assert found.very_different == (7,)
    low, high = found.limits(10_000, 3)
    assert 0 < low < found.target < high < 0.09


def test_wards_that_are_simply_different_do_not_stand_out() -> None:
    found = funnel([310, 520, 150, 700, 260, 90, 410, 350], [9_800, 11_200, 7_600, 10_400, 8_900, 5_200, 9_900, 9_000])
    assert found
    assert max(map(abs, found.naive)) > 8
    assert found.very_different == ()


def test_an_even_response_has_no_spread() -> None:
    assert response([40, 50], [1_000, 1_250]).cv == pytest.approx(0)
    assert response([], []).rho == 0.0


def test_a_burst_is_found_and_a_rhythm_is_not() -> None:
    random = np.random.default_rng(3)
    times = sorted(random.uniform(0, 10 * DAY, 400).tolist())
    assert not burst(times, 10 * DAY).flagged
    assert burst([*times, *np.linspace(DAY, DAY + 900, 30).tolist()], 10 * DAY).flagged


def test_households_that_come_together_are_a_rhythm_of_their_own() -> None:
    random = np.random.default_rng(4)
    households = random.uniform(0, 10 * DAY, 130)
    times = [float(time + i * 40) for time in households for i in range(3)]
    found = burst(times, 10 * DAY)
    assert found.phi is not None
    assert found.phi > 1.5
    assert not found.flagged


def test_a_site_with_few_ballots_or_hours_is_not_tested() -> None:
    assert burst([1.0] * 19, DAY).status == TOO_FEW
    assert burst([1.0] * 40, 4 * 3600).status == TOO_SHORT
    assert not burst([1.0] * 40, 4 * 3600).flagged


def test_a_buckets_ballots_count_at_its_middle() -> None:
    assert times_of({2: 1, 0: 2}) == [BUCKET / 2, BUCKET / 2, 2.5 * BUCKET]


shares = st.lists(st.floats(0.05, 1), min_size=3, max_size=3).map(lambda raw: [x / sum(raw) for x in raw])
counts = st.lists(st.integers(0, 300), min_size=3, max_size=3)


@given(st.lists(st.tuples(counts, shares), min_size=1, max_size=6))
def test_residents_raised_to_the_programme_add_up_to_one(wards: list[tuple[list[int], list[float]]]) -> None:
    given_wards = [WardCounts(dict(zip("abc", x, strict=True)), dict(zip("abc", p, strict=True))) for x, p in wards]
    pooled = programme(given_wards)
    for ward in given_wards:
        assert sum(programme_baseline(ward.residents, pooled).values()) == pytest.approx(1)
    if len(wards) == 1 and pooled.known:
        raised = programme_baseline(given_wards[0].residents, pooled)
        assert list(raised.values()) == pytest.approx([x / pooled.known for x in wards[0][0]])


def test_a_programme_nobody_took_part_in_changes_no_baseline() -> None:
    ward = WardCounts({"a": 0, "b": 0}, {"a": 0.3, "b": 0.7})
    assert programme_baseline(ward.residents, programme([ward])) == ward.residents


def test_what_people_said_is_put_into_the_baselines_groups() -> None:
    said = ["44", "44.0", "17", "", "-3", "201", "16-24", "Prefer not to say", "old", "65"]
    found = labels_of("age", said, ["16-24", "25-64", "65+"])
    assert found == ["25-64", "25-64", "16-24", None, None, None, "16-24", None, "old", "65+"]
    assert labels_of("sex_16plus", ["F", "M", "K", ""], ["F", "M"]) == ["F", "M", None, None]
    assert labels_of("sex", ["F", "M"], ["Female", "Male"]) == ["Female", "Male"]
    assert labels_of("tenure", ["Rents", "owns "], ["rents", "Owns"]) == ["rents", "Owns"]


def test_only_the_ages_a_round_is_open_to_take_part() -> None:
    lived = {"0-15": 0.2, "16-24": 0.2, "25+": 0.6}
    assert within_ages(lived, 16, 200) == pytest.approx({"16-24": 0.25, "25+": 0.75})
    for low, high, said in ((18, 200, "partly inside"), (0, 3, "partly inside"), (16, 20, "partly inside")):
        with pytest.raises(BadInput, match=said):
            within_ages(lived, low, high)
    with pytest.raises(BadInput, match="has no ages in it"):
        within_ages({"young": 1.0}, 16, 200)


def test_a_threshold_that_does_not_exist_is_refused_by_name() -> None:
    assert thresholds_from({"SWING": 0.4, "boot": 100}).swing == 0.4
    with pytest.raises(BadInput, match="“swinge” is not a threshold"):
        thresholds_from({"swinge": 1})


def test_other_thresholds_are_another_version() -> None:
    assert Thresholds().version != thresholds_from({"swing": 0.4}).version
