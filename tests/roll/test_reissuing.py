from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pbudget.db import db, transaction
from pbudget.roll import forgetting, queries
from pbudget.roll.forgetting import delete_roll
from pbudget.roll.generating import code_file, generate_codes, prepare_code, spoil_batch, start_batch
from pbudget.roll.identify import VotingCodeNotRecognised, VotingCodeReplaced, identify
from pbudget.roll.models import RollEntry, RollImport, VotingCode
from pbudget.roll.queries import DeskTotals
from pbudget.roll.reissuing import EntryNotOnRoll, add_entry, give_code, is_live_code, move_entry, register_returned
from pbudget.roll.rules.codes import make_code
from pbudget.roll.rules.reissue import IdentityNotShown, identity_shown, needs_second_officer
from tests.roll.building import FIRST, SECOND, add_code, add_entries, add_round

HOME = "192.0.2.7"


@pytest.fixture
def voter(stage):
    (entry,) = add_entries(stage.round_id, stage.wards[FIRST], name="Test Resident", postcode="SE1 7AB")
    return stage, entry, add_code(stage.round_id, entry)


def give(stage, entry: str, had_ballot: bool = False):
    code = make_code()
    prepared = prepare_code(code, entry)
    with transaction() as session:
        give_code(session, stage.round_id, prepared, had_ballot=had_ballot)
    return code


def test_a_new_code_leads_to_the_same_entry_and_the_old_one_is_void(voter):
    stage, entry, old = voter
    new = give(stage, entry)
    assert identify(stage.round_id, new.grouped, HOME).id == entry
    with pytest.raises(VotingCodeReplaced, match="newer letter"):
        identify(stage.round_id, old.grouped, HOME)


@pytest.mark.parametrize("points", [(), ("photo",), ("photo", "photo"), ("photo", "horoscope")])
def test_identity_is_shown_by_two_different_points(points):
    with pytest.raises(IdentityNotShown, match="at least 2"):
        identity_shown(points)


@pytest.mark.parametrize(
    ("has_ballot", "hours", "needed"),
    [(False, 100, False), (True, 100, True), (False, 48, True), (False, 48.1, False), (True, 1, True)],
)
def test_a_second_officer_when_a_ballot_could_be_replaced_or_time_is_short(has_ballot, hours, needed):
    assert needs_second_officer(has_ballot=has_ballot, hours_to_close=hours) is needed


def test_reissued_codes_are_counted_by_day_with_those_that_replaced_a_ballot(voter):
    stage, entry, _ = voter
    today = stage.clock.now().date()
    give(stage, entry)
    give(stage, entry, had_ballot=True)
    stage.clock.moment += timedelta(days=1)
    give(stage, entry)
    assert queries.desk_totals(stage.round_id, today) == DeskTotals(reissued=2, reissued_with_ballot=1)
    assert queries.desk_totals(stage.round_id) == DeskTotals(reissued=3, reissued_with_ballot=1)
    assert queries.desk_totals(stage.round_id + 1) == DeskTotals()


def test_a_first_code_replaces_none_and_is_counted_apart(stage):
    (entry,) = add_entries(stage.round_id, stage.wards[FIRST])
    give(stage, entry)
    assert queries.desk_totals(stage.round_id) == DeskTotals(issued=1)


def test_only_the_live_code_of_an_entry_is_its_live_code(voter):
    stage, entry, old = voter
    (other,) = add_entries(stage.round_id, stage.wards[FIRST])
    new = give(stage, entry)
    with transaction() as session:
        assert is_live_code(session, stage.round_id, entry, new)
        assert not is_live_code(session, stage.round_id, entry, old)
        assert not is_live_code(session, stage.round_id, other, new)


def test_no_column_of_a_code_says_at_which_minute_it_was_made(voter):
    columns = {column.name for column in VotingCode.__table__.columns}
    assert not [name for name in columns if "at" in name.split("_") or "time" in name]


def test_an_entry_of_another_round_or_none_gets_no_code(voter):
    stage, entry, _ = voter
    other = add_round("other-2027")
    for round_id, entry_id in ((other, entry), (stage.round_id, "f" * 32)):
        with pytest.raises(EntryNotOnRoll), transaction() as session:
            give_code(session, round_id, prepare_code(make_code(), entry_id), had_ballot=False)


def test_an_officer_finds_entries_by_postcode_and_name(voter):
    stage, entry, code = voter
    add_entries(stage.round_id, stage.wards[FIRST], name="Other Person", postcode="SE1 7AB")
    (found,) = queries.entries_at(stage.round_id, "SE1 7AB", "resid")
    assert (found.id, found.reference) == (entry, code.selector)
    assert len(queries.entries_at(stage.round_id, "SE1 7AB")) == 2
    assert queries.entries_at(stage.round_id, "SE1 7AB", "%") == []
    add_entries(stage.round_id, stage.wards[FIRST], address="12 Test Road\nTestham", postcode="SE1 7AB")
    (at,) = queries.entries_at(stage.round_id, "SE1 7AB", "12 test")
    assert at.address.startswith("12 Test Road")
    assert queries.entry_by_reference(stage.round_id, code.selector).id == entry


