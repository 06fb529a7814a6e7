"""Acts of signing in and out. Each makes, moves on or deletes a row of `staff_session`; none of them is a GET.

    one-time link -> password -> first code of the authenticator -> signed in, recovery codes shown once
    email and password -> code (or a recovery code) -> signed in

Passwords are hashed before the transaction begins, so that nobody's write waits for a hash.
"""

import secrets
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from pbudget.accounts import queries
from pbudget.accounts.models import Staff, StaffInvitation, StaffRecoveryCode, StaffSession
from pbudget.accounts.queries import SignedIn, token_hash
from pbudget.accounts.rules.limits import ABSOLUTE, HALF_WAY, WRONG_CODES
from pbudget.accounts.security import (
    HALF_A_MINUTE,
    clock,
    codes,
    hashed,
    new_recovery_codes,
    password_fits,
    plain_recovery_code,
    usable_password,
)
from pbudget.accounts.throttle import SignInLimits
from pbudget.audit.actions import record
from pbudget.config import Settings
from pbudget.db import transaction
from pbudget.kit.errors import BadInput, PbudgetError


class SignInRefused(BadInput):
    """Address or password is wrong, or the account cannot be used: always the same words, after the same time."""


class CodeRefused(BadInput):
    """The code is wrong, too old or was used before; the person waits for the next one."""


class SignInOver(PbudgetError):
    """The sign-in ended meanwhile (time, sign-out, disabled): the person starts again from the password."""


class LinkNotUsable(PbudgetError):
    """The one-time link was used, replaced or has run out; the page says who can print another."""


class PasswordNotUsable(BadInput):
    """The new password is too short or too easy to guess; the message says what to do."""


