"""A phone with an authenticator app, and a clock that a test moves on."""

import re
from datetime import timedelta
from urllib.parse import unquote

from flask import Flask
from passlib.totp import TOTP

from pbudget.accounts.security import AppClock
from pbudget.kit.clock import FixedClock
from tests.support.pages import Page

GOOD_PASSWORD = "purple kettle drifts north"


class Phone:
    """Knows the key that the set-up page shows in letters, and nothing else of the service."""

    def __init__(self, app: Flask, page: Page) -> None:
        key = re.sub(r"\W", "", page.one("kbd.staff-key").get_text())
        self.app, self._totp = app, TOTP(key)

    def code(self) -> str:
        """What the app shows now."""
        return str(self._totp.generate(time=int(AppClock(self.app).now().timestamp())).token)


def stop_clock(app: Flask, forward: timedelta = timedelta(0)) -> None:
    """Stop the application's clock where it is, or so much later."""
    app.extensions["clock"] = FixedClock(AppClock(app).now() + forward)


def next_code(app: Flask, phone: Phone) -> str:
    """Half a minute later, the code shown then."""
    stop_clock(app, timedelta(seconds=30))
    return phone.code()


def path_of(link: str) -> str:
    """The path of an address that the command line printed."""
    return unquote("/" + link.split("/", 3)[3]).strip()
