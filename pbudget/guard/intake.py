"""Intake counters, kept by the worker: every five minutes, how many ballots more the ledger has by way of voting.

Casting writes nothing for them. They are gone when the round is sealed or annulled, at the latest six weeks after it
closed. Nobody sees them: once the round is counted, bursts among them are a sentence in its reports.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from pbudget.db import database_now, db, transaction
from pbudget.guard.models import IntakeCounter, IntakeMark
from pbudget.guard.rules.bursts import Burst
from pbudget.guard.rules.intake import STEP, Pause, bursts_of, nearest_step, spread, steps_between
from pbudget.ledger.queries import acts, ballots_since
from pbudget.rounds.models import Round
from pbudget.rounds.queries import RoundView, number_of_rounds, rounds
from pbudget.rounds.rules.phases import ANNULLED, CLOSED, DECIDING, OPEN, SEALED

KEPT = timedelta(weeks=6)


def count_intake() -> None:
    """Count what came in each open round since the last time, and the rest of one whose voting has just stopped."""
    db.session.rollback()  # what was cast since is to be seen
    for round_ in rounds((OPEN, CLOSED), number_of_rounds((OPEN, CLOSED))):
        if round_.opened_at and round_.opens_at and round_.closes_at:
            _count(round_)


def _count(round_: RoundView) -> None:
    """One round. Read first and written after, so that nobody who votes has to wait for the reading."""
    assert round_.opens_at is not None
    mark, now = db.session.get(IntakeMark, round_.id), database_now(db.session())
    stopped = round_.stage(now) in (DECIDING, CLOSED)
    if mark is None and round_.phase == CLOSED:
        return
    counted, since = (mark.seq, mark.counted_at) if mark else (0, round_.opens_at)
    until = _until(round_, now)
    steps = steps_between(since, until, pauses_of(round_.id))
    seq, by_channel = ballots_since(round_.id, counted)
    db.session.rollback()
    if not steps and stopped and by_channel:
        steps = [nearest_step(until) - STEP]
    if steps and (by_channel or not stopped):
        with transaction() as session:
            _keep(session, round_.id, counted, seq, until, {name: spread(n, steps) for name, n in by_channel.items()})


def _until(round_: RoundView, now: datetime) -> datetime:
    """Now, or when voting stopped."""
    return min(moment for moment in (now, round_.closes_at, round_.closed_at) if moment)


def _keep(
    session: Session, round_id: int, counted: int, seq: int, until: datetime, found: dict[str, dict[datetime, int]]
) -> None:
    """Add to the counters and move the mark, unless another worker did meanwhile."""
    mark = session.get(IntakeMark, round_id, with_for_update=True, populate_existing=True)
    if (mark.seq if mark else 0) != counted:
        return
    for site, steps in found.items():
        for bucket, ballots in steps.items():
            row = session.get(IntakeCounter, (round_id, site, bucket))
            if row:
                row.ballots += ballots
            else:
                session.add(IntakeCounter(round_id=round_id, site=site, bucket=bucket, ballots=ballots))
    session.merge(IntakeMark(round_id=round_id, seq=seq, counted_at=until))


def pauses_of(round_id: int) -> list[Pause]:
    """When voting had stopped and was opened again, from the ledger."""
    bodies = [each.body for each in acts(round_id) if each.kind == "extend" and each.body]
    pairs = [(datetime.fromisoformat(body["from"]), datetime.fromisoformat(body["utc"])) for body in bodies]
    return [(stopped, again) for stopped, again in pairs if again > stopped]


def counters_of(round_id: int) -> dict[str, dict[datetime, int]]:
    """Ballots by way of voting and the beginning of the five minutes (UTC)."""
    columns = select(IntakeCounter.site, IntakeCounter.bucket, IntakeCounter.ballots)
    found: dict[str, dict[datetime, int]] = {}
    for site, bucket, ballots in db.session.execute(columns.where(IntakeCounter.round_id == round_id)):
        found.setdefault(site, {})[bucket] = ballots
    return found


def bursts_in(round_: RoundView, counters: dict[str, dict[datetime, int]]) -> dict[str, Burst]:
    """The bursts of a closed round by way of voting."""
    if not counters or round_.opens_at is None or round_.closes_at is None:
        return {}
    return bursts_of(counters, round_.opens_at, _until(round_, round_.closes_at), pauses_of(round_.id))


def as_inputs(counters: dict[str, dict[datetime, int]]) -> str:
    """The counters as one text, for the hash of what a report was made from."""
    plain = {site: {f"{bucket:%Y-%m-%dT%H:%MZ}": n for bucket, n in steps.items()} for site, steps in counters.items()}
    return json.dumps(plain, sort_keys=True)


def clear_away() -> None:
    """Delete the counters of rounds that are sealed or annulled, or were closed six weeks ago."""
    db.session.rollback()
    now = database_now(db.session())
    over: Sequence[ColumnElement[bool]] = (Round.phase.in_((SEALED, ANNULLED)), Round.closed_at <= now - KEPT)
    which = select(Round.id).where(or_(*over))
    db.session.rollback()
    with transaction() as session:
        session.execute(delete(IntakeCounter).where(IntakeCounter.round_id.in_(which)))
        session.execute(delete(IntakeMark).where(IntakeMark.round_id.in_(which)))
