"""The one reminder before the close: who gets it, what it says, and that nobody gets two."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from pbudget.config import ROOT
from pbudget.db import db, transaction
from pbudget.outbox.models import Message
from pbudget.publicity.models import PreElection
from pbudget.roll.models import RollEntry, RollImport
from pbudget.rounds import reminding
from pbudget.rounds.models import Reminder, ReminderStop
from pbudget.rounds.reminding import mark_of, send_due_reminders, stop_reminders
from pbudget.rounds.rules.reminders import is_due
from tests.ballots.voter import Voter
from tests.jobs.building import wait_until
from tests.outbox.post_office import post_office
from tests.support.open_round import CLOSES, NOON, OPENS, open_round
from tests.support.pages import PageClient

DUE = CLOSES - timedelta(days=3)


@pytest.fixture
def vote(app):
    made = open_round(app, reminder_days=3)
    made.move_clock(DUE)
    return made


def put_emails(vote, *emails: str | None, visible: bool = True) -> None:
    """One place on the roll for each."""
    file = {"kind": "named", "file_name": "people.csv", "sha256": f"{len(emails)}{visible}".ljust(64, "0")}
    with transaction() as session:
        roll = RollImport(round_id=vote.id, touched_at=NOON, rows=len(emails), visible=visible, **file)
        session.add(roll)
        session.flush()
        for number, email in enumerate(emails):
            place = {"ward_id": vote.wards[0], "import_id": roll.id, "number": number + 1, "place": 1}
            entry = f"{roll.id:04x}{number * 7919 % 100_003:028x}"
            session.execute(insert(RollEntry).values(id=entry, round_id=vote.id, email=email, **place))


def remind() -> list[str]:
    """Queue everything that is due; who is written to."""
    while send_due_reminders():
        pass
    db.session.rollback()
    return sorted(db.session.scalars(select(Message.to)))


def test_everybody_with_an_address_is_reminded_once_whether_or_not_they_voted(vote):
    put_emails(vote, "one@test.example", None, "two@test.example", "one@test.example")
    Voter(vote.app, vote).begin().cast(blank="1")
    assert remind() == ["one@test.example", "two@test.example"]
    assert remind() == ["one@test.example", "two@test.example"]


def test_the_reminder_holds_no_code_and_says_why_it_comes_to_those_who_voted(vote):
    put_emails(vote, "one@test.example")
    remind()
    message = db.session.scalars(select(Message)).one()
    assert "Voting ends at 5pm on Sunday 14 March 2027" in message.text
    assert "we do not look up who has voted" in message.text
    assert not any(code in message.text or code.replace("-", "") in message.text for code in vote.codes)
    assert message.keep_until - message.created <= timedelta(days=1)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (DUE - timedelta(seconds=1), False),
        (DUE, True),
        (CLOSES - timedelta(hours=1, seconds=1), True),
        (CLOSES - timedelta(hours=1), False),
    ],
)
def test_it_is_due_from_its_moment_until_an_hour_before_the_close(moment, due):
    assert is_due(OPENS, CLOSES, 3, moment) is due
    assert not is_due(OPENS, CLOSES, None, moment)


def test_it_is_never_due_before_voting_opens():
    assert not is_due(OPENS, CLOSES, 30, OPENS - timedelta(seconds=1))
    assert is_due(OPENS, CLOSES, 30, OPENS)


@pytest.mark.parametrize("columns", [{"reminder_days": None}, {"assurance": "open"}, {"phase": "closed"}])
def test_a_round_without_reminder_or_roll_sends_none(vote, columns):
    put_emails(vote, "one@test.example")
    vote.change(**columns)
    assert remind() == []


def test_a_file_of_the_roll_that_is_not_shown_yet_is_left_alone(vote):
    put_emails(vote, "unseen@test.example", visible=False)
    put_emails(vote, "one@test.example", "unseen@test.example")
    assert remind() == ["one@test.example", "unseen@test.example"]


def test_who_asked_for_none_gets_none_in_this_round_or_a_later_one(vote):
    put_emails(vote, "one@test.example", "two@test.example")
    with transaction() as session:
        session.add(ReminderStop(mark=mark_of("One+x@test.example")))
    assert remind() == ["two@test.example"]


def test_the_link_stops_reminders_by_a_button_and_looking_at_it_does_not(vote):
    put_emails(vote, "one@test.example")
    remind()
    text = db.session.scalars(select(Message.text)).one()
    address = next(line for line in text.splitlines() if "/reminders/stop/" in line)
    path = address[address.index("/reminders") :]
    client = PageClient(vote.app)
    client.get(path)
    assert db.session.scalars(select(ReminderStop.mark)).all() == []
    assert "one@test.example" not in path
    for _ in range(2):
        assert "You will get no more reminders" in client.post(path, {}, 200).text
    db.session.rollback()
    assert db.session.scalars(select(ReminderStop.mark)).all() == [mark_of("one@test.example")]
    client.get(path[:-3] + "abc", 404)


def test_a_token_that_carries_something_else_stops_nothing(vote):
    from itsdangerous import BadSignature

    with pytest.raises(BadSignature):
        stop_reminders(reminding._tokens().dumps("short"))


def test_portions_are_small_and_wait_while_other_mail_waits(vote, monkeypatch):
    monkeypatch.setattr(reminding, "PORTION", 10)
    monkeypatch.setattr(reminding, "MOST_WAITING", 20)
    put_emails(vote, *(f"test-{n}@test.example" for n in range(45)))
    assert len(remind()) == 20
    while len(remind()) < 45:
        with transaction() as session:
            for message in session.scalars(select(Message).where(Message.state == "queued")):
                message.state = "sent"
    assert len(set(remind())) == 45
    done = db.session.scalars(select(Reminder)).one()
    assert (done.queued, done.last_entry) == (45, "")
    assert done.done_at is not None


def test_before_an_election_it_waits_and_goes_out_afterwards(vote):
    put_emails(vote, "one@test.example")
    with transaction() as session:
        today = DUE.date()
        session.add(PreElection(first_day=today, last_day=today, reason="Test election", started_by="a"))
    assert remind() == []
    vote.move_clock(DUE + timedelta(days=1))
    assert remind() == ["one@test.example"]


def test_a_worker_killed_at_any_moment_sends_nobody_two(tmp_path, sqlite_app):
    """Kill the process that queues and delivers again and again, let one finish, then look who got what."""
    vote = open_round(sqlite_app, reminder_days=3)
    people = [f"test-{n}@test.example" for n in range(60)]
    put_emails(vote, *people)
    db.session.remove()
    with post_office() as (office, server):
        for mails in (1, 19, 36):
            worker = start_worker(sqlite_app, server.port)
            wait_until(lambda mails=mails: len(office.envelopes) >= mails)
            worker.kill()
            assert worker.wait() == -signal.SIGKILL, "it ended before it was killed"
        assert start_worker(sqlite_app, server.port).wait(300) == 0
        got = [address for envelope in office.envelopes for address in envelope.rcpt_tos]
    assert len(got) == len(set(got)), "somebody was reminded twice"
    db.session.rollback()
    states = dict(db.session.execute(select(Message.to, Message.state)).all())
    assert sorted(states) == sorted(people)
    assert {to for to, state in states.items() if state == "sent"} <= set(got)
    assert set(states.values()) <= {"sent", "sending", "unsure"}


def start_worker(app, port: int) -> subprocess.Popen:
    settings = app.extensions["settings"]
    command = [sys.executable, "-m", "tests.rounds.reminder_process", str(settings.instance), DUE.isoformat()]
    return subprocess.Popen([*command, settings.database_url, str(port)], cwd=ROOT, stderr=subprocess.DEVNULL)
