"""Staff for tests: an account and a signed-in session without paying for argon2 and a phone each time.

    sign_in(client, "officer")
    sign_in(client, "councillor", wards=["X99000001"])

`client` is a PageClient or Flask's own. The account is a real one and the sign-in a real row; only the way there is
shorter. tests/accounts/test_signing_in.py goes the whole way.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from pbudget.accounts.models import CONSOLE, Staff, StaffRole, StaffSession, StaffWard
from pbudget.accounts.queries import COOKIE_ID, COOKIE_SEEN
from pbudget.accounts.security import clock, codes
from pbudget.db import transaction
from tests.support.pages import PageClient

LONG_AGO = timedelta(days=30)
"""How old a test account is: old enough to approve."""


def add_staff(
    app: Flask,
    role: str = "officer",
    wards: Sequence[str] = (),
    *,
    email: str = "",
    invited_by: str = CONSOLE,
    created_at: datetime | None = None,
    is_demo: bool = False,
) -> str:
    """An account that is set up; its id. The wards must be there."""
    with app.app_context(), transaction() as session:
        staff = Staff(
            email=email or f"{role}-{secrets.token_hex(3)}@test.example",
            label=f"Test {role}",
            totp_secret=codes().generate_totp_secret(),
            created_at=created_at or clock().now() - LONG_AGO,
            invited_by=invited_by,
            is_demo=is_demo,
        )
        staff.roles = [StaffRole(role=role)]
        staff.wards = [StaffWard(ward_code=code) for code in wards]
        session.add(staff)
        session.flush()
        return staff.id


def sign_in(
    client: PageClient | FlaskClient,
    role: str = "officer",
    wards: Sequence[str] = (),
    *,
    staff_id: str = "",
    confirmed_at: datetime | None = None,
    **account: object,
) -> str:
    """Sign the client in as new staff of this role (or as `staff_id`); the id of the account.

    `confirmed_at` is when password and code were last given: now, unless a test says otherwise.
    """
    http = client.http if isinstance(client, PageClient) else client
    app: Flask = http.application
    staff_id = staff_id or add_staff(app, role, wards, **account)  # type: ignore[arg-type]
    with app.app_context(), transaction() as session:
        now = clock().now()
        row = StaffSession(
            id=secrets.token_urlsafe(32),
            staff_id=staff_id,
            stage="full",
            started_at=now,
            confirmed_at=confirmed_at or now,
        )
        session.add(row)
        session_id = row.id
    with http.session_transaction() as cookie:
        cookie.clear()
        cookie[COOKIE_ID], cookie[COOKIE_SEEN] = session_id, int(now.timestamp())
    return staff_id
