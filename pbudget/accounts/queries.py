"""Who is signed in, who may sign in, and the accounts there are."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app, has_request_context, request, session
from sqlalchemy import exists, func, literal, select, union_all
from sqlalchemy.orm import selectinload

from pbudget.accounts.models import (
    Staff,
    StaffInvitation,
    StaffRecoveryCode,
    StaffRole,
    StaffSession,
    StaffWard,
)
from pbudget.accounts.rules.limits import sign_in_holds
from pbudget.accounts.security import clock, codes
from pbudget.config import Settings
from pbudget.db import db
from pbudget.web.access import StaffView
from pbudget.web.layout import read_demo_notice

COOKIE_ID = "staff"
"""Under which name the signed cookie carries the id of a sign-in."""
COOKIE_SEEN = "staff-seen"
"""When the sign-in was last used, in seconds since 1970: in the cookie, so that looking at a page writes nothing."""
CARRIED = "pbudget.signed_in"
STEP = 30


@dataclass(frozen=True)
class SignedIn:
    """One sign-in: whose, how far it came, since when, and when password and code were last given (UTC)."""

    session_id: str
    stage: str
    staff: StaffView
    email: str
    started_at: datetime
    confirmed_at: datetime
    new_secret: str | None


@dataclass(frozen=True)
class SignInRow:
    """What checking a password needs. `may_sign_in`: enabled, set up, and not a test account where none may be."""

    staff_id: str
    password: str | None
    may_sign_in: bool


@dataclass(frozen=True)
class Invited:
    """Whose one-time link it is, and until when (UTC)."""

    staff_id: str
    email: str
    label: str
    expires_at: datetime


@dataclass(frozen=True)
class AccountLine:
    """One account in a list. `state`: active, invited, disabled."""

    id: str
    email: str
    label: str
    roles: tuple[str, ...]
    wards: tuple[str, ...]
    state: str
    is_demo: bool


@dataclass(frozen=True)
class DemoAccount:
    """A test account as the sign-in page of a demonstration shows it. `code` is empty for the seconds none is left."""

    email: str
    label: str
    code: str


def current_staff() -> StaffView | None:
    """Who is signed in, wholly; None for everybody else. This is what `@roles` asks."""
    found = signed_in()
    return found.staff if found else None


def signed_in_again_within(seconds: int) -> bool:
    """Whether the person gave password and code at most so long ago: asked before an approval."""
    found = signed_in()
    return found is not None and clock().now() - found.confirmed_at <= timedelta(seconds=seconds)


def signed_in(stage: str = "full") -> SignedIn | None:
    """The sign-in of this request at a stage (`full`, `password`, `set-up`), looked up once; None if it is over."""
    if not has_request_context() or COOKIE_ID not in session:
        return None
    if CARRIED not in request.environ:
        request.environ[CARRIED] = _holding(str(session[COOKIE_ID]))
    found: SignedIn | None = request.environ[CARRIED]
    return found if found and found.stage == stage else None


def _holding(session_id: str) -> SignedIn | None:
    """The sign-in if it has neither ended nor run out; being here renews the idle time, in the cookie."""
    found = sign_in(session_id)
    now = clock().now()
    seen = datetime.fromtimestamp(session.get(COOKIE_SEEN, 0), UTC)
    if found is None or not sign_in_holds(found.stage, found.started_at, seen, now):
        return None
    if now - seen > timedelta(seconds=STEP):
        session[COOKIE_SEEN] = int(now.timestamp())
    return found


def sign_in(session_id: str) -> SignedIn | None:
    """A sign-in by its id, also one whose time has run out; None when its row is gone or the account disabled."""
    row = db.session.execute(
        select(StaffSession, Staff).join(Staff, Staff.id == StaffSession.staff_id).where(StaffSession.id == session_id)
    ).first()
    if row is None or not _may_be_used(row.Staff):
        return None
    held, staff = row.StaffSession, row.Staff
    return SignedIn(held.id, held.stage, _view(staff), staff.email, held.started_at, held.confirmed_at, held.new_secret)


def _may_be_used(staff: Staff) -> bool:
    return staff.is_active and (not staff.is_demo or demo_mode(current_app.extensions["settings"]))


def _view(staff: Staff) -> StaffView:
    asked = union_all(
        select(literal("role"), StaffRole.role).where(StaffRole.staff_id == staff.id),
        select(literal("ward"), StaffWard.ward_code).where(StaffWard.staff_id == staff.id),
    )
    rows = db.session.execute(asked).all()
    roles, wards = (frozenset(value for kind, value in rows if kind == wanted) for wanted in ("role", "ward"))
    return StaffView(staff.id, staff.label, roles, wards, staff.created_at, staff.invited_by, staff.is_demo)


def sign_in_row(email: str) -> SignInRow | None:
    """The account with this address, in whatever state."""
    staff = db.session.scalar(select(Staff).where(Staff.email == email))
    if staff is None:
        return None
    return SignInRow(staff.id, staff.password, bool(staff.totp_secret) and _may_be_used(staff))


def invitation(token: str) -> Invited | None:
    """The one-time link that ends in this token; None when it was used, replaced or has run out."""
    row = db.session.execute(
        select(StaffInvitation, Staff)
        .join(Staff, Staff.id == StaffInvitation.staff_id)
        .where(StaffInvitation.token_hash == token_hash(token), Staff.is_active)
    ).first()
    if row is None or row.StaffInvitation.expires_at <= clock().now():
        return None
    return Invited(row.Staff.id, row.Staff.email, row.Staff.label, row.StaffInvitation.expires_at)


def token_hash(token: str) -> str:
    """What is kept of a one-time link: it has 256 random bits, so a plain hash tells nothing."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def recovery_verifiers(staff_id: str) -> dict[int, str]:
    """The hashes of the recovery codes that are left, by their position."""
    asked = select(StaffRecoveryCode.position, StaffRecoveryCode.verifier).where(StaffRecoveryCode.staff_id == staff_id)
    return {row.position: row.verifier for row in db.session.execute(asked)}


