"""Giving a code at the desk: once a press, the old one over, and never a second vote."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from pbudget.audit.queries import entries as audit_entries
from pbudget.db import db
from pbudget.desk import actions
from pbudget.desk.actions import (
    CodeReplacedSince,
    PermitOver,
    PressTooOld,
    SecondOfficerNeeded,
    ask_for_code,
    collect_code,
    delete_permits_that_ran_out,
    give_new_code,
    new_press,
)
from pbudget.desk.models import DeskPermit
from pbudget.desk.queries import permit, permits_of
from pbudget.desk.rules import DeskClosed
from pbudget.keys.files import KeyMissing
from pbudget.ledger.queries import acts
from pbudget.roll.identify import VotingCodeReplaced, identify
from pbudget.roll.models import VotingCode
from pbudget.roll.queries import DeskTotals, desk_totals, last_code_of
from pbudget.roll.reissuing import EntryNotOnRoll, register_returned
from pbudget.roll.rules.reissue import IdentityNotShown
from pbudget.rounds.approving import refuse, request_approval, set_aside_expired_requests
from pbudget.rounds.models import Approval
from pbudget.rounds.opening import keys_folder
from tests.desk.building import POINTS, Desk, add_place, open_desk
from tests.support.open_round import CLOSES, NOON

HOME = "192.0.2.7"


def give(desk: Desk, entry: str = "", press: str = ""):
    entry = entry or desk.entry
    return give_new_code(desk.vote.id, entry, POINTS, press or new_press(entry, desk.a.id), desk.a)


def live_codes(desk: Desk) -> int:
    db.session.rollback()
    chosen = select(VotingCode.selector).where(VotingCode.round_id == desk.vote.id, VotingCode.state == "live")
    return len(db.session.scalars(chosen.where(VotingCode.roll_entry_id == desk.entry)).all())


def test_one_officer_gives_a_new_code_and_the_old_one_is_over(app):
    desk = open_desk(app)
    code = give(desk)
    assert identify(desk.vote.id, code.grouped, HOME).id == desk.entry
    with pytest.raises(VotingCodeReplaced, match="newer letter"):
        identify(desk.vote.id, desk.vote.codes[0], HOME)
    assert desk_totals(desk.vote.id) == DeskTotals(reissued=1)


def test_the_same_press_gives_the_same_code_however_often_it_arrives(app):
    desk = open_desk(app)
    press = new_press(desk.entry, desk.a.id)
    codes = {give(desk, press=press).plain for _ in range(3)}
    assert len(codes) == 1
    assert live_codes(desk) == 1
    assert desk_totals(desk.vote.id).reissued == 1, "a double click is one code"


def test_a_double_click_at_the_same_moment_is_one_code(app):
    desk = open_desk(app)
    press, codes, start = new_press(desk.entry, desk.a.id), [], threading.Barrier(4)

    def click() -> None:
        with app.app_context():
            start.wait()
            codes.append(give(desk, press=press).plain)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 4
    assert len(set(codes)) == 1
    assert desk_totals(desk.vote.id).reissued == 1


def test_two_presses_are_two_codes_and_only_the_later_one_is_live(app):
    desk = open_desk(app)
    first, second = give(desk), give(desk)
    assert first.plain != second.plain
    assert live_codes(desk) == 1
    assert identify(desk.vote.id, second.grouped, HOME).id == desk.entry
    assert desk_totals(desk.vote.id).reissued == 2


def test_a_page_whose_code_was_replaced_since_does_not_show_it_again(app):
    desk = open_desk(app)
    press = new_press(desk.entry, desk.a.id)
    give(desk, press=press)
    give(desk)
    with pytest.raises(CodeReplacedSince):
        give(desk, press=press)
    assert live_codes(desk) == 1


def test_a_press_is_good_for_its_officer_and_entry_and_not_for_long(app, monkeypatch):
    desk = open_desk(app)
    press = new_press(desk.entry, desk.a.id)
    for officer, entry in ((desk.b, desk.entry), (desk.a, desk.vote.entries[1])):
        with pytest.raises(PressTooOld):
            give_new_code(desk.vote.id, entry, POINTS, press, officer)
    with pytest.raises(PressTooOld):
        give(desk, press="made up")
    monkeypatch.setattr(actions, "PRESS_LASTS", -1)
    with pytest.raises(PressTooOld):
        give(desk, press=press)
    assert desk_totals(desk.vote.id).reissued == 0


def test_a_selector_that_somebody_else_has_is_passed_over(app, monkeypatch):
    desk = open_desk(app)
    press = new_press(desk.entry, desk.a.id)
    taken = identify(desk.vote.id, desk.vote.codes[1], HOME)
    made = actions.code_of

    def first_taken(seed: bytes, attempt: int):
        code = made(seed, attempt)
        return code if attempt else type(code)(desk.vote.codes[1][:4], code.secret)

    monkeypatch.setattr(actions, "code_of", first_taken)
    code = give(desk, press=press)
    assert code.selector != desk.vote.codes[1][:4]
    assert give(desk, press=press) == code
    assert identify(desk.vote.id, desk.vote.codes[1], HOME).id == taken.id


def test_identity_takes_two_points_and_nothing_changes_without(app):
    desk = open_desk(app)
    with pytest.raises(IdentityNotShown):
        give_new_code(desk.vote.id, desk.entry, ("photo",), new_press(desk.entry, desk.a.id), desk.a)
    assert identify(desk.vote.id, desk.vote.codes[0], HOME).id == desk.entry


def test_no_such_entry_gets_no_code(app):
    desk = open_desk(app)
    nobody = "f" * 32
    with pytest.raises(EntryNotOnRoll):
        give(desk, nobody)


def test_somebody_who_never_had_a_code_and_one_whose_letter_came_back_get_one(app):
    desk = open_desk(app)
    never, _ = add_place(desk.vote, name="Test resident 9")
    assert last_code_of(desk.vote.id, never) is None
    assert identify(desk.vote.id, give(desk, never).grouped, HOME).id == never
    register_returned(desk.vote.id, [desk.vote.codes[1][:4]], actor="officer-1")
    returned = desk.vote.entries[1]
    assert last_code_of(desk.vote.id, returned) == "returned"
    assert identify(desk.vote.id, give(desk, returned).grouped, HOME).id == returned
    assert desk_totals(desk.vote.id) == DeskTotals(issued=1, reissued=1, voided=1)


@pytest.mark.parametrize("columns", [{"phase": "closed"}, {"phase": "annulled"}, {"phase": "published"}])
def test_after_voting_the_desk_gives_no_code(app, columns):
    desk = open_desk(app)
    desk.vote.change(**columns)
    with pytest.raises(DeskClosed, match="Voting is over"):
        give(desk)


def test_at_the_closing_second_the_desk_gives_no_code_even_before_the_round_is_closed(app):
    desk = open_desk(app)
    desk.vote.move_clock(CLOSES)
    with pytest.raises(DeskClosed):
        give(desk)


def test_a_place_that_holds_a_ballot_needs_a_second_officer(app):
    desk = open_desk(app)
    desk.cast()
    with pytest.raises(SecondOfficerNeeded):
        give(desk)
    assert identify(desk.vote.id, desk.vote.codes[0], HOME).id == desk.entry
    assert give(desk, desk.vote.entries[1]), "another place is not affected"


def test_in_the_last_48_hours_every_code_needs_a_second_officer(app):
    desk = open_desk(app)
    desk.vote.move_clock(CLOSES - timedelta(hours=48))
    with pytest.raises(SecondOfficerNeeded):
        give(desk)
    desk.vote.move_clock(CLOSES - timedelta(hours=48, seconds=1))
    assert give(desk)


def test_without_the_key_nobody_knows_whether_two_officers_are_needed_so_no_code_is_given(app):
    desk = open_desk(app)
    for file in keys_folder().rglob("round.key"):
        file.unlink()
    with pytest.raises(KeyMissing):
        give(desk)
    assert identify(desk.vote.id, desk.vote.codes[0], HOME).id == desk.entry


def asked(desk: Desk) -> str:
    return ask_for_code(desk.vote.id, desk.entry, POINTS, new_press(desk.entry, desk.a.id), desk.a)


def test_two_officers_give_a_code_that_replaces_a_cast_ballot(app):
    desk = open_desk(app)
    desk.cast()
    desk.approve(asked(desk))
    assert identify(desk.vote.id, desk.vote.codes[0], HOME).id == desk.entry, "nothing changes before it is shown"
    (waiting,) = permits_of(desk.vote.id, desk.a.id, NOON)
    press = new_press(desk.entry, desk.a.id)
    code = collect_code(desk.vote.id, waiting, press, desk.a)
    assert collect_code(desk.vote.id, waiting, press, desk.a) == code, "a double click shows the same code"
    assert identify(desk.vote.id, code.grouped, HOME).id == desk.entry
    assert desk_totals(desk.vote.id) == DeskTotals(reissued=1, reissued_with_ballot=1)
    assert permits_of(desk.vote.id, desk.a.id, NOON) == []
    with pytest.raises(PermitOver):
        collect_code(desk.vote.id, waiting, new_press(desk.entry, desk.a.id), desk.a)


def test_only_the_officer_who_asked_sees_the_code(app):
    desk = open_desk(app)
    desk.approve(asked(desk))
    (waiting,) = permits_of(desk.vote.id, desk.a.id, NOON)
    assert permit(waiting.id, desk.b.id, NOON) is None
    assert permits_of(desk.vote.id, desk.b.id, NOON) == []


def test_a_permit_lasts_a_day_and_is_then_forgotten(app):
    desk = open_desk(app)
    desk.approve(asked(desk))
    (waiting,) = permits_of(desk.vote.id, desk.a.id, NOON)
    later = NOON + timedelta(hours=24)
    assert permit(waiting.id, desk.a.id, later) is None
    desk.vote.move_clock(later)
    with pytest.raises(PermitOver):
        collect_code(desk.vote.id, waiting, new_press(desk.entry, desk.a.id), desk.a)
    delete_permits_that_ran_out(later)
    assert db.session.scalars(select(DeskPermit)).all() == []


def test_the_same_press_asks_once(app):
    desk = open_desk(app)
    press = new_press(desk.entry, desk.a.id)
    given = desk.vote.id, desk.entry, POINTS, press, desk.a
    assert ask_for_code(*given) == ask_for_code(*given)


def test_an_approval_after_voting_ended_does_nothing(app):
    desk = open_desk(app)
    desk.vote.move_clock(CLOSES - timedelta(hours=1))
    waiting = asked(desk)
    desk.vote.move_clock(CLOSES)
    with pytest.raises(DeskClosed):
        desk.approve(waiting)
    assert permits_of(desk.vote.id, desk.a.id, CLOSES) == []


@pytest.mark.parametrize("end", ["done", "refused", "expired"])
def test_of_a_request_that_is_over_only_the_day_and_the_fingerprint_are_kept(app, end):
    desk = open_desk(app)
    waiting = asked(desk)
    row = db.session.get_one(Approval, waiting)
    before = row.subject_hash
    assert desk.entry in row.payload
    if end == "done":
        desk.approve(waiting)
    elif end == "refused":
        refuse(waiting, "Not now.", desk.b)
    else:
        set_aside_expired_requests(NOON + timedelta(hours=24))
    db.session.expire_all()
    row = db.session.get_one(Approval, waiting)
    assert (row.outcome, row.subject_hash) == (end, before)
    kept = " ".join(str(value) for value in db.session.execute(text("SELECT * FROM approval")).one())
    for trace in (desk.entry, "photo", "12:00"):
        assert trace not in kept
    assert row.requested_at.isoformat() == "2027-03-07T00:00:00+00:00"


def test_no_ledger_entry_and_no_mail_tells_when_a_code_was_given(app):
    desk = open_desk(app)
    before = [entry.kind for entry in acts(desk.vote.id)]
    desk.vote.change(witnesses=[{"role": "Test witness 1", "email": "witness1@test.example"}])
    give(desk, desk.vote.entries[1])
    desk.approve(asked(desk))
    assert [entry.kind for entry in acts(desk.vote.id)] == before
    assert db.session.execute(text("SELECT count(*) FROM message")).scalar_one() == 0


def test_nothing_of_a_reissue_says_at_which_minute_or_for_whom(app):
    desk = open_desk(app)
    code = give(desk)
    found = audit_entries(10)
    assert found[0].act == "code reissued"
    said = " ".join(str(part) for line in found for part in vars(line).values())
    for trace in (desk.entry, code.selector, code.secret, "resident", "12:"):
        assert trace not in said


def test_the_plain_code_is_nowhere_in_the_database(app):
    desk = open_desk(app)
    desk.approve(asked(desk))
    (waiting,) = permits_of(desk.vote.id, desk.a.id, NOON)
    code = collect_code(desk.vote.id, waiting, new_press(desk.entry, desk.a.id), desk.a)
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            said = " ".join(str(value) for value in row)
            assert code.secret not in said, f"{table.name} holds the secret part of a code"


def test_nobody_can_ask_for_an_entry_that_is_not_there(app):
    desk = open_desk(app)
    payload = {"entry": "f" * 32, "identity": ["photo"], "officer": desk.a.id, "salt": "0" * 64}
    with pytest.raises(EntryNotOnRoll):
        request_approval(desk.vote.id, "reissue", payload, desk.a)
