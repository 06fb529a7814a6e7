"""More time at the closing time: every state of it, to the second, on both engines; and never again after the close."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from pbudget.db import db
from pbudget.kit.working_days import working_day_after
from pbudget.ledger.queries import acts, head_of, verify_ledger
from pbudget.ledger.rules import RoundClosed
from pbudget.rounds.acts import ActNotPossible
from pbudget.rounds.approving import MayNotApprove, approve, refuse, request_approval
from pbudget.rounds.closing import TooEarlyToClose, close_due_rounds
from pbudget.rounds.officer_acts import opening_of, words_of_opening
from pbudget.rounds.queries import round_by_id, rounds_due_to_close, set_up_by_id
from pbudget.rounds.rules.extension import (
    MoreTime,
    allowance_problem,
    decision_due,
    extension_problem,
    latest_close,
    why_no_more_time,
)
from pbudget.rounds.setting_up import save_columns
from pbudget.rounds.tasks import close_rounds
from tests.rounds.building import CLOSES, OPENS, phase_of, ready_round, set_clock
from tests.rounds.test_voting_acts import cast, close, kinds, later
from tests.support.pages import PageClient
from tests.support.staff import sign_in

SECOND = timedelta(seconds=1)
DUE = datetime(2027, 3, 15, 17, tzinfo=UTC)
"""Voting closes at 5pm on a Sunday, so it is decided by 5pm on Monday."""
OUTREACH = {"what": "Doorstep visits", "where": "Hill Street", "whom": "People under 35"}
ASKED = {"closes_at": later(7), "reason": "Few young people voted.", **OUTREACH}


@pytest.fixture
def ready(app):
    """An open round that may be extended by 7 days; it is noon on the first day."""
    made = ready_round(app)
    save_columns(made.id, "dates", {"extension_days": 7}, made.a.id)
    made.open()
    set_clock(app, OPENS + timedelta(hours=3))
    return made


@pytest.fixture
def stopped(app, ready):
    """The same at its closing time."""
    cast(ready.id, 1)
    set_clock(app, CLOSES)
    return ready


# The rule


@pytest.mark.parametrize(
    ("closes", "due"),
    [
        (datetime(2027, 3, 14, 17, tzinfo=UTC), datetime(2027, 3, 15, 17, tzinfo=UTC)),  # Sunday, Monday
        (datetime(2027, 3, 12, 17, tzinfo=UTC), datetime(2027, 3, 15, 17, tzinfo=UTC)),  # Friday, Monday
        (datetime(2027, 3, 25, 17, tzinfo=UTC), datetime(2027, 3, 30, 16, tzinfo=UTC)),  # before Easter and the clocks
    ],
)
def test_it_is_decided_by_the_same_time_on_the_next_working_day(closes, due):
    assert decision_due(closes) == due


def test_working_days_leave_out_weekends_and_bank_holidays():
    assert f"{working_day_after(date(2027, 12, 24), 1)}" == "2027-12-29"
    assert f"{working_day_after(date(2027, 3, 14), 10)}" == "2027-03-30", "Easter is not counted"


def test_days_more_end_at_the_same_time_of_day_when_the_clocks_change():
    assert latest_close(datetime(2027, 3, 26, 17, tzinfo=UTC), 7) == datetime(2027, 4, 2, 16, tzinfo=UTC)


def test_an_allowance_that_leaves_no_day_to_vote_is_refused_at_set_up():
    friday = datetime(2027, 3, 12, 17, tzinfo=UTC)
    assert "by 5pm on Monday 15 March 2027" in allowance_problem(friday, 3)
    assert (allowance_problem(friday, 4), allowance_problem(friday, None)) == ("", "")


@pytest.mark.parametrize(
    ("days", "due", "now", "says"),
    [
        (None, None, CLOSES - SECOND, ""),
        (7, DUE, CLOSES - SECOND, ""),
        (None, None, CLOSES, "allows no more time"),
        (7, DUE, CLOSES, ""),
        (7, DUE, DUE - SECOND, ""),
        (7, DUE, DUE, "The time to decide ended"),
        (7, None, CLOSES - SECOND, "once only"),
        (7, None, CLOSES, "once only"),
    ],
)
def test_who_can_still_extend(days, due, now, says):
    said = why_no_more_time(MoreTime(CLOSES, days, due), now)
    assert says in said
    assert bool(says) is bool(said)


@pytest.mark.parametrize(
    ("later_by", "now", "outreach", "says"),
    [
        (timedelta(days=7), CLOSES, True, ""),
        (timedelta(days=7, seconds=1), CLOSES, True, "until 5pm on Sunday 21 March 2027 at the latest"),
        (timedelta(days=7), CLOSES, False, "what will be done"),
        (timedelta(hours=1), CLOSES + timedelta(hours=1), True, "in the future"),
        (timedelta(0), CLOSES - SECOND, True, "later than the present"),
        (timedelta(days=20), CLOSES - SECOND, False, ""),
    ],
    ids=["allowed", "too far", "no outreach", "past", "not later", "a repair before the close"],
)
def test_how_far_and_with_what(later_by, now, outreach, says):
    said = extension_problem(MoreTime(CLOSES, 7, DUE), CLOSES + later_by, now, outreach=outreach)
    assert says in said
    assert bool(says) is bool(said)


# The round


def test_the_manifest_says_by_when_and_until_when(ready):
    said = json.loads(head_of(ready.id).manifest)["extension_at_close"]
    assert said["most_days"] == 7
    assert said["decided_by"] == {"utc": "2027-03-15T17:00:00Z", "local": "5pm on Monday 15 March 2027 (GMT)"}
    assert said["latest"]["utc"] == "2027-03-21T17:00:00Z"


def test_without_the_allowance_it_closes_at_its_second_and_cannot_be_extended(app):
    made = ready_round(app)
    made.open()
    assert json.loads(head_of(made.id).manifest)["extension_at_close"] is None
    set_clock(app, CLOSES)
    with pytest.raises(ActNotPossible, match="allows no more time"):
        request_approval(made.id, "extend", ASKED, made.a)
    assert rounds_due_to_close() == [made.id]


def test_while_it_is_decided_nobody_votes_and_nothing_closes(app, stopped):
    close_rounds()
    assert (phase_of(stopped.id), round_by_id(stopped.id).stage(CLOSES)) == ("open", "deciding")
    with pytest.raises(TooEarlyToClose, match="may still decide"):
        close(stopped.id)
    set_clock(app, DUE - SECOND)
    close_rounds()
    assert kinds(stopped.id) == ["open"]


def test_nobody_asks_and_it_closes_when_the_time_to_decide_ends(app, stopped):
    set_clock(app, DUE)
    close_rounds()
    assert (phase_of(stopped.id), kinds(stopped.id)) == ("closed", ["open", "close"])
    with pytest.raises(ActNotPossible):
        request_approval(stopped.id, "extend", ASKED, stopped.a)


def test_one_officer_asks_and_nothing_happens_and_it_closes(app, stopped):
    set_clock(app, CLOSES + timedelta(hours=1))
    asked = request_approval(stopped.id, "extend", ASKED, stopped.a)
    with pytest.raises(MayNotApprove, match="yourself"):
        approve(asked, stopped.a, fresh=True)
    set_clock(app, DUE)
    with pytest.raises(ActNotPossible, match="The time to decide ended"):
        approve(asked, stopped.b, fresh=True)
    close_rounds()
    with pytest.raises(ActNotPossible):
        approve(asked, stopped.b, fresh=True)
    assert kinds(stopped.id) == ["open", "close"]


def test_two_officers_open_it_again_and_it_closes_at_its_new_second(app, stopped):
    stopped.do("extend", **ASKED)
    said = acts(stopped.id)[-1].body
    assert (said["to"], said["outreach"]) == ("2027-03-21T17:00:00Z", OUTREACH)
    assert round_by_id(stopped.id).stage(CLOSES) == "open"
    cast(stopped.id, 2)
    end = CLOSES + timedelta(days=7)
    set_clock(app, end - SECOND)
    close_rounds()
    assert phase_of(stopped.id) == "open"
    set_clock(app, end)
    close_rounds()
    assert kinds(stopped.id) == ["open", "extend", "close"]
    assert acts(stopped.id)[-1].body["counted"] == 2
    assert verify_ledger(stopped.id).ok


@pytest.mark.parametrize("when", [timedelta(hours=1), timedelta(days=7)], ids=["while open again", "at the new end"])
def test_it_is_extended_once_only(app, stopped, when):
    stopped.do("extend", **ASKED)
    set_clock(app, CLOSES + when)
    with pytest.raises(ActNotPossible, match="once only"):
        request_approval(stopped.id, "extend", {**ASKED, "closes_at": later(9)}, stopped.a)


def test_two_requests_at_once_and_only_one_is_done(stopped):
    first = request_approval(stopped.id, "extend", {**ASKED, "closes_at": later(5)}, stopped.a)
    second = request_approval(stopped.id, "extend", ASKED, stopped.b)
    with pytest.raises(MayNotApprove, match="a later one took its place"):
        approve(first, stopped.b, fresh=True)
    approve(second, stopped.a, fresh=True)
    assert kinds(stopped.id) == ["open", "extend"]


def test_a_refused_request_leaves_the_time_to_decide_as_it_was(app, stopped):
    refuse(request_approval(stopped.id, "extend", ASKED, stopped.a), "Too late to print letters.", stopped.b)
    assert round_by_id(stopped.id).decide_by == DUE
    stopped.do("extend", **ASKED)
    assert phase_of(stopped.id) == "open"


def test_asked_before_the_close_and_approved_after_it_needs_named_outreach_too(app, ready):
    bare = {"closes_at": later(7), "reason": "The post was late."}
    set_clock(app, CLOSES - SECOND)
    asked = request_approval(ready.id, "extend", bare, ready.a)
    set_clock(app, CLOSES)
    with pytest.raises(ActNotPossible, match="what will be done"):
        approve(asked, ready.b, fresh=True)
    assert kinds(ready.id) == ["open"]


def test_two_officers_end_it_at_once_and_then_it_never_opens_again(stopped):
    waiting = request_approval(stopped.id, "extend", ASKED, stopped.a)
    stopped.do("close", reason="Everybody we wanted to reach has voted.")
    assert acts(stopped.id)[-1].body["early"] is False
    with pytest.raises(ActNotPossible):
        approve(waiting, stopped.b, fresh=True)
    with pytest.raises(RoundClosed):
        cast(stopped.id, 2)
    assert kinds(stopped.id) == ["open", "close"]


def test_a_repair_before_the_close_moves_the_time_to_decide_with_it(app, ready):
    ready.do("extend", closes_at=later(1), reason="The site was down.")
    assert round_by_id(ready.id).decide_by == DUE + timedelta(days=1)
    set_clock(app, CLOSES + timedelta(days=1))
    assert rounds_due_to_close() == []
    ready.do("extend", **{**ASKED, "closes_at": later(8)})
    assert kinds(ready.id) == ["open", "extend", "extend"]


def test_a_worker_that_was_dead_closes_it_late_and_no_officer_can_extend_it_meanwhile(app, stopped):
    set_clock(app, DUE + timedelta(days=3))
    assert round_by_id(stopped.id).stage(DUE) == "closed"
    with pytest.raises(ActNotPossible, match="The time to decide ended"):
        request_approval(stopped.id, "extend", ASKED, stopped.a)
    assert close_due_rounds(rounds_due_to_close()) == [stopped.id]


def test_an_annulled_round_is_not_extended(stopped):
    stopped.do("annul", reason="Letters were stolen.")
    with pytest.raises(ActNotPossible):
        request_approval(stopped.id, "extend", ASKED, stopped.a)


# The pages


def test_residents_read_what_is_going_on(app, ready):
    client, here = PageClient(app), f"/rounds/{ready.slug}"
    assert "Voting can be extended once when it ends" in client.get(here).text
    set_clock(app, CLOSES)
    for page in (client.get(here), client.get(f"{here}/vote")):
        assert "stopped at 5pm on Sunday 14 March 2027" in page.text
        assert "By 5pm on Monday 15 March 2027 the council decides" in page.text
    assert "until 5pm on Sunday 21 March 2027 at the latest" in client.get(here).text
    assert "Voting has stopped for now" in client.get("/").text
    ready.do("extend", **ASKED)
    page = client.get(here)
    assert "You can vote until 5pm on Sunday 21 March 2027" in page.text
    assert "What will be done to reach people: Doorstep visits." in page.text
    assert "Voting can be extended once" not in page.text


def test_an_officer_asks_by_the_pages_and_reads_what_is_missing(sqlite_app):
    ready = ready_round(sqlite_app)
    save_columns(ready.id, "dates", {"extension_days": 7}, ready.a.id)
    ready.open()
    set_clock(sqlite_app, CLOSES)
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=ready.a.id)
    page = client.get(f"/staff/rounds/{ready.slug}")
    assert "two officers can extend it once" in page.text
    ask = f"/staff/rounds/{ready.slug}/ask/extend"
    sent = {
        "closes-day": "21",
        "closes-month": "3",
        "closes-year": "2027",
        "closes-time": "5pm",
        "reason": "Few voted.",
    }
    refused = client.post(ask, sent, status=422)
    for needed in ("Say what will be done to reach people", "Say where it will be done", "Say whom it is for"):
        assert needed in refused.text
    too_far = client.post(ask, {**sent, "closes-day": "22", **OUTREACH}, status=422)
    assert "until 5pm on Sunday 21 March 2027 at the latest" in too_far.text
    assert "Doorstep visits" in too_far.one("input[name=what]")["value"]
    client.post(ask, {**sent, **OUTREACH}, status=303)
    set_clock(sqlite_app, DUE)
    sign_in(client, staff_id=ready.a.id)
    assert "The time to decide ended" in client.get(ask).text


def test_an_officer_sets_the_days_and_reads_why_too_few_do_not_do(sqlite_app):
    ready, client = ready_round(sqlite_app), PageClient(sqlite_app)
    sign_in(client, staff_id=ready.a.id)
    dates = f"/staff/rounds/{ready.slug}/dates"
    opens = {"opens-day": "1", "opens-month": "3", "opens-year": "2027", "opens-time": "9am"}
    sent = {**opens, "closes-day": "14", "closes-month": "3", "closes-year": "2027", "closes-time": "5pm"}
    refused = client.post(dates, {**sent, "extension_days": "1"}, status=422)
    assert "More time is decided by 5pm on Monday 15 March 2027" in refused.text
    assert "Allow more days" in refused.text
    for typed in ("29", "0", "-1", "many"):
        assert "whole number from 1 to 28" in client.post(dates, {**sent, "extension_days": typed}, status=422).text
    client.post(dates, {**sent, "extension_days": "7"}, status=303)
    assert client.get(dates).one("input[name=extension_days]")["value"] == "7"
    words = dict(words_of_opening(opening_of(set_up_by_id(ready.id))))
    assert "until 5pm on Sunday 21 March 2027 (GMT) at the latest" in words["More time at the close"]
    client.post(dates, {**sent, "extension_days": ""}, status=303)
    assert not client.get(dates).one("input[name=extension_days]").get("value")
    db.session.rollback()
    words = dict(words_of_opening(opening_of(set_up_by_id(ready.id))))
    assert words["More time at the close"] == "not possible: voting ends at its closing time"
