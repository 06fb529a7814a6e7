"""When voting stops officers see who took part, before anything is counted and without anybody's choices."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pbudget.db import db
from pbudget.guard.models import GuardSnapshot
from pbudget.guard.outreach import take_weekly_snapshots
from pbudget.guard.queries import latest_snapshot, look_at_close_of, manifest_of, tables_seen
from pbudget.guard.rules.quorum import quorum_lines
from pbudget.guard.tasks import look_at_closed_rounds
from pbudget.ledger.models import LedgerEntry
from pbudget.outbox.models import Message
from pbudget.results.counting import count_round
from pbudget.rounds.queries import round_by_id
from tests.guard.test_live import ledger_rows, older_people_came, open_with_questions
from tests.results.closed_round import close
from tests.rounds.building import officer
from tests.support.pages import PageClient
from tests.support.staff import sign_in


@pytest.fixture
def stopped(app):
    """A round whose young people are missing, at its closing time; two officers may give more time."""
    vote = open_with_questions(app, older_people_came())
    due = vote.closes_at + timedelta(days=1)
    vote.change(extension_days=7, decide_by=due, opened_at=vote.opens_at)
    vote.move_clock(vote.closes_at)
    return vote


def looks() -> list[dict[str, object]]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(GuardSnapshot.content)))


def page_of(vote, status: int = 200):
    client = PageClient(vote.app)
    sign_in(client, "officer")
    return client.get(f"/staff/rounds/{vote.slug}/at-the-close", status)


def test_the_page_says_who_is_missing_and_what_can_be_decided(stopped):
    look_at_closed_rounds()
    page = page_of(stopped)
    assert "16–34" in page.text
    assert "90" in page.text, "so many more would be the share of the young"
    assert "two officers can open it again" in page.text
    assert "until 5pm on Sunday 21 March 2027 (GMT) at the latest" in page.text
    assert page.soup.select(f"a[href='/staff/rounds/{stopped.slug}/ask/extend']")


def test_the_page_and_the_mail_say_that_the_quorum_is_missed(app):
    vote = open_with_questions(app, older_people_came(50))
    vote.change(extension_days=7, decide_by=vote.closes_at + timedelta(days=1), opened_at=vote.opens_at)
    vote.move_clock(vote.closes_at)
    officer("Officer A")
    look_at_closed_rounds()
    row = page_of(vote).one(".quorum-table tbody")
    assert row.get_text(" ", strip=True) == "Riverside 50 100 The fewest for any contest Missed"
    text = db.session.scalars(sa.select(Message.text)).first()
    assert "The quorum is missed in Riverside: 50 of 100 votes." in text


def test_the_page_says_that_the_quorum_is_reached(stopped):
    assert "Yes: it has the quorum" in page_of(stopped).text


def test_an_older_manifest_without_a_quorum_is_read_as_before(stopped):
    assert quorum_lines({"pots": manifest_of(stopped.id)["pots"]}, {}) == []


def test_it_is_looked_at_once_and_only_when_voting_has_stopped(stopped):
    stopped.move_clock(stopped.closes_at - timedelta(seconds=1))
    look_at_closed_rounds()
    assert looks() == []
    page_of(stopped, 404)
    stopped.move_clock(stopped.closes_at)
    look_at_closed_rounds()
    look_at_closed_rounds()
    assert len(looks()) == 1


def test_the_look_takes_the_place_of_a_weekly_one_of_the_same_day(stopped):
    take_weekly_snapshots()
    look_at_closed_rounds()
    (found,) = looks()
    assert found["closing"] == "2027-03-14T17:00:00Z"
    assert latest_snapshot(stopped.id).content == found
    assert len(tables_seen(stopped.id)["age"]) == 2, "what officers saw in the morning still counts as seen"


def test_nothing_in_it_or_on_the_page_depends_on_a_choice(app, stopped):
    look_at_closed_rounds()
    before = page_of(stopped).soup.select_one("main").get_text()
    kept = json.dumps(looks())
    for word in ("skate", "pocket", "swings"):
        assert word not in kept
        assert word not in before.lower()


def test_looking_changes_nothing_in_the_ledger(stopped):
    before = ledger_rows()
    look_at_closed_rounds()
    assert ledger_rows() == before
    assert {row.kind for row in db.session.execute(sa.select(LedgerEntry.kind))} == {"open", "ballot"}


def mail() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(each.to, each.subject) for each in db.session.scalars(sa.select(Message).order_by(Message.to))]


def test_officers_are_written_to_once_that_there_is_something_to_decide(app, stopped):
    for label in ("Officer A", "Officer B"):
        officer(label)
    officer("Auditor", roles=("auditor",))
    look_at_closed_rounds()
    look_at_closed_rounds()
    subject = "Spring vote 2027: decide on more time by 5pm on Monday 15 March 2027"
    assert mail() == [("officer-a@test.example", subject), ("officer-b@test.example", subject)]
    text = db.session.scalars(sa.select(Message.text)).first()
    assert "until 5pm on Sunday 21 March 2027 at the latest" in text
    assert f"/staff/rounds/{stopped.slug}/at-the-close" in text


def test_where_nothing_can_be_decided_nobody_is_written_to(stopped):
    stopped.change(decide_by=None, extension_days=None)
    officer("Officer A")
    look_at_closed_rounds()
    assert (len(looks()), mail()) == (1, [])


def test_after_an_extension_it_is_looked_at_again(stopped):
    look_at_closed_rounds()
    later = stopped.closes_at + timedelta(days=7)
    stopped.change(closes_at=later, decide_by=None)
    assert look_at_close_of(round_by_id(stopped.id)) is None
    stopped.move_clock(later)
    look_at_closed_rounds()
    assert [each["closing"] for each in looks()] == ["2027-03-14T17:00:00Z", "2027-03-21T17:00:00Z"]
    assert "It cannot be opened again" in page_of(stopped).text


def test_without_the_guard_key_the_page_says_that_nobody_can_say(app, stopped):
    (app.extensions["settings"].keys_folder / stopped.slug / "guard.key").unlink()
    look_at_closed_rounds()
    assert "Nobody can say who is missing" in page_of(stopped).text


def test_while_the_worker_is_away_the_page_says_so(stopped):
    assert "This is being worked out" in page_of(stopped).text


def test_few_votes_are_said_to_be_too_few(app):
    vote = open_with_questions(app, older_people_came(20))
    vote.change(opened_at=vote.opens_at)
    vote.move_clock(vote.closes_at)
    look_at_closed_rounds()
    assert "too few to say who is missing" in page_of(vote).text


def test_a_round_that_is_counted_is_not_looked_at_any_more(app):
    vote = open_with_questions(app, older_people_came(20))
    close(vote)
    count_round(vote.id, "system")
    look_at_closed_rounds()
    assert looks() == []
