"""What must be true of the ledger when a fault is over: compared with what the voters themselves wrote down."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from pbudget.db import db
from pbudget.ledger.models import LedgerEntry
from pbudget.ledger.queries import ballot_totals, database_damage, verify_ledger
from pbudget.ledger.rules import tracker_of
from tests.faults.ground import Ground
from tests.faults.voters import Notes


@dataclass
class Findings:
    """The figures of a run, and everything that is not as it must be."""

    sent: int = 0
    acknowledged: int = 0
    stored: int = 0
    voters: int = 0
    retried: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the file of a long run."""
        return asdict(self)


def examine(ground: Ground, notes: Notes) -> Findings:
    """Verify the ledger and compare it, ballot by ballot, with what was sent and what was acknowledged."""
    with ground.looked_at():
        damage, verified = database_damage(), verify_ledger(ground.round_id)
        columns = select(LedgerEntry.idem, LedgerEntry.slot, LedgerEntry.payload, LedgerEntry.leaf)
        chosen = columns.where(LedgerEntry.kind == "ballot").order_by(LedgerEntry.seq)
        ballots = [Stored(*row) for row in db.session.execute(chosen)]
        totals = ballot_totals(ground.round_id)
    sent, seen = notes.read("sent"), notes.read("recorded")
    found = Findings(len(sent), len(seen), len(ballots), totals.counted, notes.retried, notes.refused)
    found.problems += [f"the database is damaged: {damage}"] if damage else []
    found.problems += [] if verified.ok else [f"verify: entry {verified.first_bad_seq}: {verified.reason}"]
    found.problems += lost(ballots, seen) + doubled(ballots) + strangers(ground, ballots, sent)
    slots = len({ballot.slot for ballot in ballots})
    found.problems += [] if slots == totals.counted else [f"{totals.counted} counted of {slots} slots"]
    return found


@dataclass(frozen=True)
class Stored:
    """A ballot as the table has it."""

    idem: str
    slot: str
    payload: str
    leaf: str

    @property
    def wish(self) -> dict[str, list[str]]:
        """What is recorded in each contest, empty ones left out."""
        contests: dict[str, list[str]] = json.loads(self.payload)["contests"]
        return {pot: sorted(ideas) for pot, ideas in contests.items() if ideas}


def lost(ballots: list[Stored], seen: list[dict[str, Any]]) -> list[str]:
    """Acknowledged ballots that the ledger has not, or has under another reference."""
    trackers = {ballot.idem: tracker_of(ballot.leaf) for ballot in ballots}
    missing = [line for line in seen if trackers.get(line["idem"]) != line["tracker"]]
    return [f"acknowledged and lost: {line['tracker']} of letter {line['letter']}" for line in missing]


def doubled(ballots: list[Stored]) -> list[str]:
    """One press of the button that became two ballots, whatever its revision: by the draft it was."""
    times = Counter(ballot.idem[:32] for ballot in ballots)
    return [f"the draft {draft} became {count} ballots" for draft, count in times.items() if count > 1]


def strangers(ground: Ground, ballots: list[Stored], sent: list[dict[str, Any]]) -> list[str]:
    """Ballots that nobody sent, or in another's name, or with other choices than were sent."""
    by_idem = {line["idem"]: line for line in sent}
    problems = []
    for ballot in ballots:
        line = by_idem.get(ballot.idem)
        if line is None:
            problems.append(f"nobody sent the ballot {ballot.idem}")
        elif ballot.slot != ground.slots[line["letter"]]:
            problems.append(f"the ballot {ballot.idem} is in another voter's slot")
        elif ballot.wish != {pot: ideas for pot, ideas in line["wish"].items() if ideas}:
            problems.append(f"the ballot {ballot.idem} says {ballot.wish}, sent was {line['wish']}")
    return problems
