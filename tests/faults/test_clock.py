"""Clocks that are wrong: an alarm for the officers, and nothing closes by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from pbudget.jobs.duties import do_if_due
from pbudget.jobs.queries import troubles
from pbudget.jobs.registry import duties
from pbudget.kit.clock import StepWatch
from pbudget.rounds.closing import ClockNotTrusted
from pbudget.rounds.rules.closing import clock_problem, step_problem
from pbudget.rounds.tasks import close_rounds
from tests.support.open_round import CLOSES, open_round

FIVE = datetime(2027, 3, 14, 17, tzinfo=UTC)
MINUTES = timedelta(minutes=10)


class Hands:
    """Two clocks: one that can be set and one that cannot."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_000_000.0, 50.0

    def go(self, seconds: float, step: float = 0.0) -> None:
        self.wall, self.steady = self.wall + seconds + step, self.steady + seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def watch(hands) -> StepWatch:
    return StepWatch(lambda: hands.wall, lambda: hands.steady)


@pytest.mark.parametrize(("apart", "trusted"), [(1.9, True), (-1.9, True), (2.1, False), (-2.1, False), (600, False)])
def test_two_clocks_that_differ_by_more_than_two_seconds_are_not_trusted(apart, trusted):
    problem = clock_problem(FIVE, machine=FIVE + timedelta(seconds=apart), latest_known=FIVE - MINUTES)
    assert (problem == "") is trusted


@pytest.mark.parametrize(("ahead", "trusted"), [(-1, True), (1.9, True), (2.1, False), (600, False)])
def test_a_clock_behind_what_the_ledger_was_signed_at_is_not_trusted(ahead, trusted):
    problem = clock_problem(FIVE, machine=FIVE, latest_known=FIVE + timedelta(seconds=ahead))
    assert (problem == "") is trusted


@pytest.mark.parametrize("step", [600.0, -600.0, 3.0, -3.0])
def test_a_step_is_noticed_and_remembered_until_it_is_taken_back(hands, watch, step):
    hands.go(5)
    assert watch.moved() == 0
    hands.go(5, step=step)
    assert watch.moved() == pytest.approx(step)
    hands.go(5)
    assert watch.moved() == pytest.approx(step)
    assert f"{abs(step):,.0f} seconds" in step_problem(watch.moved())
    hands.go(5, step=-step)
    assert step_problem(watch.moved()) == ""


def test_a_clock_that_is_led_slowly_to_the_right_time_is_trusted(hands, watch):
    for _ in range(1000):
        hands.go(5, step=0.01)
        assert watch.moved() == 0


@pytest.mark.parametrize("step", [600.0, -600.0])
def test_a_step_raises_the_alarm_and_nothing_closes_by_itself(app, hands, watch, step):
    vote = open_round(app)
    app.extensions["step_watch"] = watch
    vote.move_clock(CLOSES + timedelta(seconds=1))
    hands.go(5, step=step)
    with pytest.raises(ClockNotTrusted):
        close_rounds()
    (closing,) = [duty for duty in duties() if duty.name == "closing"]
    do_if_due(closing)
    assert [trouble for trouble in troubles() if trouble.startswith("Closing: This machine's clock was set")]
    assert phase(vote) == "open"
    hands.go(5, step=-step)
    do_if_due(closing)
    assert not [trouble for trouble in troubles() if trouble.startswith("Closing")]
    assert phase(vote) == "closed"


def test_a_round_that_cannot_close_is_on_the_officers_page(app, hands, watch):
    vote = open_round(app)
    app.extensions["step_watch"] = watch
    vote.change(opened_at=CLOSES + MINUTES)
    vote.move_clock(CLOSES)
    with pytest.raises(ClockNotTrusted, match="moved backwards"):
        close_rounds()
    assert phase(vote) == "open"


def phase(vote) -> str:
    from pbudget.rounds.queries import round_by_id

    found = round_by_id(vote.id)
    assert found is not None
    return found.phase
