"""Failed sign-ins of all processes of a machine: counted by network and account together, and by network alone."""

from datetime import UTC, datetime
from pathlib import Path

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter

from pbudget.accounts.rules import limits as rules
from pbudget.accounts.rules.limits import Limit
from pbudget.kit.clock import Clock
from pbudget.web.counts import SharedCounts


class SignInLimits:
    """Who may try to sign in now, for one installation on one machine."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._counts = SharedCounts(folder / "failed-sign-ins.sqlite", clock)
        self._limiter = FixedWindowRateLimiter(self._counts)

    def wait_until(self, network: str, account: str) -> datetime | None:
        """None if this network may try this account now; else when it may (UTC)."""
        together, alone = self._names(network, account)
        calm = self._limiter.test(_item(rules.EVERYWHERE), "everywhere")
        limits = [
            (_item(rules.TOGETHER if calm else rules.TOGETHER_UNDER_ATTACK), together),
            (_item(rules.NETWORK if calm else rules.NETWORK_UNDER_ATTACK), alone),
        ]
        ends = [self._limiter.get_window_stats(*limit).reset_time for limit in limits if not self._limiter.test(*limit)]
        return datetime.fromtimestamp(max(ends), UTC) if ends else None

    def note_failure(self, network: str, account: str) -> None:
        """Count a failed sign-in."""
        together, alone = self._names(network, account)
        for limit in (rules.TOGETHER, rules.TOGETHER_UNDER_ATTACK):
            self._limiter.hit(_item(limit), together)
        for limit in (rules.NETWORK, rules.NETWORK_UNDER_ATTACK):
            self._limiter.hit(_item(limit), alone)
        self._limiter.hit(_item(rules.EVERYWHERE), "everywhere")

    def note_success(self, network: str, account: str) -> None:
        """Forget the failures of one network on one account: the right person mistyped."""
        together, _ = self._names(network, account)
        for limit in (rules.TOGETHER, rules.TOGETHER_UNDER_ATTACK):
            self._limiter.clear(_item(limit), together)

    def _names(self, network: str, account: str) -> tuple[str, str]:
        return self._counts.name_of(network, account.strip().lower()), self._counts.name_of(network)


def _item(limit: Limit) -> RateLimitItem:
    return RateLimitItemPerSecond(limit.failures, limit.seconds)
