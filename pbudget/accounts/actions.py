"""Acts on accounts: inviting, stopping, starting again, test accounts. Signing in is in signing_in.py."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pbudget.accounts.models import (
    CONSOLE,
    Staff,
    StaffInvitation,
    StaffRecoveryCode,
    StaffRole,
    StaffSession,
    StaffWard,
)
from pbudget.accounts.queries import demo_mode, token_hash
from pbudget.accounts.rules.limits import INVITATION
from pbudget.accounts.security import clock, codes, hashed
from pbudget.audit.actions import SYSTEM, record
from pbudget.db import transaction
from pbudget.kit.errors import BadInput
from pbudget.wards.queries import ward
from pbudget.web.access import ROLES

DEMO_PASSWORD = "made-up borough tour"  # noqa: S105 - printed on the sign-in page of every demonstration
DEMO_LABELS = (
    ("officer-1", "Test officer 1", "officer"),
    ("officer-2", "Test officer 2", "officer"),
    ("councillor", "Test councillor", "councillor"),
    ("steward", "Test steward", "steward"),
    ("auditor", "Test auditor", "auditor"),
)
DEMO_DOMAIN = "ashmere.example"


class NotAnEmailAddress(BadInput):
    """The address given for an account cannot be one; the message repeats it and says what it looks like."""


class AccountExists(BadInput):
    """There is an account with this address already; the message names the command that renews it."""


class NoSuchAccount(BadInput):
    """No account has this address; the message says how to list them."""


class WardNotKnown(BadInput):
    """A councillor was given no ward, or one that is not loaded, or somebody else was given one."""


@dataclass(frozen=True)
class OneTimeLink:
    """The end of an address that sets an account up, once, until then (UTC)."""

    token: str
    expires_at: datetime


def invite_staff(
    email: str,
    roles: Sequence[str],
    ward_codes: Sequence[str] = (),
    *,
    label: str = "",
    invited_by: str = CONSOLE,
) -> OneTimeLink:
    """Make an account that its one-time link sets up. Raises AccountExists, NotAnEmailAddress, WardNotKnown."""
    address = normal_email(email)
    _check_wards(roles, ward_codes)
    with transaction() as session:
        if session.scalar(select(Staff.id).where(Staff.email == address)):
            raise AccountExists(
                f"{address} has an account already. If the phone or the password is lost, use: "
                f"pbudget staff reset-totp {address}"
            )
        staff = _add_staff(session, address, roles, ward_codes, label or address.partition("@")[0], invited_by)
        link = _new_link(session, staff.id)
        record(session, _actor(invited_by), "invited", staff.id, roles=sorted(roles), wards=sorted(ward_codes))
    return link


def normal_email(typed: str) -> str:
    """The address in the one form it is kept in. Whether it can receive mail is not asked of the network."""
    try:
        found = validate_email(typed.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NotAnEmailAddress(f"{typed} is not an email address. Give one such as name@council.gov.uk.") from error
    return found.normalized.lower()


def _check_wards(roles: Sequence[str], ward_codes: Sequence[str]) -> None:
    if ("councillor" in roles) != bool(ward_codes):
        raise WardNotKnown("A councillor acts for wards and nobody else does. Give --ward with --role councillor only.")
    for code in ward_codes:
        if ward(code) is None:
            raise WardNotKnown(f"Ward {code} is not loaded. Load the boundaries first, or check the code.")


def _add_staff(
    session: Session, email: str, roles: Sequence[str], ward_codes: Sequence[str], label: str, invited_by: str
) -> Staff:
    staff = Staff(email=email, label=label, created_at=clock().now(), invited_by=invited_by)
    staff.roles = [StaffRole(role=role) for role in ROLES if role in roles]
    staff.wards = [StaffWard(ward_code=code) for code in sorted(set(ward_codes))]
    session.add(staff)
    session.flush()
    return staff


def _actor(invited_by: str) -> str:
    return SYSTEM if invited_by == CONSOLE else invited_by


def _new_link(session: Session, staff_id: str) -> OneTimeLink:
    """A fresh link in place of any earlier one."""
    link = OneTimeLink(secrets.token_urlsafe(32), clock().now() + INVITATION)
    session.execute(delete(StaffInvitation).where(StaffInvitation.staff_id == staff_id))
    session.add(StaffInvitation(staff_id=staff_id, token_hash=token_hash(link.token), expires_at=link.expires_at))
    return link


def reset_staff(email: str) -> OneTimeLink:
    """For a lost phone or a forgotten password: nothing that worked works any longer, a new link sets both up."""
    with transaction() as session:
        staff = _account(session, email)
        staff.password = staff.totp_secret = staff.totp_counter = None
        session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.staff_id == staff.id))
        end_sign_ins(session, staff.id)
        link = _new_link(session, staff.id)
        record(session, SYSTEM, "sign-in reset", staff.id)
    return link


def disable_staff(email: str) -> None:
    """Stop an account: every sign-in ends, its link too. What it did stays in the audit log."""
    with transaction() as session:
        staff = _account(session, email)
        staff.is_active = False
        end_sign_ins(session, staff.id)
        session.execute(delete(StaffInvitation).where(StaffInvitation.staff_id == staff.id))
        record(session, SYSTEM, "disabled", staff.id)


def enable_staff(email: str) -> None:
    """Start a stopped account again, with the password and the authenticator it had."""
    with transaction() as session:
        staff = _account(session, email)
        staff.is_active = True
        record(session, SYSTEM, "enabled", staff.id)


def end_sign_ins(session: Session, staff_id: str) -> None:
    """End every sign-in of a person, in the caller's transaction."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


def _account(session: Session, email: str) -> Staff:
    address = normal_email(email)
    staff = session.scalar(select(Staff).where(Staff.email == address).with_for_update())
    if staff is None:
        raise NoSuchAccount(f"No account has the address {address}. List them with: pbudget staff list")
    return staff


def make_demo_accounts(session: Session, ward_code: str = "") -> None:
    """The five test accounts of a demonstration, in the caller's transaction; those that are there stay as they are.

    Nothing is made outside a demonstration, and nobody signs in with one when it has ended. The councillor acts for
    `ward_code`.
    """
    if not demo_mode(current_app.extensions["settings"]):
        return
    there = set(session.scalars(select(Staff.email)))
    missing = [line for line in DEMO_LABELS if f"{line[0]}@{DEMO_DOMAIN}" not in there]
    if not missing:
        return
    password = hashed(DEMO_PASSWORD)
    for name, label, role in missing:
        wards = [ward_code] if role == "councillor" and ward_code else []
        staff = _add_staff(session, f"{name}@{DEMO_DOMAIN}", [role], wards, label, CONSOLE)
        staff.password, staff.totp_secret, staff.is_demo = password, codes().generate_totp_secret(), True
    session.flush()
    record(session, SYSTEM, "test accounts made", "", accounts=len(missing))


def say_link(link: OneTimeLink) -> str:
    """The whole address of a one-time link."""
    public_url: str = current_app.extensions["settings"].public_url
    return f"{public_url}/staff/invitation/{link.token}"
