"""What each role finds on the page staff start from. A room adds its line to TASKS; the page needs nothing else."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import current_app

from pbudget.web.access import StaffView


class Task(NamedTuple):
    """One line of the list: under which heading, what it is called, what one does there, which page, for which roles.

    The page's endpoint takes no arguments. A line whose page is not there (a room that is switched off) is left out.
    """

    heading: str
    text: str
    hint: str
    endpoint: str
    roles: frozenset[str]


EVERYBODY = frozenset({"officer", "councillor", "steward", "auditor"})
HEADINGS = ("Rounds", "Budget", "Suggestions", "At a hub or road show", "Records", "You")
"""The order of the headings."""
TASKS = [
    Task(
        "Rounds",
        "Rounds",
        "Set up, open, follow and end a vote",
        "staff_rounds.round_list",
        frozenset({"officer", "auditor"}),
    ),
    Task(
        "Rounds",
        "Approvals",
        "What waits for a second officer",
        "approvals.approval_list",
        frozenset({"officer", "auditor"}),
    ),
    Task(
        "Rounds",
        "The time before an election",
        "Hold publicity back, from when to when and why",
        "publicity.switch",
        frozenset({"officer", "auditor"}),
    ),
    Task(
        "Budget",
        "Budgets to balance",
        "Load, open and close a budget for residents, read what they chose",
        "staff_budgets.every_budget",
        frozenset({"officer", "auditor"}),
    ),
    Task(
        "At a hub or road show",
        "A screen for residents",
        "Let them balance the budget on this device, one after the other",
        "budget_screens.choose",
        frozenset({"officer", "steward"}),
    ),
    Task(
        "At a hub or road show",
        "Help for residents",
        "The phone line and the hubs that every page names",
        "hubs.staff_help",
        frozenset({"officer"}),
    ),
    Task("Records", "Audit log", "What staff did, day by day", "accounts.audit_log", frozenset({"officer", "auditor"})),
    Task("You", "Your account", "Password, recovery codes, signing out everywhere", "accounts.account", EVERYBODY),
]


def tasks_of(staff: StaffView) -> Sequence[tuple[str, Sequence[Task]]]:
    """The headings with the lines this person may use, without empty ones."""
    there = [each for each in TASKS if each.roles & staff.roles and each.endpoint in current_app.view_functions]
    mine = {each.endpoint: each for each in reversed(there)}  # two roles, one page: the first line of it
    grouped = [(heading, [each for each in reversed(mine.values()) if each.heading == heading]) for heading in HEADINGS]
    return [(heading, lines) for heading, lines in grouped if lines]
