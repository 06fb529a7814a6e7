"""How long a sign-in lasts, and how many failed ones are let through.

Nobody is ever shut out of an account by what others do: a failure counts against a network and an account together,
and against the network. Only when failures come from everywhere at once do those two limits become tight; a network
without a failure of its own may always try.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

IDLE = timedelta(minutes=30)
"""A sign-in ends after this time without a page."""
ABSOLUTE = timedelta(hours=12)
"""A sign-in ends after this time whatever happens."""
HALF_WAY = timedelta(minutes=10)
"""From the password to the code."""
SET_UP = timedelta(minutes=30)
"""From the one-time link to the first code."""
INVITATION = timedelta(hours=72)
"""How long a one-time link can be used."""
WRONG_CODES = 5
"""Wrong codes after one right password; then it is asked for again."""
RECOVERY_CODES = 8


class Limit(NamedTuple):
    """At most so many failures in a window of so many seconds, which begins with the first."""

    failures: int
    seconds: int


QUARTER = 15 * 60
TOGETHER = Limit(5, QUARTER)
"""One network on one account."""
NETWORK = Limit(60, QUARTER)
"""One network, all accounts: a whole town hall may sit behind one address."""
EVERYWHERE = Limit(100, QUARTER)
"""All failures; beyond it the two below hold instead."""
TOGETHER_UNDER_ATTACK = Limit(2, QUARTER)
NETWORK_UNDER_ATTACK = Limit(6, QUARTER)


def sign_in_holds(stage: str, started_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Whether a sign-in that began then and was last used then is still one now."""
    longest = {"full": ABSOLUTE, "password": HALF_WAY, "set-up": SET_UP}[stage]
    idle = IDLE if stage == "full" else longest
    return now - started_at < longest and now - seen_at < idle
