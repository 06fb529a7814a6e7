"""A round with ballots that has closed: what a count starts from.

vote = voted_round(app, [["skate"], ["skate", "swings"], []])       one ballot a place, closed
vote = counted_round(app, …)                                        and counted
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update

from pbudget.db import transaction
from pbudget.guard.queries import REPORT
from pbudget.jobs.actions import enqueue
from pbudget.jobs.models import Job
from pbudget.keys.actions import ids_of, load_key
from pbudget.keys.rules import slot_of
from pbudget.ledger.actions import append_ballot
from pbudget.results.counting import count_round
from pbudget.roll.models import RollEntry, RollImport
from pbudget.rounds.closing import close_round
from pbudget.rounds.opening import keys_folder
from tests.support.open_round import OWN, OpenRound, PotPlan, open_round

LETTERS = 2
Choices = Sequence[str] | Mapping[str, int]


def voted_round(
    app: Flask, ballots: Sequence[Choices | Mapping[str, Choices]], *, pots: Sequence[PotPlan] = (OWN,), **columns: Any
) -> OpenRound:
    """The round with these ballots cast, one for each place on the roll, and closed.

    A ballot is the choices of the first pot, or choices by pot.
    """
    vote = open_round(app, pots=pots, letters=min(LETTERS, len(ballots)), **columns)
    add_places(vote, len(ballots))
    for number, choices in enumerate(ballots):
        cast(vote, number, choices if is_by_pot(choices, pots) else {pots[0].slug: choices})
    close(vote)
    return vote


def add_places(vote: OpenRound, wanted: int) -> None:
    """Places on the roll without a letter, until there are as many as wanted."""
    with transaction() as session:
        roll = session.scalar(select(RollImport.id).where(RollImport.round_id == vote.id))
        for number in range(len(vote.entries), wanted):
            entry = f"{vote.id:08x}{number:024x}"
            place = {"ward_id": vote.wards[0], "import_id": roll, "number": number + 1, "place": 1}
            session.execute(insert(RollEntry).values(id=entry, round_id=vote.id, **place))
            vote.entries.append(entry)


def is_by_pot(choices: Any, pots: Sequence[PotPlan]) -> bool:
    return isinstance(choices, Mapping) and bool(choices) and set(choices) <= {pot.slug for pot in pots}


def cast(vote: OpenRound, number: int, contests: Mapping[str, Any], *, slot: str = "", channel: str = "online") -> str:
    """A ballot of the letter with this number, or of any slot; its tracker."""
    key = load_key(keys_folder(), vote.slug, "round", ids_of(keys_folder(), vote.slug))
    payload = {
        "v": 1,
        "round": vote.slug,
        "slot": slot or slot_of(key, f"roll:{vote.entries[number]}"),
        "ward": "X99000001",
        "channel": channel,
        "assurance": "code",
        "contests": dict(contests),
    }
    with transaction() as session:
        return append_ballot(session, vote.id, payload, secrets.token_hex(32)).tracker


def close(vote: OpenRound) -> None:
    vote.move_clock(vote.closes_at + timedelta(seconds=1))
    with transaction() as session:
        assert close_round(session, vote.id)


def counted_round(app: Flask, ballots: Sequence[Any], **given: Any) -> OpenRound:
    vote = voted_round(app, ballots, **given)
    count_round(vote.id, "system")
    give_up_reports(vote)
    return vote


def give_up_reports(vote: OpenRound) -> None:
    """Note that the reports on who took part could not be made: a test of the result does without them."""
    with transaction() as session:
        job = enqueue(session, REPORT, {"round": vote.id}, vote.id)
        session.execute(update(Job).where(Job.id == job).values(state="failed", message="Not made in this test."))
