"""Flask-Security as an engine: argon2id, one-time codes that work once, password rules. It registers no route.

Its own pages are not used: they write outside `transaction()` and keep a sign-in in the cookie alone. The pages and the
row that a sign-in is are ours; every cryptographic step is done here, by the library.
"""

import base64
import os
import threading
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app
from flask_security import PasswordUtil, Security, SQLAlchemyUserDatastore
from flask_security.totp import Totp
from flask_security.utils import hash_password, verify_password
from passlib.totp import TotpMatch

from pbudget.accounts.models import Staff, StaffRole
from pbudget.accounts.rules.limits import RECOVERY_CODES
from pbudget.accounts.rules.passwords import LONGEST, SHORTEST, password_problem
from pbudget.accounts.throttle import SignInLimits
from pbudget.config import Settings
from pbudget.db import db
from pbudget.kit.clock import Clock, SystemClock

ARGON2 = {"argon2__time_cost": 3, "argon2__memory_cost": 65536, "argon2__parallelism": 4}
"""RFC 9106, second recommended option: 64 MiB, three passes."""
ARGON2_IN_TESTS = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
HALF_A_MINUTE = 30
"""A code may be this many seconds early or late: one step either way."""
HASHING = threading.BoundedSemaphore(os.cpu_count() or 1)
"""A hash takes 64 MiB and a core: no more at a time than there are cores."""


class StaffPasswords(PasswordUtil):
    """Flask-Security's normalising, with our rule in place of its lists: no request leaves the machine."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """The problem in a list, or None; and the password in its normal form."""
        normal = self.normalize(password)
        problem = password_problem(normal, kwargs.get("own_words", ()))
        return ([problem] if problem else None), normal


class StaffCodes(Totp):
    """One-time codes by the application's clock, each accepted once."""

    def __init__(self, secrets: dict[str, str], issuer: str, *, clock: Clock) -> None:
        super().__init__(secrets, issuer)
        self._totp = self._totp.using(now=lambda: clock.now().timestamp())

    def get_last_counter(self, user: Any) -> int | None:
        """The step of the code used last."""
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Note the step of the code, in the caller's transaction: it is refused from now on."""
        user.totp_counter = tmatch.counter

    def code_at(self, secret: str, counter: int) -> str:
        """The code of one step of 30 seconds."""
        return str(self._totp.from_source(secret).generate(time=counter * HALF_A_MINUTE).token)


def init_security(app: Flask, settings: Settings) -> None:
    """Set Flask-Security up without its routes and without its look at the cookie on every page."""
    app.config.from_mapping(security_config(settings))
    hooks: tuple[dict[Any, list[Any]], ...] = (
        app.before_request_funcs,
        app.after_request_funcs,
        app.template_context_processors,
    )
    before = [list(hook[None]) for hook in hooks]
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, cast(Any, Staff), cast(Any, StaffRole)),
        register_blueprint=False,
        password_util_cls=StaffPasswords,
        totp_cls=cast(Any, partial(StaffCodes, clock=AppClock(app))),
    )
    for hook, kept in zip(hooks, before, strict=True):
        hook[None][:] = kept  # a page that never asks who is signed in must not depend on the cookie
    app.extensions["security"] = security
    app.extensions["sign_in_limits"] = SignInLimits(settings.instance / "limits", AppClock(app))


class AppClock:
    """The application's clock at the moment of asking, so that a test may set it later."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def now(self) -> datetime:
        """The present moment with tzinfo UTC."""
        found: Clock = self._app.extensions.get("clock") or SystemClock()
        return found.now().astimezone(UTC)


def security_config(settings: Settings) -> dict[str, object]:
    """Our settings in Flask-Security's words; what is not named here stays off."""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2_IN_TESTS if settings.testing else ARGON2,
        "SECURITY_PASSWORD_SALT": derived_key(settings.secret_key, "passwords"),
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_PASSWORD_CHECK_BREACHED": False,
        "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TOTP_SECRETS": {"1": derived_key(settings.secret_key, "authenticators")},
        "SECURITY_TOTP_ISSUER": settings.council_name.replace(":", " "),
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
    }


def derived_key(secret_key: str, purpose: str) -> str:
    """A key for one purpose, made from the secret in the instance folder: the database alone opens nothing."""
    made = HKDF(SHA256(), 32, salt=None, info=f"pbudget staff {purpose} v1".encode()).derive(secret_key.encode())
    return base64.b64encode(made).decode("ascii")


def clock() -> Clock:
    """The application's clock."""
    found: Clock = current_app.extensions.get("clock") or SystemClock()
    return found


def codes() -> StaffCodes:
    """The maker and checker of one-time codes."""
    made: StaffCodes = current_app.extensions["security"].totp_factory
    return made


def usable_password(typed: str, own_words: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong with a new password (empty when nothing is), and its normal form."""
    problems, normal = current_app.extensions["security"].password_util.validate(typed, True, own_words=own_words)
    return (problems[0] if problems else ""), normal


def hashed(password: str) -> str:
    """The argon2id hash of a password in its normal form."""
    with HASHING:
        return str(hash_password(password))


def password_fits(typed: str, stored: str | None) -> bool:
    """Whether a password is the stored one; takes as long when there is none to compare it with."""
    normal = current_app.extensions["security"].password_util.normalize(typed[: LONGEST * 4])
    with HASHING:
        return bool(verify_password(normal, stored or _nobodys_hash())) and stored is not None


def _nobodys_hash() -> str:
    """A hash that no password fits, made once a process at the cost of a real one."""
    kept: str | None = current_app.extensions.get("nobodys_hash")
    if kept is None:
        kept = str(hash_password(base64.b64encode(os.urandom(30)).decode()))
        current_app.extensions["nobodys_hash"] = kept
    return kept


def new_recovery_codes() -> list[str]:
    """Codes such as `4f2a-90bc-11de`, 48 random bits each."""
    return codes().generate_recovery_codes(RECOVERY_CODES)


def plain_recovery_code(typed: str) -> str:
    """A code as it is hashed, however it was typed."""
    return "".join(letter for letter in typed.lower() if letter in "0123456789abcdef")
