"""What of a result may be published, and when what comes next may happen.

    form_of("ballots", 3,412 ballots, 180 unlike any other)   "ballots"
    form_of("ballots", 3,412 ballots, 800 unlike any other)   "totals": 23 % could be found again by their pattern
    form_of("ballots", 84 ballots, 2 unlike any other)        "totals": under 100 ballots

A file of every ballot is a receipt for anyone told to vote in a pattern: above 10 % unlike any other, or under 100
ballots, the scores are published and the file goes to the auditor. Source: issue item 6; spec/trust.md 2.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from pbudget.tally.election import Election

FEWEST_BALLOTS = 100
MOST_UNIQUE = Fraction(1, 10)
SMALLEST_CELL = 10
BALLOTS, TOTALS = "ballots", "totals"


def unique_ballots(election: Election) -> int:
    """How many ballots say what no other ballot says."""
    return sum(1 for ballot in election.classes if ballot.times == 1)


def gives_voters_away(ballots: int, unique: int) -> str:
    """Why a file of these ballots would show too much, in a sentence; empty when it would not."""
    if ballots < FEWEST_BALLOTS:
        return f"it has fewer than {FEWEST_BALLOTS} ballots"
    if unique > MOST_UNIQUE * ballots:
        return f"{unique:,} of its {ballots:,} ballots are unlike any other, more than 1 in 10"
    return ""


def form_of(stated: str, ballots: int, unique: int, *, decided_otherwise: bool = False) -> str:
    """`ballots` or `totals`: what the manifest said, unless the file would give voters away and nobody decided so."""
    if stated == BALLOTS and (decided_otherwise or not gives_voters_away(ballots, unique)):
        return BALLOTS
    return TOTALS


@dataclass(frozen=True)
class Cell:
    """One line of a published table; `count` None reads "fewer than 10"."""

    name: str
    count: int | None


def channel_cells(counts: Mapping[str, int]) -> list[Cell]:
    """Ballots by channel, none below 10 and none that can be worked out from the total; empty where nothing is left.

    {"online": 812, "kiosk": 4, "paper": 96}  ->  online 812, kiosk and paper not given: 4 alone would be the rest.
    """
    used = {name: count for name, count in counts.items() if count}
    hidden = {name for name, count in used.items() if count < SMALLEST_CELL}
    shown = sorted((name for name in used if name not in hidden), key=lambda name: (used[name], name))
    if hidden and sum(used[name] for name in hidden) < SMALLEST_CELL and shown:
        hidden.add(shown.pop(0))
    if not shown:
        return []
    return [Cell(name, None if name in hidden else count) for name, count in used.items()]


def last_challenge_day(published: date, days: int) -> date:
    """The last day on which the result can be challenged: `days` calendar days after the day it was published."""
    return published + timedelta(days=days)


def seal_problem(last_day: date, today: date, *, demo: bool) -> str:
    """Why a round cannot be sealed today; empty when it can. In a demonstration nobody waits for the days to pass."""
    if demo or today > last_day:
        return ""
    return f"The result can be challenged until the end of {last_day.day} {last_day:%B %Y}. Seal the round after that."


def percent(part: int, whole: int) -> str:
    """A share to one decimal, half up: `23.4%`; `not known` where there is no whole."""
    if not whole:
        return "not known"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"
