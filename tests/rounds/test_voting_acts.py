"""What two officers do while a round is open, on both engines; and how a round closes by itself, to the second."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pbudget.balance.published import published_in
from pbudget.balance.thresholds import Thresholds
from pbudget.db import db, transaction
from pbudget.ledger.actions import append_ballot
from pbudget.ledger.queries import acts, checkpoints_of, head_of, verify_ledger
from pbudget.ledger.rules import RoundClosed
from pbudget.proposals.queries import proposals_of
from pbudget.rounds.acts import ActNotPossible
from pbudget.rounds.approving import approve, request_approval
from pbudget.rounds.closing import ClockNotTrusted, TooEarlyToClose, close_due_rounds, close_round
from pbudget.rounds.queries import round_by_id, rounds_due_to_close
from pbudget.rounds.tasks import close_rounds
from tests.rounds.building import CLOSES, OPENS, phase_of, ready_round, set_clock
from tests.support.pages import PageClient

SECOND = timedelta(seconds=1)
BALLOT = {"v": 1, "round": "spring-vote-2027", "ward": "X99000001", "channel": "online", "assurance": "open"}


def open_now(app):
    """A round that has opened; it is noon on the first day."""
    ready = ready_round(app)
    ready.open()
    set_clock(app, OPENS + timedelta(hours=3))
    return ready


def cast(round_id: int, voter: int) -> None:
    with transaction() as session:
        payload = {**BALLOT, "slot": f"{voter:064x}", "contests": {"riverside": ["benches"]}}
        append_ballot(session, round_id, payload, f"token {voter}")


def close(round_id: int) -> bool:
    with transaction() as session:
        return close_round(session, round_id)


def kinds(round_id: int) -> list[str]:
    return [entry.kind for entry in acts(round_id)]


def test_a_round_cannot_be_closed_one_second_early(app):
    ready = open_now(app)
    set_clock(app, CLOSES - SECOND)
    assert rounds_due_to_close() == []
    with pytest.raises(TooEarlyToClose):
        close(ready.id)
    assert phase_of(ready.id) == "open"


@pytest.mark.parametrize("after", [timedelta(0), SECOND])
def test_the_worker_closes_a_round_at_its_second_and_once(app, after):
    ready = open_now(app)
    cast(ready.id, 1)
    set_clock(app, CLOSES + after)
    close_rounds()
    close_rounds()
    assert close(ready.id) is False
    assert (phase_of(ready.id), kinds(ready.id)) == ("closed", ["open", "close"])
    said = acts(ready.id)[-1].body
    assert (said["cast"], said["counted"], said["early"]) == (1, 1, False)
    assert checkpoints_of(ready.id)[-1].size == 3
    with pytest.raises(RoundClosed):
        cast(ready.id, 2)


def test_a_round_is_closed_without_its_key_and_the_chain_still_verifies(app):
    ready = open_now(app)
    for key in (app.extensions["settings"].keys_folder / ready.slug).glob("*.key"):
        key.unlink()
    set_clock(app, CLOSES)
    assert close_due_rounds([ready.id]) == [ready.id]
    assert verify_ledger(ready.id).ok


def test_a_clock_that_moved_backwards_closes_nothing(app):
    ready = open_now(app)
    with transaction() as session:
        from pbudget.rounds.models import Round

        session.get_one(Round, ready.id).opened_at = CLOSES + timedelta(minutes=10)
    set_clock(app, CLOSES)
    with pytest.raises(ClockNotTrusted):
        close(ready.id)
    assert close_due_rounds([ready.id]) == []
    ready.do("close", reason="The clock was wrong.")
    assert phase_of(ready.id) == "closed"


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ],
    ids=["forward", "back"],
)
def test_the_clocks_changing_moves_no_closing_time(app, opens, closes):
    ready = ready_round(app)
    ready.open()
    with transaction() as session:
        from pbudget.rounds.models import Round

        row = session.get_one(Round, ready.id)
        row.opens_at, row.closes_at = opens, closes
    for moment, stage in ((opens - SECOND, "not-yet"), (opens, "open"), (closes - SECOND, "open"), (closes, "closed")):
        assert round_by_id(ready.id).stage(moment) == stage


def test_a_withdrawn_proposal_is_said_to_everybody_and_stays_in_the_manifest(app):
    ready = open_now(app)
    first = next(iter(proposals_of(ready.id).values()))[0]
    ready.do("withdraw", proposal=first.id, reason="The site was sold")
    assert next(iter(proposals_of(ready.id).values()))[0].withdrawn == "The site was sold"
    assert acts(ready.id)[-1].body["proposal"] == "benches"
    with pytest.raises(ActNotPossible, match="withdrawn already"):
        request_approval(ready.id, "withdraw", {"proposal": first.id, "reason": "again"}, ready.a)
    page = PageClient(app).get(f"/rounds/{ready.slug}")
    assert "Proposal withdrawn: Benches" in page.text
    assert "It cannot win" in page.text


def test_two_withdrawals_can_wait_at_once(app):
    ready = open_now(app)
    one, two = next(iter(proposals_of(ready.id).values()))
    asked = [request_approval(ready.id, "withdraw", {"proposal": e.id, "reason": "x"}, ready.a) for e in (one, two)]
    for each in asked:
        approve(each, ready.b, fresh=True)
    assert kinds(ready.id) == ["open", "amend", "amend"]


def test_a_correction_is_on_the_page(app):
    ready = open_now(app)
    ready.do("correct", text="The trees are in Hill Street.")
    assert "The trees are in Hill Street." in PageClient(app).get(f"/rounds/{ready.slug}").text


def later(days: int = 7) -> str:
    return f"{CLOSES + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def test_voting_is_extended_and_closes_then(app):
    ready = open_now(app)
    ready.do("extend", closes_at=later(), reason="The post was late.")
    set_clock(app, CLOSES)
    assert rounds_due_to_close() == []
    assert "You can vote until 5pm on Sunday 21 March 2027" in PageClient(app).get(f"/rounds/{ready.slug}").text
    set_clock(app, CLOSES + timedelta(days=7))
    close_rounds()
    assert kinds(ready.id) == ["open", "extend", "close"]
    assert acts(ready.id)[-1].body["planned"] == "2027-03-21T17:00:00Z"


def test_an_extension_asked_for_in_time_and_approved_at_the_close_is_not_done(app):
    ready = open_now(app)
    set_clock(app, CLOSES - SECOND)
    asked = request_approval(ready.id, "extend", {"closes_at": later(), "reason": "Late."}, ready.a)
    set_clock(app, CLOSES)
    with pytest.raises(ActNotPossible):
        approve(asked, ready.b, fresh=True)
    assert kinds(ready.id) == ["open"]


def test_voting_is_never_shortened_by_an_extension(app):
    ready = open_now(app)
    with pytest.raises(ActNotPossible, match="later"):
        request_approval(ready.id, "extend", {"closes_at": later(-1), "reason": "x"}, ready.a)


def test_closing_early_takes_two_officers_and_is_said(app):
    ready = open_now(app)
    ready.do("close", reason="The hall burned down.")
    assert phase_of(ready.id) == "closed"
    assert acts(ready.id)[-1].body["early"] is True
    assert "Voting was closed early" in PageClient(app).get(f"/rounds/{ready.slug}").text


def test_an_annulled_round_takes_no_ballot_and_says_why(app):
    ready = open_now(app)
    ready.do("annul", reason="Letters were stolen.")
    assert phase_of(ready.id) == "annulled"
    with pytest.raises(RoundClosed):
        cast(ready.id, 1)
    page = PageClient(app).get(f"/rounds/{ready.slug}")
    assert "This vote was annulled" in page.text
    assert "Letters were stolen." in page.text
    with pytest.raises(ActNotPossible):
        request_approval(ready.id, "annul", {"reason": "x"}, ready.a)


def test_the_public_page_follows_the_clock(sqlite_app):
    ready = ready_round(sqlite_app)
    client, here = PageClient(sqlite_app), "/rounds/spring-vote-2027"
    client.get(f"{here}/manifest.json", status=404)
    assert "Voting is planned from 9am on Monday 1 March 2027" in client.get(here).text
    ready.open()
    assert "Voting opens at 9am on Monday 1 March 2027" in client.get(here).text
    set_clock(sqlite_app, OPENS)
    page = client.get(here)
    assert "You can vote until 5pm on Sunday 14 March 2027" in page.text
    assert page.soup.find("a", string=lambda text: text and "Vote in this round" in text)["href"] == f"{here}/vote"
    set_clock(sqlite_app, CLOSES)
    assert "Voting has ended" in client.get(here).text
    assert "Voting has ended" not in client.get("/rounds").text
    assert "Being counted" in client.get("/rounds").text


def test_the_limits_of_the_guard_are_read_before_voting_opens_and_after(sqlite_app):
    ready, client = ready_round(sqlite_app), PageClient(sqlite_app)
    before = client.get(f"/rounds/{ready.slug}")
    assert "With fewer than 100 votes" in before.text
    assert "These limits are fixed when voting opens." in before.text
    ready.open()
    assert "cannot change" in client.get(f"/rounds/{ready.slug}").text
    assert published_in(json.loads(head_of(ready.id).manifest)) == Thresholds()


def test_the_published_manifest_is_what_the_ledger_starts_from(sqlite_app):
    from pbudget.ledger.queries import head_of
    from pbudget.ledger.rules import genesis_head

    ready = ready_round(sqlite_app)
    ready.open()
    published = PageClient(sqlite_app).get(f"/rounds/{ready.slug}/manifest.json").response.data
    assert genesis_head(published) == head_of(ready.id).genesis


def test_officers_see_ballots_by_ward_and_never_by_proposal(sqlite_app):
    from tests.support.staff import sign_in

    ready = open_now(sqlite_app)
    cast(ready.id, 1)
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=ready.a.id)
    page = client.get(f"/staff/rounds/{ready.slug}")
    assert [row.get_text() for row in page.soup.select("tbody th")] == ["Riverside", "Online"]
    assert "Benches" not in page.text
    assert "shown to nobody before voting closes" in page.text
    for act in ("withdraw", "correct", "extend", "close", "annul"):
        client.get(f"/staff/rounds/{ready.slug}/ask/{act}")
    db.session.rollback()