def accounts() -> Sequence[AccountLine]:
    """Every account, by address."""
    asked = select(Staff).order_by(Staff.email).options(selectinload(Staff.roles), selectinload(Staff.wards))
    return [
        AccountLine(
            staff.id,
            staff.email,
            staff.label,
            tuple(sorted(each.role for each in staff.roles)),
            tuple(sorted(each.ward_code for each in staff.wards)),
            "disabled" if not staff.is_active else "active" if staff.totp_secret else "invited",
            staff.is_demo,
        )
        for staff in db.session.scalars(asked)
    ]


def emails_of_officers() -> list[str]:
    """Where officers who can sign in are written to; nobody of a demonstration."""
    chosen = select(Staff.email).join(StaffRole, StaffRole.staff_id == Staff.id)
    usable = StaffRole.role == "officer", Staff.is_active, ~Staff.is_demo, Staff.totp_secret.is_not(None)
    return list(db.session.scalars(chosen.where(*usable).order_by(Staff.email)))


def labels() -> dict[str, str]:
    """What each account is called, by its id: for lists of acts."""
    return {row.id: row.label for row in db.session.execute(select(Staff.id, Staff.label))}


def sign_in_count(staff_id: str) -> int:
    """How many sign-ins of a person have a row."""
    counted = select(func.count()).select_from(StaffSession)
    return db.session.scalar(counted.where(StaffSession.staff_id == staff_id, StaffSession.stage == "full")) or 0


def demo_mode(settings: Settings) -> bool:
    """Whether test accounts may exist and be shown: this is a labelled demonstration and nothing in it is real.

    A room that keeps something real adds its question to `app.extensions["signs_of_real_use"]` in its own set-up: a
    function without arguments that answers True once there is such a thing. One True ends the demonstration for good.
    """
    signs: Sequence[Callable[[], bool]] = current_app.extensions["signs_of_real_use"]
    return bool(read_demo_notice(settings.instance)) and not any(sign() for sign in signs)


def real_roll() -> bool:
    """Whether a roll was loaded for a round that is not made up. The tables are those of rooms above this one."""
    roll, rounds = (db.metadata.tables.get(name) for name in ("roll_import", "round"))
    if roll is None or rounds is None:
        return False
    joined = select(roll.c.id).join(rounds, rounds.c.id == roll.c.round_id).where(~rounds.c.is_demo)
    return bool(db.session.scalar(select(exists(joined))))


def demo_accounts() -> Sequence[DemoAccount]:
    """The test accounts with the code each can be signed in with now; none outside a demonstration."""
    if not demo_mode(current_app.extensions["settings"]):
        return []
    staff = db.session.scalars(select(Staff).where(Staff.is_demo, Staff.is_active).order_by(Staff.email))
    return [DemoAccount(each.email, each.label, _next_code(each)) for each in staff if each.totp_secret]


def demo_code(found: SignedIn) -> str | None:
    """The code a test account can be signed in with now, empty while none is left; None for a real account."""
    if not found.staff.is_demo:
        return None
    staff = db.session.scalars(select(Staff).where(Staff.id == found.staff.id)).one()
    return _next_code(staff)


def _next_code(staff: Staff) -> str:
    """The present code, or the next one when it has been used: each is accepted once."""
    now = int(clock().now().timestamp()) // STEP
    counter = max(now, (staff.totp_counter or 0) + 1)
    return codes().code_at(staff.totp_secret or "", counter) if counter <= now + 1 else ""