def test_returned_letters_stop_their_codes_and_are_counted_by_ward(voter):
    stage, entry, code = voter
    (other,) = add_entries(stage.round_id, stage.wards[SECOND])
    second = add_code(stage.round_id, other)
    unknown = "0000" if "0000" not in (code.selector, second.selector) else "1111"
    typed = [code.selector.lower(), second.grouped, unknown, "?", "", code.selector]
    done = register_returned(stage.round_id, typed, actor="officer-1")
    assert done.stopped == {stage.wards[FIRST]: 1, stage.wards[SECOND]: 1}
    assert done.not_known == [unknown, "?"]
    assert register_returned(stage.round_id, [code.selector], actor="officer-1").known_already == [code.selector]
    counts = queries.counts_by_ward(stage.round_id)
    assert {ward: each.returned for ward, each in counts.items()} == {stage.wards[FIRST]: 1, stage.wards[SECOND]: 1}
    with pytest.raises(VotingCodeReplaced, match="came back"):
        identify(stage.round_id, code.grouped, HOME)
    assert identify(stage.round_id, give(stage, entry).grouped, HOME).id == entry


def test_a_late_entry_is_on_the_roll_and_can_be_given_a_code(stage):
    with transaction() as session:
        entry = add_entry(session, stage.round_id, stage.wards[FIRST], name="Late Resident", postcode="SE1 7AB")
    assert queries.roll_size_by_ward(stage.round_id) == {stage.wards[FIRST]: 1}
    assert identify(stage.round_id, give(stage, entry).grouped, HOME).ward_id == stage.wards[FIRST]


def test_an_entry_moved_to_its_right_ward_keeps_its_id_and_code(voter):
    stage, entry, code = voter
    with transaction() as session:
        move_entry(session, stage.round_id, entry, stage.wards[SECOND])
    found = identify(stage.round_id, code.grouped, HOME)
    assert (found.id, found.ward_id) == (entry, stage.wards[SECOND])


def test_one_more_adult_at_an_address_is_its_next_place(stage):
    here = {"address": "1 Test Road\nTestham", "postcode": "SE1 7AB"}
    add_entries(stage.round_id, stage.wards[FIRST], **here, place=1)
    add_entries(stage.round_id, stage.wards[FIRST], **here, place=2)
    with transaction() as session:
        third = add_entry(session, stage.round_id, stage.wards[FIRST], **here)
        elsewhere = add_entry(session, stage.round_id, stage.wards[FIRST], address="2 Test Road", postcode="SE1 7AB")
    assert queries.entry_by_id(stage.round_id, third).place == 3
    assert queries.entry_by_id(stage.round_id, elsewhere).place == 1
    assert queries.places_at(stage.round_id, **here) == 3


def test_letters_that_come_back_or_are_spoiled_before_the_opening_are_not_counted(voter):
    stage, _, code = voter
    register_returned(stage.round_id, [code.selector], actor="officer-1")
    started = start_batch(stage.round_id, stage.wards[FIRST])
    generate_codes(started.id)
    assert spoil_batch(started.id) == 1
    assert queries.desk_totals(stage.round_id) == DeskTotals()


def test_the_seal_leaves_nothing_of_the_roll(voter, monkeypatch):
    monkeypatch.setattr(forgetting, "ROWS_AT_ONCE", 2)
    stage, _, code = voter
    add_entries(stage.round_id, stage.wards[FIRST], 4)
    other = add_round("other-2027")
    add_entries(other, stage.wards[FIRST])
    started = start_batch(stage.round_id, stage.wards[FIRST])
    generate_codes(started.id)
    assert delete_roll(stage.round_id) == 5
    assert not code_file(started.id).path.exists()
    for table in (VotingCode, RollEntry, RollImport):
        assert db.session.scalar(select(func.count()).where(table.round_id == stage.round_id)) == 0
    assert len(queries.entry_ids(other)) == 1, "another round keeps its roll"
    with pytest.raises(VotingCodeNotRecognised):
        identify(stage.round_id, code.grouped, HOME)


def test_an_entry_never_has_two_live_codes(voter):
    stage, entry, _ = voter
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError):
        add_code(stage.round_id, entry)


def test_no_table_of_the_roll_can_say_who_voted(stage):
    for table in (RollEntry, VotingCode, RollImport):
        names = {column.name for column in table.__table__.columns}
        assert not [
            name for name in names if any(word in name for word in ("voted", "ballot", "slot", "used", "channel"))
        ]


def test_each_email_address_is_reminded_once(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 2, email="test@test.example")
    add_entries(stage.round_id, stage.wards[FIRST], 1)
    places = queries.places_with_email(db.session(), stage.round_id, after="", limit=10)
    assert [place.email for place in places] == ["test@test.example"]
