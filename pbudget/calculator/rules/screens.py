"""A shared screen: staff set it up for one budget, and answers begun on it say so.

set up at a hub                    ->  kiosk, until the budget closes or staff sign in on it again
set up for a road show on 3 March  ->  roadshow on 3 March, online from 4 March on
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

KIOSK, ROADSHOW, ONLINE = "kiosk", "roadshow", "online"
PLACES: Mapping[str, str] = {KIOSK: "At a hub", ROADSHOW: "At a road show, today only"}


@dataclass(frozen=True)
class Screen:
    """What a browser was set up for: one budget, where it stands, and the day in London on which that was done."""

    budget: str
    channel: str
    day: str


def screen_as_kept(screen: Screen) -> dict[str, str]:
    """As the signed cookie keeps it."""
    return {"budget": screen.budget, "channel": screen.channel, "day": screen.day}


def screen_in(kept: Any, budget: str, today: date) -> Screen | None:
    """The screen this browser is for this budget today; None where it is nobody's but its owner's."""
    if not isinstance(kept, dict) or kept.get("budget") != budget or kept.get("channel") not in PLACES:
        return None
    if kept["channel"] == ROADSHOW and kept.get("day") != today.isoformat():
        return None
    return Screen(budget, kept["channel"], str(kept.get("day", "")))
