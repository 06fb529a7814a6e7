"""What changed after a round opened, as its page says it: from the public entries of its ledger.

{"what": "withdraw", "title": "Skate park", "reason": "The site was sold."}
-> Notice("Proposal withdrawn: Skate park", "The site was sold. It cannot win. …", "2027-03-05T10:00:00Z")
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from pbudget.kit.clock import say_moment
from pbudget.rounds.rules.extension import OUTREACH


class PublicEntry(Protocol):
    """An entry of the ledger as anyone may read it."""

    @property
    def kind(self) -> str: ...  # noqa: D102 - the words say it
    @property
    def body(self) -> dict[str, Any] | None: ...  # noqa: D102


class Notice(NamedTuple):
    """One thing that changed: what, why, and when (UTC)."""

    title: str
    text: str
    at: datetime


def notices_of(entries: Iterable[PublicEntry]) -> list[Notice]:
    """Everything a reader of the round's page should know that is not in the manifest, the latest first."""
    found = [notice for entry in entries if entry.body and (notice := _notice(entry.kind, entry.body))]
    return sorted(found, key=lambda notice: notice.at, reverse=True)


def _notice(kind: str, body: Mapping[str, Any]) -> Notice | None:
    written = _amendment(body) if kind == "amend" else _act(kind, body)
    return Notice(*written, datetime.fromisoformat(body["utc"])) if written and "utc" in body else None


def _amendment(body: Mapping[str, Any]) -> tuple[str, str] | None:
    if body.get("what") == "withdraw":
        what_follows = "It cannot win. Ballots that name it stand, and count for everything else on them."
        return f"Proposal withdrawn: {body['title']}", f"{_sentence(body['reason'])} {what_follows}"
    if body.get("what") == "restore":
        lost = f"{body['lost']:,} {'entry' if body['lost'] == 1 else 'entries'}"
        return "Votes were lost", (
            f"The vote was restored from a backup with {body['entries']:,} entries in its list; {body['known']:,} had "
            f"been recorded, so {lost} are lost. If “Check my reference” does not find your reference, vote again."
        )
    return ("Correction", body["text"]) if body.get("what") == "correct" else None


def _act(kind: str, body: Mapping[str, Any]) -> tuple[str, str] | None:
    if kind == "extend":
        until = say_moment(datetime.fromisoformat(body["to"]))
        return f"Voting was extended until {until}", " ".join([_sentence(body["reason"]), *_outreach(body)])
    if kind == "annul":
        return "The vote was annulled", _sentence(body["reason"])
    if kind == "close" and body.get("early"):
        return "Voting was closed early", _sentence(str(body.get("reason", "")))
    return None


def _outreach(body: Mapping[str, Any]) -> list[str]:
    """What is done with the time, where that was said."""
    said = body.get("outreach", {})
    return [f"{title}: {_sentence(said[name])}" for name, title in OUTREACH.items() if name in said]


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
