"""Intake counters: ballots by way of voting and five minutes, never one ballot; bursts among them make "watch"."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from pbudget.db import db, transaction
from pbudget.guard.intake import clear_away, count_intake, counters_of
from pbudget.guard.live import report_round
from pbudget.guard.models import IntakeCounter, IntakeMark
from pbudget.guard.queries import report_on, verdicts_of
from pbudget.guard.rules.intake import (
    STEP,
    bursts_of,
    nearest_step,
    says_watch,
    sentences_on,
    spread,
    steps_between,
    voting_seconds,
)
from pbudget.jobs.rules import OnTheClock
from pbudget.ledger.actions import append_ballot
from pbudget.results.counting import count_round
from pbudget.rounds.models import Pot
from tests.guard.test_live import older_people_came, open_with_questions, payload_of_choice
from tests.results.closed_round import close
from tests.support.open_round import open_round
from tests.support.pages import PageClient
from tests.support.staff import sign_in

NOON = datetime(2027, 3, 7, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


# The rules


def test_five_minutes_are_those_of_the_clock():
    assert [nearest_step(at(m)) for m in (0, 2.4, 2.6, 5.01)] == [at(0), at(0), at(5), at(5)]
    assert OnTheClock(300).next_after(at(3)) == at(5)
    assert OnTheClock(300).next_after(at(5)) == at(10)


def test_a_step_belongs_to_voting_unless_it_had_stopped_for_all_of_it():
    assert steps_between(at(0), at(5)) == [at(0)]
    assert steps_between(at(0), at(1)) == []
    assert steps_between(at(0), at(30), [(at(8), at(22))]) == [at(0), at(5), at(20), at(25)]


@given(st.integers(0, 10_000), st.integers(1, 300))
def test_spreading_loses_no_ballot_and_makes_no_heap(ballots, many):
    shares = spread(ballots, [at(5 * n) for n in range(many)])
    assert sum(shares.values()) == ballots
    assert max(shares.values(), default=0) - min(shares.values(), default=0) <= 1
    assert max(shares.values(), default=0) <= ballots // many + 1
    half = sum(number for step, number in shares.items() if step < at(5 * (many // 2)))
    assert half == many // 2 * ballots // many, "any stretch of time has its part"


def test_time_in_which_voting_had_stopped_is_no_time():
    assert voting_seconds(at(0), at(60), [(at(10), at(30))]) == 40 * 60
    assert voting_seconds(at(0), at(20), [(at(10), at(30))]) == 10 * 60


def steady(hours: int = 60) -> dict[datetime, int]:
    """Two ballots an hour."""
    return {NOON + n * timedelta(minutes=30): 1 for n in range(2 * hours)}


@pytest.mark.parametrize(("site", "watch"), [("kiosk", True), ("roadshow", True), ("online", False)])
def test_a_heap_in_half_an_hour_is_found_and_said_without_an_exact_number(site, watch):
    counters = {site: {**steady(), at(605): 43}}
    found = bursts_of(counters, NOON, NOON + timedelta(hours=60))
    assert list(found) == [site]
    assert says_watch(found) is watch
    (sentence,) = sentences_on(found)
    assert "About 45 votes" in sentence


def test_a_steady_stream_paper_and_few_ballots_are_no_burst():
    end = NOON + timedelta(hours=60)
    assert bursts_of({"kiosk": steady()}, NOON, end) == {}
    assert bursts_of({"paper": {**steady(), at(605): 200}}, NOON, end) == {}
    assert bursts_of({"kiosk": {at(5): 15}}, NOON, end) == {}
    assert bursts_of({}, NOON, end) == {}


def test_a_worker_that_was_away_makes_no_burst():
    away = spread(60, steps_between(at(600), at(2400)))
    assert bursts_of({"kiosk": {**steady(), **away}}, NOON, NOON + timedelta(hours=60)) == {}


# The worker


@pytest.fixture
def vote(app):
    """An open round; nothing is counted yet, and the opening was an hour ago."""
    made = open_round(app, opens_at=at(-60), opened_at=at(-60))
    count_intake()
    return made


def cast(vote, number: int, channel: str = "kiosk") -> None:
    with transaction() as session:
        for _ in range(number):
            payload = payload_of_choice(vote, secrets.token_hex(32), "skate") | {"channel": channel}
            append_ballot(session, vote.id, payload, secrets.token_hex(32))


def counted(vote) -> dict[str, dict[datetime, int]]:
    db.session.rollback()
    return counters_of(vote.id)


def test_ballots_are_counted_by_way_of_voting_in_the_five_minutes_they_came_in(vote):
    cast(vote, 3)
    cast(vote, 2, "online")
    vote.move_clock(at(5.02))
    count_intake()
    cast(vote, 1)
    vote.move_clock(at(10.01))
    count_intake()
    assert counted(vote) == {"kiosk": {at(0): 3, at(5): 1}, "online": {at(0): 2}}


def test_counting_again_and_too_early_counts_nothing_twice(vote):
    cast(vote, 3)
    vote.move_clock(at(5))
    count_intake()
    count_intake()
    cast(vote, 1)
    vote.move_clock(at(6))
    count_intake()
    assert counted(vote) == {"kiosk": {at(0): 3}}
    vote.move_clock(at(10))
    count_intake()
    assert counted(vote) == {"kiosk": {at(0): 3, at(5): 1}}


def test_after_a_time_without_a_worker_ballots_are_spread(vote):
    vote.move_clock(at(5))
    count_intake()
    cast(vote, 4)
    vote.move_clock(at(25))
    count_intake()
    assert counted(vote) == {"kiosk": {at(5): 1, at(10): 1, at(15): 1, at(20): 1}}


def test_the_last_ballots_are_counted_after_voting_has_stopped(vote):
    vote.move_clock(vote.closes_at - 6 * MINUTE)
    count_intake()
    cast(vote, 2)
    vote.move_clock(vote.closes_at + 3 * MINUTE)
    count_intake()
    assert counted(vote) == {"kiosk": {vote.closes_at - STEP: 2}}
    before = db.session.scalars(sa.select(IntakeMark.counted_at)).one()
    vote.move_clock(vote.closes_at + timedelta(hours=1))
    count_intake()
    db.session.rollback()
    assert db.session.scalars(sa.select(IntakeMark.counted_at)).one() == before == vote.closes_at


def test_the_counters_hold_nothing_of_one_ballot():
    assert set(IntakeCounter.__table__.c.keys()) == {"round_id", "site", "bucket", "ballots"}
    assert set(IntakeMark.__table__.c.keys()) == {"round_id", "seq", "counted_at"}


@pytest.mark.parametrize(
    "columns",
    [{"phase": "sealed"}, {"phase": "annulled"}, {"phase": "published", "closed_at": at(0) - timedelta(weeks=6)}],
)
def test_they_are_deleted_when_the_round_is_over(vote, columns):
    cast(vote, 3)
    vote.move_clock(at(5))
    count_intake()
    clear_away()
    assert counted(vote)
    vote.change(**columns)
    clear_away()
    assert counted(vote) == {}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(IntakeMark)) == 0


# The report


def with_a_burst(app, site: str):
    """A counted round that is balanced but for a heap of ballots in one half hour."""
    sexes = ("male", "female")
    alike = [("skate", ("16-34", "35+")[n // 2 % 2], sexes[n % 2]) for n in range(120)]
    vote = open_with_questions(app, alike)
    vote.change(opened_at=vote.opens_at)
    with transaction() as session:
        rows = {**steady(), at(605): 43}
        session.add_all(IntakeCounter(round_id=vote.id, site=site, bucket=b, ballots=n) for b, n in rows.items())
    close(vote)
    count_round(vote.id, "system")
    list(report_round(vote.id))
    pot = db.session.scalars(sa.select(Pot.id).where(Pot.round_id == vote.id)).one()
    return vote, report_on(pot).document


def test_a_burst_at_the_kiosks_is_watch_with_a_sentence_and_officers_read_it(sqlite_app):
    vote, found = with_a_burst(sqlite_app, "kiosk")
    assert (found.verdict, found.headline) == ("watch", "watch")
    assert any("About 45 votes came at the kiosks within half an hour" in reason for reason in found.reasons)
    assert verdicts_of(vote.id) == {"riverside": "watch"}
    client = PageClient(sqlite_app)
    sign_in(client, "officer")
    assert "at the kiosks within half an hour" in client.get(f"/staff/rounds/{vote.slug}/guard/riverside").text


def test_a_burst_online_is_said_and_changes_no_verdict(sqlite_app):
    _, found = with_a_burst(sqlite_app, "online")
    assert found.verdict == "balanced"
    assert any("by itself it says nothing" in reason for reason in found.reasons)


def test_too_little_data_stays_that_with_a_burst(sqlite_app):
    vote = open_with_questions(sqlite_app, older_people_came(20))
    with transaction() as session:
        rows = {**steady(), at(605): 43}
        session.add_all(IntakeCounter(round_id=vote.id, site="kiosk", bucket=b, ballots=n) for b, n in rows.items())
    close(vote)
    count_round(vote.id, "system")
    list(report_round(vote.id))
    assert verdicts_of(vote.id) == {"riverside": "not enough data"}
