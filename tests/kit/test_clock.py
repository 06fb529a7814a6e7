"""Times are kept in UTC and said in London time."""

from datetime import UTC, date, datetime

import pytest

from pbudget.kit.clock import FixedClock, SystemClock, say_dates, say_day, say_moment


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2027, 3, 14, 17, tzinfo=UTC), "5pm on Sunday 14 March 2027"),
        (datetime(2027, 6, 1, 16, tzinfo=UTC), "5pm on Tuesday 1 June 2027"),
        (datetime(2027, 1, 4, 9, 5, tzinfo=UTC), "9:05am on Monday 4 January 2027"),
        (datetime(2027, 1, 4, 12, tzinfo=UTC), "midday on Monday 4 January 2027"),
        (datetime(2027, 1, 4, 0, tzinfo=UTC), "midnight on Monday 4 January 2027"),
        (datetime(2027, 1, 4, 12, 30, tzinfo=UTC), "12:30pm on Monday 4 January 2027"),
    ],
)
def test_a_moment_is_said_as_gov_uk_writes_it(moment, said):
    assert say_moment(moment) == said


def test_a_day_has_no_leading_zero():
    assert say_day(date(2027, 3, 4)) == "4 March 2027"


def test_a_fixed_clock_stands_still_and_the_systems_is_in_utc():
    moment = datetime(2027, 1, 4, tzinfo=UTC)
    assert FixedClock(moment).now() == moment
    assert SystemClock().now().tzinfo is UTC


def test_a_span_of_days_is_said_once_where_it_is_one_day():
    first, last = date(2027, 3, 1), date(2027, 3, 14)
    assert say_dates(first, last) == "1 March 2027 to 14 March 2027"
    assert say_dates(first, first) == "1 March 2027"
    assert say_dates(None, last) == "14 March 2027"
    assert say_dates(None, None, "2015") == "2015"
