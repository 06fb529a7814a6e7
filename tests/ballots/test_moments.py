"""When one can vote, to the second, and what is kept of the time."""

from datetime import UTC, datetime, timedelta

import pytest

from pbudget.ballots.rules.moments import rounded_up, standing
from pbudget.ballots.rules.reference import standing_of_reference
from pbudget.ledger.checkpoints import Checkpoint
from tests.support.open_round import CLOSES, OPENS

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("phase", "moment", "expected"),
    [
        ("open", OPENS - SECOND, "not-yet"),
        ("open", OPENS, "open"),
        ("open", CLOSES - SECOND, "open"),
        ("open", CLOSES, "closed"),
        ("open", CLOSES + SECOND, "closed"),
        ("set-up", OPENS, "not-yet"),
        ("closed", OPENS, "closed"),
        ("sealed", CLOSES, "closed"),
        ("annulled", OPENS, "annulled"),
    ],
)
def test_one_can_vote_from_the_first_second_to_before_the_last(phase, moment, expected):
    assert standing(phase, OPENS, CLOSES, moment) == expected


def test_a_replay_is_nothing_to_vote_in():
    assert standing("published", None, None, OPENS) == "none"


@pytest.mark.parametrize(("minute", "second", "up"), [(0, 0, 0), (0, 1, 5), (4, 59, 5), (5, 0, 5), (58, 0, 60)])
def test_a_draft_tells_the_time_by_five_minutes(minute, second, up):
    hour = datetime(2027, 3, 7, 12, tzinfo=UTC)
    assert rounded_up(hour + timedelta(minutes=minute, seconds=second)) == hour + timedelta(minutes=up)


def test_a_reference_is_in_the_first_list_that_is_long_enough():
    lists = [Checkpoint("spring", size, "a" * 64, f"2027-03-0{day}T06:00:00Z", "") for size, day in ((20, 2), (60, 3))]
    assert standing_of_reference(20, lists).listed_at.day == 2
    assert standing_of_reference(21, lists).listed_at.day == 3
    assert standing_of_reference(61, lists).listed_at is None
    assert standing_of_reference(61, lists).recorded
    assert not standing_of_reference(None, lists).recorded
