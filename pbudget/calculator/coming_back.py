"""Coming back with a code. Codes cannot be guessed: 60 random bits; tries are limited per network all the same."""

from datetime import UTC, datetime

from flask import current_app
from limits import RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter

from pbudget.calculator.answering import draft_of_code
from pbudget.config import Settings
from pbudget.db import db
from pbudget.kit.errors import BadInput
from pbudget.kit.networks import network_of
from pbudget.roll.identify import clock
from pbudget.roll.rules.codes import parse_code
from pbudget.roll.rules.limits import say_wait
from pbudget.web.counts import SharedCounts

TRIES = RateLimitItemPerSecond(20, 600)


class CodeUnknown(BadInput):
    """Nothing is saved under this code; the message says what to check."""


class TooManyCodes(BadInput):
    """Too many wrong codes came from this connection; the message says when to try again."""


def draft_for_code(budget_id: int, typed: str, client: str | None) -> str:
    """The id of the draft saved under a code. Raises BadInput (what to check) and TooManyCodes."""
    code = parse_code(typed[:200], "saved page")
    settings: Settings = current_app.extensions["settings"]
    counts = SharedCounts(settings.instance / "limits" / "budgets.sqlite", clock())
    limiter, who = FixedWindowRateLimiter(counts), counts.name_of("network", network_of(client))
    if not limiter.test(TRIES, who):
        until = datetime.fromtimestamp(limiter.get_window_stats(TRIES, who).reset_time, UTC)
        raise TooManyCodes(
            f"Too many wrong codes came from your connection. Try again {say_wait(until, clock().now())}"
        )
    found = draft_of_code(budget_id, code, settings.secret_key, db.session())
    if found is None:
        limiter.hit(TRIES, who)
        raise CodeUnknown("Nothing is saved under this code for this budget. Check the code, or start again")
    return found
