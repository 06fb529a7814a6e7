"""What the application needs of this room before its first request."""

from flask import Flask

from pbudget.accounts.queries import current_staff, real_roll
from pbudget.accounts.security import init_security
from pbudget.config import Settings


def init_accounts(app: Flask, settings: Settings) -> None:
    """Passwords and codes, who is signed in for `@roles`, and what ends a demonstration."""
    app.extensions.setdefault("signs_of_real_use", []).append(real_roll)
    app.extensions["current_staff"] = current_staff
    init_security(app, settings)
