"""The time before an election: an officer turns it on and off, and what is public and promotional waits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from pbudget.audit.models import AuditEntry
from pbudget.db import db
from pbudget.kit.clock import FixedClock
from pbudget.publicity.actions import DaysNotUsable, end_period, set_period
from pbudget.publicity.models import PreElection
from pbudget.publicity.queries import is_held_back, period_for_pages
from pbudget.publicity.rules import is_within
from pbudget.rounds.models import Round
from tests.results.closed_round import counted_round
from tests.rounds.building import ready_round, set_clock
from tests.support.pages import PageClient
from tests.support.staff import sign_in

NOW = datetime(2027, 3, 22, 12, tzinfo=UTC)
FIRST, LAST = date(2027, 3, 22), date(2027, 5, 6)
REASON = "Borough council elections on 6 May 2027"
SWITCH = "/staff/pre-election"
BOXES = {
    "first_day": ["22", "3", "2027"],
    "last_day": ["6", "5", "2027"],
    "reason": REASON,
}


@pytest.fixture
def at_noon(app):
    app.extensions["clock"] = FixedClock(NOW)
    return app


@pytest.mark.parametrize(
    ("moment", "within"),
    [
        (datetime(2027, 3, 21, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 22, tzinfo=UTC), True),
        (datetime(2027, 5, 6, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 5, 6, 23, tzinfo=UTC), False),
    ],
)
def test_it_holds_from_the_first_minute_to_the_last_in_london(moment, within):
    assert is_within(FIRST, LAST, moment) is within


def test_it_is_turned_on_and_off_and_the_log_says_why(at_noon):
    assert not is_held_back()
    set_period(FIRST, LAST, REASON, "a")
    assert is_held_back()
    assert period_for_pages().reason == REASON
    end_period("b")
    end_period("b")
    assert not is_held_back()
    assert period_for_pages() is None
    log = db.session.execute(select(AuditEntry.act, AuditEntry.actor, AuditEntry.detail).order_by(AuditEntry.seq)).all()
    assert [row[:2] for row in log] == [("pre-election period set", "a"), ("pre-election period ended", "b")]
    assert REASON in log[0].detail


def test_other_days_take_the_place_of_the_first_and_both_are_kept(at_noon):
    set_period(FIRST, LAST, REASON, "a")
    set_period(FIRST, LAST + timedelta(days=7), "The election was put off", "a")
    rows = db.session.execute(select(PreElection.last_day, PreElection.standing).order_by(PreElection.id)).all()
    assert [tuple(row) for row in rows] == [(LAST, False), (LAST + timedelta(days=7), True)]


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (LAST, FIRST, "must be the first day or later"),
        (date(2027, 1, 1), date(2027, 2, 1), "must be today or later"),
        (FIRST, date(2028, 5, 6), "at most 100 days"),
    ],
)
def test_days_that_cannot_be_are_refused(at_noon, first, last, says):
    with pytest.raises(DaysNotUsable, match=says):
        set_period(first, last, REASON, "a")
    assert not is_held_back()


@pytest.fixture
def officer(sqlite_app) -> PageClient:
    sqlite_app.extensions["clock"] = FixedClock(NOW)
    client = PageClient(sqlite_app)
    sign_in(client)
    return client


def sent(**other: object) -> dict[str, object]:
    return {**BOXES, **other}


def test_an_officer_turns_it_on_reads_the_banner_and_turns_it_off(officer):
    assert "Publicity is not held back" in officer.get(SWITCH).text
    officer.post(SWITCH, sent(), 303)
    for path in (SWITCH, "/staff", "/staff/rounds"):
        assert "Publicity is held back until the end of 6 May 2027" in officer.get(path).text
    assert "election" not in officer.get("/about").text, "residents read no banner of the officers'"
    officer.post(f"{SWITCH}/end", {}, 303, page=SWITCH)
    db.session.rollback()
    page = officer.get(SWITCH)
    assert "Publicity is not held back" in page.text
    assert REASON in page.one("table").get_text()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"reason": ""}, "Enter the reason"),
        ({"last_day": ["1", "1", "2027"]}, "The last day must be the first day or later"),
        ({"first_day": ["", "", ""]}, "Enter the first day"),
        ({"first_day": ["31", "2", "2027"]}, "Not a valid date"),
    ],
)
def test_what_cannot_be_used_is_said_and_kept(officer, other, says):
    page = officer.post(SWITCH, sent(**other), 422)
    assert says in page.one(".govuk-error-summary").get_text()
    assert page.one("#last_day-year")["value"] == "2027"


def test_days_to_come_can_be_called_off(officer):
    officer.post(SWITCH, sent(first_day=["1", "4", "2027"]), 303)
    page = officer.get(SWITCH)
    assert "Publicity will be held back from 1 April 2027" in page.text
    officer.post(f"{SWITCH}/end", {}, 303, page=SWITCH)
    assert "Publicity is not held back" in officer.get(SWITCH).text


def test_the_front_page_shows_no_news_of_results_and_the_results_stay(sqlite_app):
    vote = counted_round(sqlite_app, [["skate"], []])
    db.session.get(Round, vote.id)
    client = PageClient(sqlite_app)
    before = client.get("/").text
    assert "There is an election soon" not in before
    today = sqlite_app.extensions["clock"].now().date()
    set_period(today, today, REASON, "a")
    db.session.rollback()
    assert "There is an election soon. Until it is over we show no news of results here" in client.get("/").text
    assert client.get("/rounds")


def test_opening_and_publishing_are_warned_about_and_can_still_be_done(sqlite_app):
    ready = ready_round(sqlite_app)
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=ready.a.id)
    ask = f"/staff/rounds/{ready.slug}/ask/open"
    assert "Ask the monitoring officer" not in client.get(ask).text
    today = sqlite_app.extensions["clock"].now().date()
    set_period(today, today, REASON, "a")
    db.session.rollback()
    page = client.get(ask)
    assert "Ask the monitoring officer whether it can wait" in page.text
    client.post(ask, {}, 303)
    set_clock(sqlite_app, sqlite_app.extensions["clock"].now())
