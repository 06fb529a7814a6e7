"""When publicity is held back. Pure.

from Monday 22 March to Thursday 6 May 2027: held back from the first minute of the Monday to the last of the Thursday,
London time.
"""

from datetime import date, datetime

from pbudget.kit.clock import LONDON

LONGEST_DAYS = 100
"""Twice the longest in use: a slip in the year would otherwise hide things for a year."""


def is_within(first_day: date, last_day: date, now: datetime) -> bool:
    """Whether a moment (UTC) lies in these days, both included."""
    return first_day <= now.astimezone(LONDON).date() <= last_day


def problem_of_days(first_day: date, last_day: date, today: date) -> str:
    """Why these days cannot be set; empty when they can."""
    if last_day < first_day:
        return "The last day must be the first day or later"
    if last_day < today:
        return "The last day must be today or later"
    if (last_day - first_day).days > LONGEST_DAYS:
        return f"A pre-election period is at most {LONGEST_DAYS} days here. Check the dates"
    return ""
