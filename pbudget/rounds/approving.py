"""Two officers for one act: asking, approving, refusing. Everything an approval does is one transaction.

request_approval(round.id, "extend", {"closes_at": "2027-03-21T17:00:00Z", "reason": "…"}, officer_a)
approve(approval_id, officer_b, fresh=True)          the act, its ledger entry, the audit log and the mail, or nothing
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pbudget.accounts.queries import demo_mode
from pbudget.audit.actions import record
from pbudget.config import Settings
from pbudget.db import database_now, transaction
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import BadInput, PbudgetError
from pbudget.kit.fingerprints import short
from pbudget.outbox.actions import queue_mail
from pbudget.rounds.acts import Act, act_called
from pbudget.rounds.models import Approval, Round
from pbudget.rounds.rules.approvals import LASTS, Asked, Officer, has_expired, hash_of, why_not
from pbudget.web.access import StaffView

LONGEST_NAME = 120
TOLD = """You are a witness of {round}. Two officers of the council approved this, and it is done:

{title}
{words}

Fingerprint of what they approved: {short}
In full: {digest}

{address}
"""


class MayNotApprove(BadInput):
    """This officer may not approve this request now; the message says why and who can."""


class NotWhatWasAsked(BadInput):
    """Something changed between asking and approving: nothing is done, and a new request is needed."""


class SignInAgainFirst(PbudgetError):
    """The officer gave password and code too long ago: they are asked for both, then come back."""


class AskedAlready(BadInput):
    """Exactly this waits for approval already, as `approval_id`; the officer reads who can approve it."""

    def __init__(self, message: str, approval_id: str) -> None:
        super().__init__(message)
        self.approval_id = approval_id


class Rebuilt(NamedTuple):
    """What would be done now: the act, its subject and its hash."""

    act: Act
    subject: dict[str, Any]
    digest: str


def request_approval(round_id: int, act_name: str, payload: Mapping[str, Any], staff: StaffView) -> str:
    """The id of a request that another officer can approve for 24 hours. Raises what keeps the act from being done."""
    with transaction() as session:
        row = session.get_one(Round, round_id)
        now = database_now(session)
        asked = rebuilt(row, act_name, payload)
        _clear_the_way(session, row, asked, now)
        approval = Approval(
            id=secrets.token_hex(16),
            round_id=round_id,
            act=act_name,
            subject_hash=asked.digest,
            payload=json.dumps({"asked": dict(payload), "subject": asked.subject}, ensure_ascii=False),
            requested_by=staff.id,
            requested_at=now,
        )
        session.add(approval)
        session.flush()
        record(session, staff.id, "approval asked for", row.slug, what=act_name, hash=asked.digest)
        return approval.id


def rebuilt(row: Round, act_name: str, payload: Mapping[str, Any]) -> Rebuilt:
    """What the act would do as things stand now; raises BadInput where it cannot be done."""
    act = act_called(act_name)
    subject = act.subject_of(row.id, payload)
    return Rebuilt(act, subject, hash_of(act_name, row.slug, subject))


def _clear_the_way(session: Session, row: Round, asked: Rebuilt, now: datetime) -> None:
    """Set aside requests that are over and, for an act of which there is one, the one before."""
    _set_aside_expired(session, now)
    waiting = (Approval.round_id == row.id, Approval.outcome == "waiting")
    same = select(Approval.id).where(*waiting, Approval.act == asked.act.name)
    found = session.scalar(same.where(Approval.subject_hash == asked.digest))
    if found:
        raise AskedAlready("Exactly this waits for approval already. Another officer can approve it.", found)
    if asked.act.single:
        earlier = update(Approval).where(*waiting, Approval.act == asked.act.name)
        session.execute(earlier.values(outcome="changed", note="A later request took its place."))


def set_aside_expired_requests(now: datetime) -> None:
    """Mark requests that nobody approved in time; what they said about a resident goes."""
    with transaction() as session:
        _set_aside_expired(session, now)


def _set_aside_expired(session: Session, now: datetime) -> None:
    old = select(Approval).where(Approval.outcome == "waiting", Approval.requested_at <= now - LASTS).with_for_update()
    for approval in session.scalars(old):
        approval.outcome, approval.note = "expired", "Nobody approved it within 24 hours."
        _keep_only_the_day(approval)
    session.flush()


def _keep_only_the_day(approval: Approval) -> None:
    """Once a quiet act's request is over: forget whom it was about, and at which minute it was asked for and done.

    Somebody who knew the minute could look for the vote that followed. The fingerprint gives nothing away: the subject
    it is made from held a random number.
    """
    if act_called(approval.act).quiet:
        approval.payload = json.dumps({"asked": {}, "subject": {}})
        approval.requested_at = _start_of_day(approval.requested_at)
        approval.approved_at = _start_of_day(approval.approved_at) if approval.approved_at else None


def _start_of_day(moment: datetime) -> datetime:
    return moment.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0)


def approve(approval_id: str, staff: StaffView, *, fresh: bool) -> None:
    """Do what was asked for. `fresh`: whether the officer gave password and code within the last minutes.

    Raises SignInAgainFirst, MayNotApprove, NotWhatWasAsked (the request is then marked as changed) and whatever the
    act itself raises; nothing has been done then.
    """
    changed = ""
    with transaction() as session:
        approval = _held_waiting(session, approval_id)
        row = session.get_one(Round, approval.round_id)
        _refuse_unless_allowed(session, approval, row, staff, fresh)
        now_is = rebuilt(row, approval.act, json.loads(approval.payload)["asked"])
        if now_is.digest == approval.subject_hash:
            _carry_out(session, approval, row, now_is, staff)
        else:
            changed = (
                "Something changed after this was asked for, so nothing has been done. Look at it, then ask again."
            )
            approval.outcome, approval.note = "changed", "Something changed after it was asked for."
            _keep_only_the_day(approval)
    if changed:
        raise NotWhatWasAsked(changed)


def _held_waiting(session: Session, approval_id: str) -> Approval:
    chosen = select(Approval).where(Approval.id == approval_id).with_for_update()
    approval = session.scalar(chosen.execution_options(populate_existing=True))
    if approval is None or approval.outcome != "waiting":
        raise MayNotApprove("This request is over: somebody decided it, or a later one took its place.")
    return approval


def _refuse_unless_allowed(session: Session, approval: Approval, row: Round, staff: StaffView, fresh: bool) -> None:
    problem = why_not(
        Asked(approval.requested_by, approval.requested_at),
        Officer(staff.id, staff.created_at, staff.invited_by),
        database_now(session),
        demo=waived(row),
    )
    if "officer" not in staff.roles:
        problem = "Only an officer can approve this."
    if problem:
        raise MayNotApprove(problem)
    if not fresh:
        raise SignInAgainFirst("Confirm that it is you, then approve.")


def waived(row: Any) -> bool:
    """Whether the age of accounts and invitations do not count: a made-up round in a demonstration."""
    return bool(row.is_demo) and demo_mode(current_app.extensions["settings"])


def _carry_out(session: Session, approval: Approval, row: Round, now_is: Rebuilt, staff: StaffView) -> None:
    now_is.act.carry_out(session, row.id, now_is.subject)
    approval.outcome, approval.approved_by, approval.approved_at = "done", staff.id, database_now(session)
    _keep_only_the_day(approval)
    session.flush()
    if not now_is.act.quiet:
        _tell_witnesses(session, row, now_is)
    asked = {"what": approval.act, "hash": approval.subject_hash, "asked_by": approval.requested_by}
    record(session, staff.id, "approved and done", row.slug, **asked)


def _tell_witnesses(session: Session, row: Round, done: Rebuilt) -> None:
    settings: Settings = current_app.extensions["settings"]
    text = TOLD.format(
        round=row.name,
        title=done.act.title,
        words="\n".join(f"{what}: {value}" for what, value in done.act.words_of(done.subject)),
        short=short(done.digest),
        digest=done.digest,
        address=f"{settings.public_url}/rounds/{row.slug}",
    )
    name = "".join(letter for letter in row.name if letter.isprintable())[:LONGEST_NAME]
    for witness in row.witnesses or []:
        queue_mail(session, witness["email"], f"{name}: {done.act.told}", text)


def refuse(approval_id: str, reason: str, staff: StaffView) -> None:
    """Say no, with a reason; whoever asked may take their own request back this way."""
    with transaction() as session:
        approval = _held_waiting(session, approval_id)
        row = session.get_one(Round, approval.round_id)
        if has_expired(approval.requested_at, database_now(session)):
            raise MayNotApprove("This request is more than 24 hours old, so nothing can come of it.")
        approval.outcome, approval.approved_by, approval.approved_at = "refused", staff.id, database_now(session)
        approval.note = reason
        _keep_only_the_day(approval)
        session.flush()
        record(session, staff.id, "approval refused", row.slug, what=approval.act, hash=approval.subject_hash)