class TooManySignIns(PbudgetError):
    """Too many failures from this network; the page says when to try again. Nobody else is held up."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many tries to sign in.")
        self.until = until


REFUSED = "Email address or password is not right"
WRONG_CODE = "Code is not right, or has been used already. Wait for the next code in your app and enter that"
WRONG_RECOVERY_CODE = "Recovery code is not right, or has been used already"


def check_password(email: str, password: str, network: str) -> str:
    """The first half of signing in: the id of a sign-in that awaits the code. Raises SignInRefused, TooManySignIns."""
    account = email.strip().lower()
    refuse_too_many(network, account)
    found = queries.sign_in_row(account)
    fits = password_fits(password, found.password if found else None)
    if found is None or not fits or not found.may_sign_in:
        limits().note_failure(network, account)
        raise SignInRefused(REFUSED)
    with transaction() as session:
        _clear_away(session)
        return _begin(session, found.staff_id, "password")


def check_code(found: SignedIn, typed: str, network: str) -> str:
    """The second half, by app: the id of the whole sign-in. Raises CodeRefused, SignInOver or TooManySignIns."""
    refuse_too_many(network, found.email)
    with transaction() as session:
        held, staff = _held(session, found)
        fits = _code_fits(staff, typed)
        if fits:
            session.delete(held)
            began = _begin(session, staff.id, "full")
            record(session, staff.id, "signed in")
        else:
            _note_wrong_code(session, held)
    if not fits:
        limits().note_failure(network, found.email)
        raise CodeRefused(WRONG_CODE)
    limits().note_success(network, found.email)
    return began


def check_recovery_code(found: SignedIn, typed: str, network: str) -> str:
    """The second half without the phone. Each code works once; raises as `check_code` does."""
    refuse_too_many(network, found.email)
    left = queries.recovery_verifiers(found.staff.id)
    position = _matching(plain_recovery_code(typed), left)
    with transaction() as session:
        held, staff = _held(session, found)
        used = position is not None and _use_up(session, staff.id, position)
        if used:
            session.delete(held)
            began = _begin(session, staff.id, "full")
            record(session, staff.id, "signed in with a recovery code", left=len(left) - 1)
        else:
            _note_wrong_code(session, held)
    if not used:
        limits().note_failure(network, found.email)
        raise CodeRefused(WRONG_RECOVERY_CODE)
    return began


def check_again(found: SignedIn, password: str, typed: str, network: str) -> str:
    """Password and code once more, before an approval; the sign-in gets a new id. Raises as the others do."""
    refuse_too_many(network, found.email)
    row = queries.sign_in_row(found.email)
    fits = password_fits(password, row.password if row else None)
    with transaction() as session:
        held, staff = _held(session, found)
        confirmed = fits and _code_fits(staff, typed)
        if confirmed:
            began = _begin(session, staff.id, "full", started_at=held.started_at)
            session.delete(held)
            record(session, staff.id, "confirmed who they are")
    if not confirmed:
        limits().note_failure(network, found.email)
        raise CodeRefused("Password or code is not right. Wait for the next code in your app and try again")
    return began


def accept_invitation(token: str, password: str) -> str:
    """Set the password by a one-time link: the id of a sign-in that awaits an authenticator's first code.

    The link stays good until that code is given, so that a closed browser costs nothing.
    """
    invited = queries.invitation(token)
    if invited is None:
        raise LinkNotUsable("This link cannot be used.")
    stored = hashed(_usable(password, invited.email))
    with transaction() as session:
        if session.scalar(select(StaffInvitation).where(StaffInvitation.token_hash == token_hash(token))) is None:
            raise LinkNotUsable("This link cannot be used.")
        staff = session.scalars(select(Staff).where(Staff.id == invited.staff_id)).one()
        staff.password = stored
        session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
        began = _begin(session, staff.id, "set-up", new_secret=codes().generate_totp_secret())
        record(session, staff.id, "set a password")
    return began


def confirm_authenticator(found: SignedIn, typed: str) -> tuple[str, list[str]]:
    """The first code of a new authenticator: the id of the whole sign-in, and the recovery codes, never shown again."""
    newcomer = Staff()
    if not _code_fits(newcomer, typed, found.new_secret):
        raise CodeRefused(WRONG_CODE)
    fresh = new_recovery_codes()
    verifiers = [hashed(plain_recovery_code(each)) for each in fresh]
    with transaction() as session:
        held, staff = _held(session, found)
        staff.totp_secret, staff.totp_counter = held.new_secret, newcomer.totp_counter
        session.execute(delete(StaffInvitation).where(StaffInvitation.staff_id == staff.id))
        session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
        _store_recovery_codes(session, staff.id, verifiers)
        began = _begin(session, staff.id, "full")
        record(session, staff.id, "set up an authenticator")
    return began, fresh


def replace_recovery_codes(found: SignedIn) -> list[str]:
    """New recovery codes in place of the old ones, shown once."""
    fresh = new_recovery_codes()
    verifiers = [hashed(plain_recovery_code(each)) for each in fresh]
    with transaction() as session:
        _store_recovery_codes(session, found.staff.id, verifiers)
        record(session, found.staff.id, "made new recovery codes")
    return fresh


def change_password(found: SignedIn, old: str, new: str, network: str) -> None:
    """A new password; every other sign-in of the person ends. Raises SignInRefused for a wrong old one."""
    refuse_too_many(network, found.email)
    row = queries.sign_in_row(found.email)
    if not password_fits(old, row.password if row else None):
        limits().note_failure(network, found.email)
        raise SignInRefused("Password you use now is not right")
    stored = hashed(_usable(new, found.email))
    with transaction() as session:
        held, staff = _held(session, found)
        staff.password = stored
        session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id, StaffSession.id != held.id))
        record(session, staff.id, "changed the password")


def sign_out(found: SignedIn) -> None:
    """End this sign-in."""
    with transaction() as session:
        session.execute(delete(StaffSession).where(StaffSession.id == found.session_id))
        record(session, found.staff.id, "signed out")


def sign_out_everywhere(found: SignedIn) -> None:
    """End every sign-in of this person, on every device."""
    with transaction() as session:
        session.execute(delete(StaffSession).where(StaffSession.staff_id == found.staff.id))
        record(session, found.staff.id, "signed out everywhere")


def limits() -> SignInLimits:
    """The limits of this installation, shared with every other process on the machine."""
    found: SignInLimits = current_app.extensions["sign_in_limits"]
    return found


def refuse_too_many(network: str, account: str) -> None:
    """Raise TooManySignIns when this network has failed too often on this account."""
    until = limits().wait_until(network, account)
    if until:
        raise TooManySignIns(until)


def _usable(password: str, email: str) -> str:
    settings: Settings = current_app.extensions["settings"]
    problem, normal = usable_password(password, (settings.council_name, email))
    if problem:
        raise PasswordNotUsable(problem)
    return normal


def _code_fits(staff: Staff, typed: str, secret: str | None = None) -> bool:
    digits = "".join(typed.split())
    return codes().verify_totp(digits, secret or staff.totp_secret or "", cast(Any, staff), window=HALF_A_MINUTE)


def _matching(typed: str, verifiers: dict[int, str]) -> int | None:
    """The position of the recovery code; as many hashes whether it is the first, the last or none of them."""
    fitting = [position for position, verifier in verifiers.items() if password_fits(typed, verifier)]
    return fitting[0] if fitting else None


def _use_up(session: Session, staff_id: str, position: int) -> bool:
    """Delete a recovery code; False when another request was first."""
    there = session.get(StaffRecoveryCode, (staff_id, position))
    if there:
        session.delete(there)
    return there is not None


def _store_recovery_codes(session: Session, staff_id: str, verifiers: list[str]) -> None:
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.staff_id == staff_id))
    session.add_all(
        StaffRecoveryCode(staff_id=staff_id, position=number, verifier=each)
        for number, each in enumerate(verifiers, start=1)
    )


def _held(session: Session, found: SignedIn) -> tuple[StaffSession, Staff]:
    """The person's row, locked, and the sign-in's: two requests with one code find each other's mark."""
    staff = session.scalar(select(Staff).where(Staff.id == found.staff.id, Staff.is_active).with_for_update())
    held = session.get(StaffSession, found.session_id)
    if staff is None or held is None:
        raise SignInOver("This sign-in has ended.")
    return held, staff


def _begin(
    session: Session,
    staff_id: str,
    stage: str,
    *,
    new_secret: str | None = None,
    started_at: datetime | None = None,
) -> str:
    now = clock().now()
    began = StaffSession(
        id=secrets.token_urlsafe(32),
        staff_id=staff_id,
        stage=stage,
        started_at=started_at or now,
        confirmed_at=now,
        new_secret=new_secret,
    )
    session.add(began)
    session.flush()
    return began.id


def _note_wrong_code(session: Session, held: StaffSession) -> None:
    """Count it; whoever guesses has to give the password again. The audit log shows that somebody knows it."""
    held.wrong_codes += 1
    record(session, held.staff_id, "right password, wrong code")
    if held.wrong_codes >= WRONG_CODES:
        session.delete(held)


def _clear_away(session: Session) -> None:
    """Delete rows of sign-ins whose time has run out."""
    now = clock().now()
    session.execute(
        delete(StaffSession).where(
            or_(
                StaffSession.started_at <= now - ABSOLUTE,
                (StaffSession.stage == "password") & (StaffSession.started_at <= now - HALF_WAY),
            )
        )
    )
