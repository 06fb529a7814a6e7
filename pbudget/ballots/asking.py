"""How many links may be asked for, counted for all processes of a machine in a file beside the database.

As with wrong codes, what is counted stands under a keyed hash whose key changes each day: the file names no network
and no address.
"""

from datetime import UTC, datetime
from pathlib import Path

from flask import current_app
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter

from pbudget.ballots.rules.contacts import EVERYWHERE, PER_ADDRESS, PER_NETWORK, PER_NETWORK_UNDER_ATTACK
from pbudget.config import Settings
from pbudget.kit.clock import Clock
from pbudget.kit.errors import BadInput
from pbudget.kit.networks import network_of
from pbudget.roll.identify import clock
from pbudget.roll.rules.limits import Limit, say_wait
from pbudget.web.counts import SharedCounts


class TooManyLinks(BadInput):
    """Too many links were asked for from this connection; the message says when to try again."""


class AskLimits:
    """Who may ask for a link now, for one installation on one machine."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._counts = SharedCounts(folder / "links.sqlite", clock)
        self._limiter = FixedWindowRateLimiter(self._counts)

    def note_request(self, client: str | None) -> None:
        """Count a request from this client's network. Raises TooManyLinks where there were too many."""
        who = self._name("network", network_of(client))
        calm = self._limiter.hit(_item(EVERYWHERE), "everywhere")
        limit = _item(PER_NETWORK if calm else PER_NETWORK_UNDER_ATTACK)
        if self._limiter.hit(limit, who):
            return
        until = datetime.fromtimestamp(self._limiter.get_window_stats(limit, who).reset_time, UTC)
        raise TooManyLinks(
            f"Too many links were asked for from your connection. Try again {say_wait(until, self._clock.now())}"
        )

    def may_send_to(self, contact: str) -> bool:
        """Count an e-mail to this contact point; False where it has had enough for now."""
        return self._limiter.hit(_item(PER_ADDRESS), self._name("contact", contact))

    def _name(self, kind: str, who: str) -> str:
        return self._counts.name_of(kind, who)


def ask_limits() -> AskLimits:
    """The limits of this installation."""
    if "ask_limits" not in current_app.extensions:
        settings: Settings = current_app.extensions["settings"]
        current_app.extensions["ask_limits"] = AskLimits(settings.instance / "limits", clock())
    limits: AskLimits = current_app.extensions["ask_limits"]
    return limits


def _item(limit: Limit) -> RateLimitItem:
    return RateLimitItemPerSecond(limit.tries, limit.seconds)
