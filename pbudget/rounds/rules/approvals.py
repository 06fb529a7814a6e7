"""Who may approve what another officer asked for.

Asked at 9:00 by A. B, invited by C a year ago, signed in again at 9:58, may approve at 10:00 what still has the same
hash. A may not (two officers), nor D whom A invited, nor E whose account is 71 hours old, nor anybody after 24 hours.
Source: design of the two-officer rule in docs/adr/0014-two-officers.md; ASVS 5.0 2.3.5 and 7.5.3.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rfc8785

LASTS = timedelta(hours=24)
OLD_ENOUGH = timedelta(hours=72)
FRESH_SECONDS = 15 * 60
"""How long ago password and code may have been given when somebody approves."""


@dataclass(frozen=True)
class Asked:
    """A request: who asked and when (UTC)."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Officer:
    """Who wants to approve: their id, since when they have an account (UTC), and who invited them."""

    id: str
    created_at: datetime
    invited_by: str


def why_not(asked: Asked, officer: Officer, now: datetime, *, demo: bool = False) -> str:
    """Why this officer may not approve this request now, in a sentence; empty when they may.

    In a demonstration, whose officers were all made minutes ago by one command, age and invitation do not count.
    """
    if has_expired(asked.at, now):
        return "This request is more than 24 hours old. Ask for a new one."
    if officer.id == asked.by:
        return "You asked for this yourself. Another officer has to approve it."
    if demo:
        return ""
    if officer.invited_by == asked.by:
        return "The officer who asked for this invited you to this service. Somebody else has to approve it."
    if now - officer.created_at < OLD_ENOUGH:
        return "Your account is less than 72 hours old. An officer with an older account has to approve this."
    return ""


def has_expired(asked_at: datetime, now: datetime) -> bool:
    """Whether a request can no longer be approved: 24 hours after it was made."""
    return now - asked_at >= LASTS


def hash_of(act: str, round_slug: str, subject: Mapping[str, Any]) -> str:
    """SHA-256 of exactly what is approved: the act, the round and every value the act will use."""
    said = {"act": act, "round": round_slug, "subject": dict(subject)}
    return hashlib.sha256(b"pbudget-approval-v1\0" + rfc8785.dumps(said)).hexdigest()  # type: ignore[arg-type]  # callers pass plain JSON values
