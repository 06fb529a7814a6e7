"""Whether a clock can be trusted with closing a round.

clock_problem(5pm by the database, machine=4:59:59pm, latest_known=6am)   ->  ""
clock_problem(5pm by the database, machine=4:40pm, latest_known=6am)      ->  "The clocks differ by 20 minutes …"
Source: spec/trust.md, fault 8: a step of more than 2 s raises an alarm and nothing closes by itself.
"""

from datetime import datetime, timedelta

from pbudget.kit.clock import say_moment

TOLERANCE = timedelta(seconds=2)


def clock_problem(now: datetime, *, machine: datetime, latest_known: datetime) -> str:
    """Why nothing closes by itself at this moment; empty when the clocks agree to 2 s and have not moved backwards."""
    apart = abs(now - machine)
    if apart > TOLERANCE:
        return (
            f"The database's clock and this machine's differ by {round(apart.total_seconds()):,} seconds. "
            "Mend the clocks; the round then closes by itself, or two officers close it."
        )
    if latest_known - now > TOLERANCE:
        return (
            f"The clock has moved backwards: the ledger was signed at {say_moment(latest_known)}. "
            "Mend the clock; the round then closes by itself, or two officers close it."
        )
    return ""


def step_problem(moved: float) -> str:
    """Why nothing closes by itself after the machine's clock was set by so many seconds; empty when it was not."""
    if abs(moved) <= TOLERANCE.total_seconds():
        return ""
    way = "forwards" if moved > 0 else "backwards"
    return (
        f"This machine's clock was set {way} by {abs(moved):,.0f} seconds. If it is right now, restart the worker; "
        "else mend it. Until then no round closes by itself; two officers can close it."
    )
