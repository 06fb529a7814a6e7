"""How screens speak of roles and of entries in the audit log."""

import json
import re
from collections.abc import Mapping
from datetime import date

from pbudget.audit.rules import AuditLine
from pbudget.kit.clock import say_day
from pbudget.kit.fingerprints import short
from pbudget.web.access import ROLES, StaffView

SENTENCES = {
    "officer": "You set rounds up, run them and publish their results.",
    "councillor": "You read and answer what residents of your own wards send.",
    "steward": "You help residents to vote at a hub or a road show.",
    "auditor": "You read every setting and every log.",
}
ACTED = {"system": "The service itself", "console": "The command line", "demo": "The demonstration"}
FURTHER = {"hash": "fingerprint"}
HASH = re.compile("[0-9a-f]{64}")
NOTHING_ELSE = "You cannot change anything."


def role_words(staff: StaffView) -> str:
    """`officer`, or `officer and auditor`."""
    return " and ".join(role for role in ROLES if role in staff.roles)


def role_sentence(staff: StaffView) -> str:
    """What the roles are for, one sentence each."""
    said = [SENTENCES[role] for role in ROLES if role in staff.roles]
    return " ".join([*said, NOTHING_ELSE] if staff.roles == {"auditor"} else said)


def audit_day(line: AuditLine) -> str:
    """The day of an entry: the log never says the minute."""
    return say_day(date.fromisoformat(line.day))


def audit_words(line: AuditLine, labels: Mapping[str, str]) -> str:
    """What an act was done to, and its further words: `Test officer 2, roles: officer`."""
    detail = json.loads(line.detail)
    subject = labels.get(line.subject, line.subject)
    said = [f"{FURTHER.get(name, name).replace('_', ' ')}: {_say(value, labels)}" for name, value in detail.items()]
    return ", ".join([*([subject] if subject else []), *said])


def audit_actor(line: AuditLine, labels: Mapping[str, str]) -> str:
    """Who did it: an account, or what acted by itself."""
    return labels.get(line.actor) or ACTED.get(line.actor, line.actor)


def _say(value: object, labels: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return " and ".join(str(each) for each in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = labels.get(str(value), str(value))
    return short(text) if HASH.fullmatch(text) else text
