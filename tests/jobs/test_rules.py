"""When things are done: London's clock, pauses, words."""

from datetime import UTC, datetime, timedelta

import pytest

from pbudget.jobs.rules import Daily, is_worker_missing, pause_after, retry_of_duty, say_progress

NOON = datetime(2027, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2027-01-10T05:59:59", "2027-01-10T06:00:00"),
        ("2027-01-10T06:00:00", "2027-01-11T06:00:00"),
        ("2027-03-27T07:00:00", "2027-03-28T05:00:00"),  # the clocks went forward
        ("2027-10-30T07:00:00", "2027-10-31T06:00:00"),  # the clocks went back
    ],
)
def test_six_in_the_morning_is_six_in_london(now, then):
    assert Daily(6).next_after(datetime.fromisoformat(now).replace(tzinfo=UTC)).isoformat()[:19] == then


@pytest.mark.parametrize("day", range(1, 32))
@pytest.mark.parametrize("month", [3, 10])
def test_a_daily_duty_comes_once_a_day_across_a_change_of_clocks(month, day):
    for minute in (0, 30):
        moment = datetime(2027, month, day, 0, minute, tzinfo=UTC)
        gap = Daily(1, 30).next_after(Daily(1, 30).next_after(moment)) - Daily(1, 30).next_after(moment)
        assert timedelta(hours=23) <= gap <= timedelta(hours=25)


def test_pauses_of_a_job_double():
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 4)] == [15, 30, 60, 120]


def test_a_failed_duty_is_tried_again_in_five_minutes_or_at_its_time():
    assert retry_of_duty(NOON + timedelta(days=1), NOON) == NOON + timedelta(minutes=5)
    assert retry_of_duty(NOON + timedelta(minutes=1), NOON) == NOON + timedelta(minutes=1)


def test_a_worker_is_missing_after_two_minutes_of_silence():
    assert is_worker_missing(None, NOON)
    assert is_worker_missing(NOON - timedelta(seconds=121), NOON)
    assert not is_worker_missing(NOON - timedelta(seconds=119), NOON)


@pytest.mark.parametrize(
    ("state", "progress", "total", "message", "said"),
    [
        ("queued", 0, 0, "", "Waiting for its turn"),
        ("running", 0, 0, "", "Under way"),
        ("running", 1200, 50000, "", "1,200 of 50,000 done (2%)"),
        ("running", 1, 2, "Printing", "Printing"),
        ("done", 2, 2, "", "Finished"),
        ("failed", 2, 9, "The file has no wards.", "The file has no wards."),
    ],
)
def test_where_a_job_stands_is_said_in_words(state, progress, total, message, said):
    assert say_progress(state, progress, total, message) == said
