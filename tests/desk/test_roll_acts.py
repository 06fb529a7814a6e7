"""Late registration and the wrong ward: two officers, and numbers only in the ledger."""

import pytest
from sqlalchemy import text

from pbudget.db import db, transaction
from pbudget.desk.actions import SecondOfficerNeeded, collect_code, give_new_code, new_press
from pbudget.desk.queries import permits_of
from pbudget.ledger.queries import FEWEST_NEW, acts, ballots_by, verify_ledger
from pbudget.results.counting import count_round
from pbudget.results.queries import count_of
from pbudget.roll.identify import identify
from pbudget.roll.queries import DeskTotals, desk_totals, entry_by_id, roll_size_by_ward
from pbudget.rounds.acts import ActNotPossible
from pbudget.rounds.approving import NotWhatWasAsked, request_approval
from pbudget.rounds.checking import check_codes
from pbudget.rounds.checkpointing import sign_daily_checkpoints
from pbudget.rounds.closing import close_round
from pbudget.rounds.desk_numbers import numbers_in_ledger
from tests.ballots.voter import Voter
from tests.desk.building import POINTS, POSTCODE, Desk, add_place, open_desk
from tests.support.open_round import CLOSES, NOON

SALT = "5a17" * 16
HILLTOP = "X99000002"


def add(desk: Desk, **said: object) -> str:
    payload = {
        "name": "Test resident 99",
        "address": "9 Test Road\nTestham",
        "postcode": POSTCODE,
        "ward": "X99000001",
        "identity": list(POINTS),
        "officer": desk.a.id,
        "salt": SALT,
        **said,
    }
    return request_approval(desk.vote.id, "add", payload, desk.a)


def move(desk: Desk, ward: str = HILLTOP) -> str:
    payload = {"entry": desk.entry, "ward": ward, "identity": list(POINTS), "officer": desk.a.id, "salt": SALT}
    return request_approval(desk.vote.id, "move", payload, desk.a)


def collected(desk: Desk):
    (waiting,) = permits_of(desk.vote.id, desk.a.id, NOON)
    return collect_code(desk.vote.id, waiting, new_press(waiting.entry_id, desk.a.id), desk.a)


def close_and_count(desk: Desk) -> dict:
    desk.vote.move_clock(CLOSES)
    with transaction() as session:
        close_round(session, desk.vote.id)
    count_round(desk.vote.id, desk.a.id)
    return count_of(desk.vote.id).facts


def test_somebody_added_late_votes_and_is_counted(app):
    desk = open_desk(app)
    desk.approve(add(desk))
    assert sum(roll_size_by_ward(desk.vote.id).values()) == 4
    Voter(app, desk.vote).begin(collected(desk).grouped).fill("riverside", "skate").cast()
    facts = close_and_count(desk)
    assert (facts["counted"], facts["roll_check"], facts["added"], facts["issued"]) == (1, "passed", 1, 1)


def test_votes_cast_with_help_are_counted_and_a_later_vote_without_takes_its_place(app):
    desk = open_desk(app)
    for number in (0, 1):
        Voter(app, desk.vote).begin(desk.vote.codes[number]).fill("riverside", "skate").cast(helped="yes")
    Voter(app, desk.vote).begin(desk.vote.codes[1]).fill("riverside", "skate").cast()
    facts = close_and_count(desk)
    assert (facts["cast"], facts["counted"], facts["helped"]) == (3, 2, 1)


def test_adding_takes_two_officers_and_leaves_no_name_behind(app):
    desk = open_desk(app)
    waiting = add(desk)
    assert roll_size_by_ward(desk.vote.id) == {desk.vote.wards[0]: 3}
    desk.approve(waiting)
    for name in ("approval", "audit_entry", "ledger_entry", "message", "desk_permit"):
        said = " ".join(str(row) for row in db.session.execute(text(f"SELECT * FROM {name}")))
        assert "resident 99" not in said, name
        assert "9 Test Road" not in said, name


def test_a_resident_who_is_on_the_roll_is_not_added_again(app):
    desk = open_desk(app)
    with pytest.raises(ActNotPossible, match="on the roll already"):
        add(desk, name="TEST RESIDENT 1", address="1 Test Road,  Testham")
    assert add(desk, name="", address="1 Test Road\nTestham"), "one more adult at an address is another place"


def test_an_address_that_got_a_place_meanwhile_is_asked_for_again(app):
    desk = open_desk(app)
    waiting = add(desk, name="", address="1 Test Road\nTestham")
    add_place(desk.vote, address="1 Test Road\nTestham", postcode=POSTCODE, place=2)
    with pytest.raises(NotWhatWasAsked):
        desk.approve(waiting)


