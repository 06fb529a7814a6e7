"""What a council can decide once it has read the reports, and until when a result is held for its councillors.

held_until(Friday 24 December 2027)  ->  Wednesday 12 January 2028: ten working days of England on
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pbudget.kit.clock import say_day
from pbudget.kit.working_days import working_day_after

HELD_FOR = 10
"""Working days; then the result is published with a caveat, so that holding cannot itself become capture."""


@dataclass(frozen=True)
class Choice:
    """One decision: what officers choose, what residents read, and whether it certifies the result."""

    title: str
    meaning: str
    certifies: bool


CHOICES = {
    "certify": Choice("Certify the result", "The result stands as counted.", True),
    "hold": Choice(
        "Hold it for the ward councillors",
        "The ward councillors look at the report. If nobody decides by the day below, the result is published with a "
        "caveat.",
        False,
    ),
    "conditions": Choice(
        "Fund with conditions", "The projects are funded, with the conditions that the reason names.", True
    ),
    "reserve": Choice("Use a reserve", "The result stands, and a project that lost out is paid from a reserve.", True),
    "annul": Choice("Annul and repeat", "The vote is annulled under the rule that was fixed before it opened.", False),
}


def held_until(decided_on: date) -> date:
    """The last of ten working days of England after this one."""
    return working_day_after(decided_on, HELD_FOR)


def why_not_hold(phase: str, earlier: Sequence[str]) -> str:
    """Why a result cannot be held; empty where it can: once, and before it is published."""
    if phase == "published":
        return "The result is published already, so it cannot be held."
    return "The result was held once already. Decide what follows, or let it be published." if "hold" in earlier else ""


def is_held(decision: str, until: date | None, today: date) -> bool:
    """Whether the latest decision still keeps the result from being published: to the end of its last day."""
    return decision == "hold" and until is not None and today <= until


def has_run_out(decision: str, until: date | None, today: date) -> bool:
    """Whether the result was held, the days are over and nobody has decided since."""
    return decision == "hold" and until is not None and today > until


def caveat_of(until: date) -> str:
    """What residents read with a result that nobody decided on in time."""
    return (
        f"It was held until {say_day(until)} for the ward councillors to look at who took part. Nobody decided by "
        "then, so it is published as it was counted. Read the report on who took part beside it."
    )
