"""Giving a resident a code at the desk: once, however often the button is pressed, and stored nowhere in plain.

new_press(entry.id, officer.id)                          goes into the form
give_new_code(round.id, entry.id, points, press, staff)  the code, or SecondOfficerNeeded
ask_for_code(…)                                          the request that another officer approves
collect_code(round.id, permit, press, staff)             the code, after that
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import delete
from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.db import database_now, transaction
from pbudget.desk.models import DeskPermit
from pbudget.desk.queries import PermitView, holds_ballot
from pbudget.desk.rules import DeskClosed, code_of, hours_between, seed_of, why_closed
from pbudget.kit.errors import BadInput
from pbudget.roll.actions import give_code, hold_voting, is_live_code, prepare_code
from pbudget.roll.generating import PreparedCode
from pbudget.roll.queries import stored_code
from pbudget.roll.rules.codes import Code
from pbudget.roll.rules.reissue import identity_shown, needs_second_officer
from pbudget.rounds.approving import AskedAlready, request_approval
from pbudget.rounds.models import Round
from pbudget.rounds.opening import held_round, keys_folder
from pbudget.web.access import StaffView

PRESS_LASTS = 15 * 60
"""Seconds for which a form may be sent again and shows the same code."""


class SecondOfficerNeeded(BadInput):
    """Another officer has to approve this code first. It is said only of a code that was really asked for."""


class PressTooOld(BadInput):
    """The form lay too long, or is another officer's: the officer fills it in again."""


class CodeReplacedSince(BadInput):
    """The code this form made has been replaced by a later one; the officer gives a new one."""


class PermitOver(BadInput):
    """The permit was used or ran out; the officer looks the resident up again."""


def new_press(entry_id: str, officer: str) -> str:
    """What a form carries so that sending it twice gives one code."""
    return str(_presses().dumps([entry_id, officer, secrets.token_hex(16)]))


def give_new_code(round_id: int, entry_id: str, points: Iterable[str], press: str, staff: StaffView) -> Code:
    """Give this entry a new code and stop the old one; ballots begun with the old one are over.

    Raises IdentityNotShown, SecondOfficerNeeded, PressTooOld, CodeReplacedSince, DeskClosed and EntryNotOnRoll.
    """
    shown = identity_shown(points)
    return _give(round_id, entry_id, shown, press, staff, permit=None)


def collect_code(round_id: int, permit: PermitView, press: str, staff: StaffView) -> Code:
    """Give the code that a second officer approved; the permit is used up by it. Raises PermitOver and the above."""
    return _give(round_id, permit.entry_id, list(permit.identity), press, staff, permit=permit)


def ask_for_code(round_id: int, entry_id: str, points: Iterable[str], press: str, staff: StaffView) -> str:
    """The id of the request that another officer approves; the same press gives the same request."""
    payload = {
        "entry": entry_id,
        "identity": identity_shown(points),
        "officer": staff.id,
        "salt": salt_of(press, entry_id, staff.id),
    }
    return asked_once(round_id, "reissue", payload, staff)


def asked_once(round_id: int, act: str, payload: Mapping[str, object], staff: StaffView) -> str:
    """The id of a request for this act; when exactly it waits already, of that one."""
    try:
        return request_approval(round_id, act, payload, staff)
    except AskedAlready as same:
        return same.approval_id


def salt_of(press: str, entry_id: str, officer: str) -> str:
    """A number that makes the fingerprint of a request say nothing about whom it is for; the same for one press."""
    return hashlib.sha256(b"pbudget-desk-salt-v1\0" + _number_in(press, entry_id, officer).encode()).hexdigest()


def delete_permits_that_ran_out(now: datetime) -> None:
    """Forget permits nobody used."""
    with transaction() as session:
        session.execute(delete(DeskPermit).where(DeskPermit.expires_at <= now))


def refuse_unless_open(row: Round, now: datetime) -> None:
    """Raise DeskClosed when nothing about the roll can change any more."""
    problem = why_closed(row.phase, row.opens_at, row.closes_at, now, row.decide_by)
    if problem:
        raise DeskClosed(problem)


def _give(
    round_id: int, entry_id: str, shown: list[str], press: str, staff: StaffView, *, permit: PermitView | None
) -> Code:
    """Hash first, which is slow; then hold voting, look again at everything, and write."""
    code, prepared = _prepared(round_id, entry_id, press, staff.id)
    with transaction() as session:
        opened = hold_voting(session, round_id)
        if is_live_code(session, round_id, entry_id, code):
            return code
        row, now = held_round(session, round_id), database_now(session)
        refuse_unless_open(row, now)
        had_ballot = opened and holds_ballot(keys_folder(), row, entry_id)
        if permit:
            _use_up(session, permit, now)
        elif opened and needs_second_officer(has_ballot=had_ballot, hours_to_close=hours_between(now, row.closes_at)):
            raise SecondOfficerNeeded("Another officer has to approve this code.")
        give_code(session, round_id, prepared, had_ballot=had_ballot)
        record(session, staff.id, "code reissued", row.slug, identity=shown)
    return code


def _prepared(round_id: int, entry_id: str, press: str, officer: str) -> tuple[Code, PreparedCode]:
    """The code of this press and its hash; the next where somebody else's code has its selector."""
    seed = seed_of(_secret(), _number_in(press, entry_id, officer), entry_id)
    attempt = 0
    while True:
        code = code_of(seed, attempt)
        stored = stored_code(round_id, code.selector)
        if stored is None or stored.entry.id == entry_id:
            break
        attempt += 1
    if stored and stored.why_void:
        raise CodeReplacedSince("The code that this page showed has been replaced. Look the resident up again.")
    return code, prepare_code(code, entry_id)


def _use_up(session: Session, permit: PermitView, now: datetime) -> None:
    used = delete(DeskPermit).where(DeskPermit.id == permit.id, DeskPermit.expires_at > now)
    if session.scalar(used.returning(DeskPermit.id)) is None:
        raise PermitOver("The code was shown already, or 24 hours have passed. Look the resident up again.")


def _number_in(press: str, entry_id: str, officer: str) -> str:
    """The random number of a press, if it is this officer's for this entry and not too old."""
    try:
        entry, whose, number = _presses().loads(press, max_age=PRESS_LASTS)
    except (BadSignature, ValueError, TypeError) as error:
        raise PressTooOld("This page was open for too long. Nothing has changed. Fill it in again.") from error
    if (entry, whose) != (entry_id, officer):
        raise PressTooOld("This page was made for something else. Nothing has changed. Fill it in again.")
    return str(number)


def _presses() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="a press at the roll desk")


def _secret() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()
