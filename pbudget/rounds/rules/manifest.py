"""The manifest: everything that is settled when a round opens, in one canonical text that anybody can hash.

manifest_bytes(frozen)  ->  b'{"annul_rule":"…","assurance":"code",…}'     RFC 8785, no fractions, money in pence
Its SHA-256 starts the ledger's chain, so that no later vote can belong to another budget, rule or list of proposals.
Source: spec/trust.md 3.2.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rfc8785

from pbudget.balance import clusters, quorum
from pbudget.balance.clusters import Cluster
from pbudget.balance.published import as_published
from pbudget.balance.quorum import Quorum, RoundQuorum
from pbudget.balance.thresholds import Thresholds
from pbudget.rounds.rules.counting import rule_as_json
from pbudget.rounds.rules.dates import say_utc, say_with_zone
from pbudget.rounds.rules.extension import decision_due, latest_close
from pbudget.tally.rules.rule import Rule

VERSION = 1


@dataclass(frozen=True)
class FrozenProposal:
    """A proposal as it stands on the ballot; the cost in the smallest unit of the currency."""

    reference: str
    title: str
    cost: int


@dataclass(frozen=True)
class FrozenPot:
    """A pot, what its ballots look like and how it is counted; `ward` is a code, or None for the whole borough."""

    slug: str
    name: str
    ward: str | None
    amount: int
    units: int
    ballot_type: str
    most_choices: int | None
    most_points: int | None
    rule: Rule
    proposals: tuple[FrozenProposal, ...]


@dataclass(frozen=True)
class FrozenRound:
    """Everything the manifest says. `roll` is entries by ward code; moments are UTC; `keys` as KeyIds writes them.

    `codes_fp` is SHA-256 of the sorted hashes of every voting code there is; empty where a round has none.
    """

    slug: str
    name: str
    place: str
    currency: str
    opens_at: datetime
    closes_at: datetime
    pots: tuple[FrozenPot, ...]
    assurance: str
    contact_point: str
    codes_per_address: int
    channels: tuple[str, ...]
    roll: Mapping[str, int]
    publish: str
    publish_reason: str
    challenge_days: int
    annul_rule: str
    unawarded: str
    witnesses: tuple[str, ...]
    documents: Mapping[str, str]
    keys: Mapping[str, str]
    tested: str
    software: str
    codes_fp: str = ""
    youngest_age: int = 16
    oldest_age: int | None = None
    reminder_days: int | None = None
    extension_days: int | None = None
    questions: tuple[Mapping[str, Any], ...] = ()
    """What voters are asked about themselves after the vote, as Question writes itself down."""
    software_sha256: str = ""
    """Which program it is: kit/fingerprints.py."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    """What the guard will judge by."""
    quorum: RoundQuorum = field(default_factory=lambda: RoundQuorum(Quorum()))
    """How many must take part in each contest."""
    clusters: tuple[Cluster, ...] = ()
    """Wards that are looked at together."""


def manifest_of(frozen: FrozenRound) -> dict[str, Any]:
    """The manifest as JSON values: text, whole numbers, lists and objects only; clusters only where there are any."""
    joined = {"clusters": clusters.as_published(frozen.clusters)} if frozen.clusters else {}
    return {
        **joined,
        "v": VERSION,
        "round": frozen.slug,
        "name": frozen.name,
        "place": frozen.place,
        "opens": _moment(frozen.opens_at),
        "closes": _moment(frozen.closes_at),
        "extension_at_close": _extension(frozen),
        "currency": frozen.currency,
        "pots": [_pot(pot) for pot in frozen.pots],
        "unawarded_money": frozen.unawarded,
        "voters": _voters(frozen),
        "channels": list(frozen.channels),
        "questions": [dict(each) for each in frozen.questions],
        "guard": {"thresholds": as_published(frozen.thresholds), "version": frozen.thresholds.version},
        "quorum": quorum.as_published(frozen.quorum, [pot.slug for pot in frozen.pots]),
        "publish": {"form": frozen.publish, "reason": frozen.publish_reason},
        "challenge_days": frozen.challenge_days,
        "annul_rule": frozen.annul_rule,
        "witnesses": list(frozen.witnesses),
        "documents": dict(frozen.documents),
        "keys": dict(frozen.keys),
        "logic_and_accuracy_test": frozen.tested,
        "software": {"name": "pbudget", "version": frozen.software, "sha256": frozen.software_sha256},
    }


def _extension(frozen: FrozenRound) -> dict[str, Any] | None:
    """Whether, by when and how far voting can be extended at its closing time; None is not at all."""
    days = frozen.extension_days
    if not days:
        return None
    decided, latest = decision_due(frozen.closes_at), latest_close(frozen.closes_at, days)
    return {"most_days": days, "decided_by": _moment(decided), "latest": _moment(latest)}


def _voters(frozen: FrozenRound) -> dict[str, Any]:
    return {
        "assurance": frozen.assurance,
        "contact_point": frozen.contact_point,
        "codes_per_address": frozen.codes_per_address,
        "ages": {"youngest": frozen.youngest_age, "oldest": frozen.oldest_age},
        "reminder_days_before_close": frozen.reminder_days,
        "roll": dict(frozen.roll),
        "codes_fp": frozen.codes_fp,
    }


def _moment(moment: datetime) -> dict[str, str]:
    return {"utc": say_utc(moment), "local": say_with_zone(moment)}


def _pot(pot: FrozenPot) -> dict[str, Any]:
    return {
        "id": pot.slug,
        "name": pot.name,
        "ward": pot.ward,
        "amount": pot.amount,
        "units": pot.units,
        "ballot": {"type": pot.ballot_type, "most_choices": pot.most_choices, "most_points": pot.most_points},
        "rule": rule_as_json(pot.rule),
        "rule_in_words": pot.rule.description(),
        "proposals": [_proposal(each) for each in pot.proposals],
    }


def _proposal(proposal: FrozenProposal) -> dict[str, Any]:
    digest = hashlib.sha256(proposal.title.encode()).hexdigest()
    return {"id": proposal.reference, "cost": proposal.cost, "title": proposal.title, "title_sha256": digest}


def manifest_bytes(frozen: FrozenRound) -> bytes:
    """The manifest in the one form of RFC 8785: the bytes that are published and hashed."""
    return rfc8785.dumps(manifest_of(frozen))


def digest_of(manifest: bytes) -> str:
    """SHA-256 of the manifest's bytes."""
    return hashlib.sha256(manifest).hexdigest()


def contest_digest(pots: tuple[FrozenPot, ...]) -> str:
    """SHA-256 of what a logic-and-accuracy test depends on: pots, proposals, ballots and rules."""
    return hashlib.sha256(rfc8785.dumps([_pot(pot) for pot in pots])).hexdigest()