@pytest.mark.parametrize("ward", ["X99000009", ""])
def test_only_a_ward_of_the_round_can_be_chosen(app, ward):
    desk = open_desk(app)
    with pytest.raises(ActNotPossible, match="ward"):
        add(desk, ward=ward)
    with pytest.raises(ActNotPossible, match="ward"):
        move(desk, ward)
    with pytest.raises(ActNotPossible, match="already"):
        move(desk, "X99000001")


def test_the_code_stays_and_is_for_the_right_ward(app):
    desk = open_desk(app)
    desk.approve(move(desk))
    assert identify(desk.vote.id, desk.vote.codes[0], "192.0.2.7").ward_id == desk.vote.wards[1]
    assert entry_by_id(desk.vote.id, desk.entry).ward_id == desk.vote.wards[1]
    assert desk_totals(desk.vote.id) == DeskTotals(moved=1)


def test_a_ballot_cast_in_the_wrong_ward_counts_until_the_resident_votes_again_in_the_right_one(app):
    desk = open_desk(app)
    Voter(app, desk.vote).begin().fill("riverside", "skate").cast()
    desk.approve(move(desk))
    assert ballots_by(desk.vote.id) == {("X99000001", "online"): 1}
    Voter(app, desk.vote).begin().fill("hilltop", "swings").cast()
    db.session.rollback()  # ends the reader's snapshot
    assert ballots_by(desk.vote.id) == {(HILLTOP, "online"): 1}
    facts = close_and_count(desk)
    assert (facts["cast"], facts["counted"], facts["roll_check"]) == (2, 1, "passed")


def test_the_next_checkpoint_says_how_many_and_the_close_the_rest(app):
    desk = open_desk(app, letters=FEWEST_NEW + 3)
    press = new_press(desk.vote.entries[-1], desk.a.id)
    give_new_code(desk.vote.id, desk.vote.entries[-1], POINTS, press, desk.a)
    desk.approve(add(desk))
    for number in range(FEWEST_NEW):
        desk.cast(number)
    sign_daily_checkpoints()
    desk.approve(move(desk))
    with pytest.raises(SecondOfficerNeeded):
        give_new_code(desk.vote.id, desk.entry, POINTS, new_press(desk.entry, desk.a.id), desk.a)
    facts = close_and_count(desk)
    said = {entry.kind: entry.body["counts"] for entry in acts(desk.vote.id) if "counts" in (entry.body or {})}
    none = DeskTotals().as_json()
    assert said["checkpoint"] == {**none, "reissued": 1, "added": 1}
    assert said["close"] == {**none, "moved": 1}
    assert {name: facts[name] for name in none} == {**none, "reissued": 1, "added": 1, "moved": 1}
    assert numbers_in_ledger(desk.vote.id) == {**none, "reissued": 1, "added": 1, "moved": 1}
    assert verify_ledger(desk.vote.id).ok


def test_no_entry_of_the_ledger_is_written_at_the_desk(app):
    desk = open_desk(app)
    before = len(acts(desk.vote.id))
    desk.approve(add(desk))
    collected(desk)
    desk.approve(move(desk))
    assert len(acts(desk.vote.id)) == before


def with_manifest(app) -> Desk:
    """A desk whose manifest has the fingerprint of its codes."""
    desk = open_desk(app)
    found = check_codes(desk.vote.id)
    assert [finding.ok for finding in found] == [True, True], found
    return desk


def test_the_codes_are_those_of_the_manifest_whatever_the_desk_did(app):
    desk = with_manifest(app)
    give_new_code(desk.vote.id, desk.entry, POINTS, new_press(desk.entry, desk.a.id), desk.a)
    desk.approve(add(desk))
    collected(desk)
    assert all(finding.ok for finding in check_codes(desk.vote.id))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE voting_code SET verifier = (SELECT max(verifier) FROM voting_code) WHERE selector ="
        " (SELECT min(selector) FROM voting_code WHERE verifier < (SELECT max(verifier) FROM voting_code))",
        "DELETE FROM voting_code WHERE selector = (SELECT min(selector) FROM voting_code)",
        "UPDATE voting_code SET since_opening = true WHERE selector = (SELECT min(selector) FROM voting_code)",
        "INSERT INTO voting_code (round_id, selector, salt, verifier, roll_entry_id, state, why_void, since_opening)"
        " SELECT round_id, '0000', salt, verifier, roll_entry_id, 'void', 'removed', true FROM voting_code LIMIT 1",
    ],
    ids=["another's hash", "removed", "called later", "slipped in"],
)
def test_a_code_that_somebody_slipped_in_changed_or_removed_is_found(app, tampering):
    desk = with_manifest(app)
    with transaction() as session:
        session.execute(text(tampering))
    assert not all(finding.ok for finding in check_codes(desk.vote.id))
