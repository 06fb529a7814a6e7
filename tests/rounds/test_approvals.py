"""Two officers for one act: every way in which one of them, or neither, must not be enough."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from pbudget.audit.queries import entries, verify
from pbudget.db import db, transaction
from pbudget.ledger.queries import acts, head_of, verify_ledger
from pbudget.outbox.models import Message
from pbudget.rounds.approving import (
    AskedAlready,
    MayNotApprove,
    NotWhatWasAsked,
    SignInAgainFirst,
    approve,
    refuse,
    request_approval,
)
from pbudget.rounds.models import EscrowReceipt, Round
from pbudget.rounds.opening import RoundNotInSetUp, open_round
from pbudget.rounds.queries import approval, approvals_waiting
from pbudget.rounds.readiness import NotReadyToOpen
from pbudget.rounds.setting_up import save_columns, save_dates
from tests.rounds.building import CLOSES, NOW, OPENS, officer, phase_of, ready_round, set_clock


def test_two_officers_open_a_round(app):
    ready = ready_round(app)
    asked = ready.open()
    assert phase_of(ready.id) == "open"
    assert approval(asked).outcome == "done"
    assert [entry.kind for entry in acts(ready.id)] == ["open"]
    assert verify_ledger(ready.id).ok


def test_opening_publishes_the_manifest_that_was_approved(app):
    ready = ready_round(app)
    ready.open()
    manifest = json.loads(head_of(ready.id).manifest)
    assert manifest["opens"] == {"utc": "2027-03-01T09:00:00Z", "local": "9am on Monday 1 March 2027 (GMT)"}
    assert [each["id"] for each in manifest["pots"][0]["proposals"]] == ["benches", "trees"]
    assert manifest["witnesses"] == ["Test witness 1", "Test witness 2", "Test witness 3"]
    assert "test.example" not in head_of(ready.id).manifest
    assert set(manifest["keys"]) == {"round", "guard", "signing"}


def test_the_act_the_audit_line_and_the_mail_to_the_witnesses_come_together(app):
    ready = ready_round(app)
    asked = ready.open()
    told = db.session.scalars(select(Message)).all()
    assert [message.to for message in told] == [f"witness{n}@test.example" for n in (1, 2, 3)]
    assert all(approval(asked).subject_hash in message.text for message in told)
    assert entries(1)[0].act == "approved and done"
    assert verify().ok


def test_nobody_approves_their_own_request(app):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    with pytest.raises(MayNotApprove, match="yourself"):
        approve(asked, ready.a, fresh=True)
    assert phase_of(ready.id) == "set-up"


def test_the_database_itself_refuses_one_officer_as_both(app):
    from sqlalchemy.exc import IntegrityError

    from pbudget.rounds.models import Approval

    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    with pytest.raises(IntegrityError), transaction() as session:
        row = session.get_one(Approval, asked)
        row.outcome, row.approved_by = "done", ready.a.id


def test_an_account_younger_than_72_hours_cannot_approve(app):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    young = officer("Officer C", days=2)
    with pytest.raises(MayNotApprove, match="72 hours"):
        approve(asked, young, fresh=True)
    set_clock(app, NOW + timedelta(hours=23, minutes=59))
    with pytest.raises(MayNotApprove, match="72 hours"):
        approve(asked, young, fresh=True)


def test_whoever_was_invited_by_the_requester_cannot_approve(app):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    with pytest.raises(MayNotApprove, match="invited you"):
        approve(asked, officer("Officer C", invited_by=ready.a.id), fresh=True)


def test_only_an_officer_approves(app):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    with pytest.raises(MayNotApprove, match="officer"):
        approve(asked, officer("Auditor", roles=("auditor",)), fresh=True)


def test_the_approver_signs_in_again(app):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    with pytest.raises(SignInAgainFirst):
        approve(asked, ready.b, fresh=False)
    assert approval(asked).outcome == "waiting"


def test_a_request_can_be_approved_one_second_before_24_hours_and_not_at_them(app):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    set_clock(app, NOW + timedelta(hours=24))
    with pytest.raises(MayNotApprove, match="24 hours"):
        approve(asked, ready.b, fresh=True)
    assert approvals_waiting(NOW + timedelta(hours=24)) == []
    set_clock(app, NOW + timedelta(hours=24) - timedelta(seconds=1))
    approve(asked, ready.b, fresh=True)
    assert phase_of(ready.id) == "open"


@pytest.mark.parametrize(
    "change",
    [
        lambda ready: save_dates(ready.id, OPENS, CLOSES + timedelta(days=1), ready.a.id),
        lambda ready: save_columns(ready.id, "annul", {"annul_rule": "Never."}, ready.a.id),
        lambda ready: save_columns(ready.id, "publish", {"publish": "ballots"}, ready.a.id),
    ],
    ids=["dates", "annul rule", "what is published"],
)
def test_what_changed_under_the_approver_is_not_done(app, change):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    change(ready)
    with pytest.raises(NotWhatWasAsked):
        approve(asked, ready.b, fresh=True)
    assert phase_of(ready.id) == "set-up"
    assert approval(asked).outcome == "changed"


def test_the_same_request_is_made_once_and_a_later_one_takes_its_place(app):
    ready = ready_round(app)
    first = request_approval(ready.id, "open", {}, ready.a)
    with pytest.raises(AskedAlready):
        request_approval(ready.id, "open", {}, ready.b)
    save_columns(ready.id, "annul", {"annul_rule": "Never."}, ready.a.id)
    second = request_approval(ready.id, "open", {}, ready.a)
    assert (approval(first).outcome, approval(second).outcome) == ("changed", "waiting")


def test_a_request_that_ran_out_makes_room_for_the_same_one(app):
    ready = ready_round(app)
    first = request_approval(ready.id, "open", {}, ready.a)
    set_clock(app, NOW + timedelta(hours=25))
    request_approval(ready.id, "open", {}, ready.a)
    assert approval(first).outcome == "expired"


def test_a_refused_request_cannot_be_approved_any_more(app):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    refuse(asked, "The dates are wrong.", ready.b)
    assert (approval(asked).outcome, approval(asked).note) == ("refused", "The dates are wrong.")
    with pytest.raises(MayNotApprove, match="over"):
        approve(asked, ready.b, fresh=True)


def test_a_round_opens_once(app):
    ready = ready_round(app)
    asked = ready.open()
    with pytest.raises(MayNotApprove):
        approve(asked, ready.b, fresh=True)
    with pytest.raises(RoundNotInSetUp), transaction() as session:
        open_round(session, ready.id)
    assert [entry.kind for entry in acts(ready.id)] == ["open"]


def test_a_round_with_one_locked_copy_does_not_open(app):
    ready = ready_round(app)
    with transaction() as session:
        session.delete(session.get_one(EscrowReceipt, (ready.id, ready.b.id)))
    with pytest.raises(NotReadyToOpen, match="locked copy"):
        request_approval(ready.id, "open", {}, ready.a)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"saved_tasks": ["name"]}, "Ballot type"),
        ({"witnesses": [{"role": "One", "email": "one@test.example"}]}, "Witnesses"),
        ({"documents": {}}, "Privacy"),
        ({"l_and_a": None}, "test"),
        ({"channel_online": False}, "Who can vote"),
        ({"assurance": "code"}, "Roll"),
        ({"key_ids": None}, "Keys"),
    ],
)
def test_a_round_opens_only_when_every_task_is_done(app, columns, says):
    ready = ready_round(app)
    with transaction() as session:
        row = session.get_one(Round, ready.id)
        for name, value in columns.items():
            setattr(row, name, value)
    with pytest.raises(NotReadyToOpen, match=says):
        request_approval(ready.id, "open", {}, ready.a)


def test_what_is_settled_cannot_be_saved_any_more(app):
    ready = ready_round(app)
    ready.open()
    with pytest.raises(RoundNotInSetUp):
        save_columns(ready.id, "annul", {"annul_rule": "Never."}, ready.a.id)
