"""How often a code may be tried: enough to make guessing hopeless, never so that one person can shut another out.

Expected hits of a guesser = tries a second x seconds x 2^-40: a guess must meet the 40-bit secret of the one selector
it names, so the number of letters sent does not help. Unlimited 1,000 tries a second for 28 days on codes of 50,000
letters: 0.0022. With the breaker of two cores, 38 a second: 0.00008. (spec/trust.md 2.6; test_rate_limit_math.)

Wrong codes are limited for a client network and a selector together, and for a client network. There is no limit for
a selector alone: whoever saw a letter's reference could use it to keep its owner from voting. While many networks
fail, each network's allowance drops; a network without failures is always heard.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pbudget.kit.clock import say_moment

SECRET_BITS = 40
SECONDS_PER_HASH = 0.052
SHARE_OF_RATE = 0.8


@dataclass(frozen=True)
class Limit:
    """At most `tries` in `seconds`, counted from the first."""

    tries: int
    seconds: int


PER_NETWORK_AND_SELECTOR = Limit(5, 15 * 60)
PER_NETWORK = Limit(20, 60)
PER_NETWORK_UNDER_ATTACK = Limit(3, 60)
EVERYWHERE = Limit(120, 60)
"""Wrong codes from all networks together; more than this is an attack."""


def breaker_rate(measured_per_second: float) -> int:
    """Codes checked a second at most, from what the machine can hash: 0.8 of it, at least one."""
    return max(1, int(SHARE_OF_RATE * measured_per_second))


def expected_hits(tries_per_second: float, days: float) -> float:
    """How many codes a guesser finds: `expected_hits(1000, 28)` is 0.0022."""
    return tries_per_second * days * 86_400 / float(2**SECRET_BITS)


def say_wait(until: datetime, now: datetime) -> str:
    """When to try again: `in 1 minute`, `in 15 minutes`, or the hour and day when it is further off."""
    left = until - now
    if left >= timedelta(hours=1):
        return f"after {say_moment(until)}"
    minutes = max(1, -(-left // timedelta(minutes=1)))
    return f"in {minutes} minute" + ("" if minutes == 1 else "s")
