"""A ballot that was begun with a code that is then stopped: it is over at once, and nothing ties the two together."""

import threading
from datetime import date

import pytest
from sqlalchemy import select, text

from pbudget.ballots.actions import BallotSessionEnded, slot_for, start_draft
from pbudget.ballots.casting import cast_ballot
from pbudget.ballots.models import BallotDraft
from pbudget.ballots.queries import voting_round
from pbudget.db import db, transaction
from pbudget.desk.actions import SecondOfficerNeeded, give_new_code, new_press
from pbudget.ledger.queries import ballot_totals
from pbudget.roll.codefile import MadeCode
from pbudget.roll.generating import code_file, generate_codes, spoil_batch, start_batch
from pbudget.roll.identify import identify
from pbudget.roll.models import LetterBatch, VotingCode
from pbudget.roll.queries import codes_since_opening, desk_totals
from pbudget.roll.reissuing import move_entry, register_returned
from pbudget.roll.rules.codes import Code
from pbudget.rounds.opening import keys_folder
from tests.ballots.voter import Voter
from tests.desk.building import POINTS, Desk, open_desk


def reissue(desk: Desk) -> str:
    press = new_press(desk.entry, desk.a.id)
    return give_new_code(desk.vote.id, desk.entry, POINTS, press, desk.a).grouped


def send_back(desk: Desk) -> None:
    register_returned(desk.vote.id, [desk.vote.codes[0][:4]], actor="officer-1")


def spoil(desk: Desk) -> None:
    with transaction() as session:
        batch = LetterBatch(round_id=desk.vote.id, ward_id=desk.vote.wards[0], kind="letters", made_on=date(2027, 3, 7))
        session.add(batch)
        session.flush()
        for code in session.scalars(select(VotingCode).where(VotingCode.round_id == desk.vote.id)):
            code.batch_id = batch.id
        session.flush()
        made = batch.id
    spoil_batch(made)


def move(desk: Desk) -> None:
    with transaction() as session:
        move_entry(session, desk.vote.id, desk.entry, desk.vote.wards[1])


@pytest.mark.parametrize("stop", [reissue, send_back, spoil, move], ids=lambda act: act.__name__)
def test_a_ballot_begun_with_a_stopped_code_is_over_between_check_and_cast(app, stop):
    desk = open_desk(app)
    voter = Voter(app, desk.vote).begin().fill("riverside", "skate")
    token = voter.at("/check").one("input[name=token]")["value"]
    stop(desk)
    with app.app_context(), voter.http.session_transaction() as cookie:
        draft_id = cookie["ballot"]
    with pytest.raises(BallotSessionEnded):
        cast_ballot(keys_folder(), desk.vote.slug, draft_id, token, blank_is_meant=True)
    assert ballot_totals(desk.vote.id).cast == 0
    for page in ("/check", "/projects/riverside", "/your-ward"):
        assert "This session has ended" in voter.at(page, 410).text


def test_other_peoples_unfinished_ballots_go_on(app):
    desk = open_desk(app)
    voter = Voter(app, desk.vote).begin(desk.vote.codes[1]).fill("riverside", "skate")
    reissue(desk)
    voter.cast()
    assert ballot_totals(desk.vote.id).cast == 1


def test_with_the_new_code_one_begins_again_and_casts(app):
    desk = open_desk(app)
    new = reissue(desk)
    Voter(app, desk.vote).begin(new).fill("riverside", "swings").cast()
    assert ballot_totals(desk.vote.id).cast == 1


def test_a_ballot_cast_first_stays_and_the_officer_is_told_that_two_are_needed(app):
    desk = open_desk(app)
    Voter(app, desk.vote).begin().fill("riverside", "skate").cast()
    with pytest.raises(SecondOfficerNeeded):
        reissue(desk)


def test_a_code_checked_before_it_was_stopped_begins_nothing_that_can_be_cast(app):
    desk = open_desk(app)
    found = identify(desk.vote.id, desk.vote.codes[0], "192.0.2.7")
    reissue(desk)
    slot = slot_for(keys_folder(), voting_round(desk.vote.slug), f"roll:{found.id}")
    draft_id = start_draft(desk.vote.id, slot, found.ward_id, assurance="code", stops=found.stops)
    token = db.session.scalar(select(BallotDraft.token).where(BallotDraft.id == draft_id))
    with pytest.raises(BallotSessionEnded):
        cast_ballot(keys_folder(), desk.vote.slug, draft_id, token, blank_is_meant=True)


def test_casting_and_stopping_at_the_same_moment_leave_one_of_two_honest_ends(app):
    desk = open_desk(app, letters=8)
    for number, entry in enumerate(desk.vote.entries):
        found = identify(desk.vote.id, desk.vote.codes[number], "192.0.2.7")
        slot = desk.slot(found.id)
        draft_id = start_draft(desk.vote.id, slot, found.ward_id, assurance="code", stops=found.stops)
        token = db.session.scalar(select(BallotDraft.token).where(BallotDraft.id == draft_id))
        db.session.rollback()
        ends, start = {}, threading.Barrier(2)

        def cast(draft_id=draft_id, token=token, ends=ends, start=start) -> None:
            with app.app_context():
                start.wait()
                try:
                    ends["cast"] = cast_ballot(keys_folder(), desk.vote.slug, draft_id, token, blank_is_meant=True)
                except BallotSessionEnded:
                    ends["cast"] = ""

        def stop(entry=entry, ends=ends, start=start) -> None:
            with app.app_context():
                press = new_press(entry, desk.a.id)
                start.wait()
                try:
                    ends["code"] = give_new_code(desk.vote.id, entry, POINTS, press, desk.a).plain
                except SecondOfficerNeeded:
                    ends["code"] = ""

        threads = [threading.Thread(target=act) for act in (cast, stop)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert bool(ends["cast"]) != bool(ends["code"]), "a ballot was cast with a code that one officer stopped"


def test_stopping_a_code_writes_nothing_of_a_ballot(app):
    desk = open_desk(app)
    Voter(app, desk.vote).begin()
    before = db.session.execute(text("SELECT * FROM ballot_draft")).all()
    db.session.rollback()
    reissue(desk)
    assert db.session.execute(text("SELECT * FROM ballot_draft")).all() == before
    if db.engine.dialect.name == "postgresql":
        joined = text("SELECT count(*) FROM roll_stop s, ballot_draft d WHERE s.xmin IN (d.xmin, d.xmax)")
        assert db.session.execute(joined).scalar_one() == 0


def test_letters_made_while_people_vote_can_be_voted_with(app):
    desk = open_desk(app)
    spoil(desk)
    started = start_batch(desk.vote.id, desk.vote.wards[0])
    assert generate_codes(started.id) == 3
    made: list[MadeCode] = code_file(started.id).read(started.passphrase)
    mine = next(each for each in made if each.entry_id == desk.entry)
    Voter(app, desk.vote).begin(Code(mine.selector, mine.secret).grouped).fill("riverside", "skate").cast()
    assert (desk_totals(desk.vote.id).voided, desk_totals(desk.vote.id).printed) == (3, 3)
    assert codes_since_opening(desk.vote.id) == 3
