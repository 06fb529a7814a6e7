"""The guide for whoever looks after accounts says what is true."""

import re

from pbudget.accounts.cli import staff
from pbudget.accounts.rules import limits
from pbudget.accounts.rules.passwords import SHORTEST
from pbudget.config import ROOT
from pbudget.web.access import ROLES

GUIDE = (ROOT / "docs" / "staff-accounts.md").read_text(encoding="utf-8")


def test_every_command_in_the_guide_exists_and_every_command_is_in_it():
    assert set(re.findall(r"pbudget staff ([a-z-]+)", GUIDE)) == set(staff.commands)


def test_every_option_in_the_guide_exists():
    known = {option for command in staff.commands.values() for each in command.params for option in each.opts}
    assert set(re.findall(r"(--[a-z]+)", GUIDE)) <= known


def test_every_role_is_in_the_guide():
    assert re.findall(r"(?m)^\| (officer|councillor|steward|auditor) \|", GUIDE) == list(ROLES)


def test_the_numbers_in_the_guide_are_those_of_the_code():
    hours, minutes = limits.ABSOLUTE.total_seconds() / 3600, limits.IDLE.total_seconds() / 60
    assert f"{minutes:.0f} minutes without opening a page, {hours:.0f} hours in any case" in GUIDE
    assert f"{SHORTEST} characters or more" in GUIDE
    assert f"{limits.RECOVERY_CODES} recovery codes" in GUIDE
    assert f"After {limits.TOGETHER.failures} wrong passwords" in GUIDE
    assert limits.INVITATION.days == 3
