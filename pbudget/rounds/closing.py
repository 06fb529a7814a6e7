"""The end of voting: at the second it was announced for, or earlier or later as two officers decided."""

from datetime import datetime

import structlog
from flask import current_app
from sqlalchemy.orm import Session

from pbudget.audit.actions import SYSTEM, record
from pbudget.db import database_now, transaction
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds
from pbudget.kit.clock import Clock, SystemClock
from pbudget.kit.errors import PbudgetError
from pbudget.ledger.actions import append, hold_ledger, sign_head
from pbudget.ledger.queries import ballot_totals, checkpoints_of
from pbudget.rounds.desk_numbers import numbers_not_in_ledger
from pbudget.rounds.models import Round
from pbudget.rounds.opening import held_round, keys_folder
from pbudget.rounds.rules.closing import clock_problem
from pbudget.rounds.rules.dates import say_utc

log = structlog.get_logger()


class TooEarlyToClose(PbudgetError):
    """The closing time has not come; closing early takes two officers."""


class ClockNotTrusted(PbudgetError):
    """The clocks disagree, so nothing closes by itself; the officer reads which and closes by hand."""


def close_due_rounds(ids: list[int], troubles: list[str] | None = None) -> list[int]:
    """Close each of these rounds whose time has come; the ids of those that were. One that cannot is logged.

    Why not is added to `troubles`.
    """
    closed = []
    for round_id in ids:
        try:
            with transaction() as session:
                if close_round(session, round_id):
                    closed.append(round_id)
        except (ClockNotTrusted, TooEarlyToClose) as error:
            log.error("round-not-closed", error=type(error).__name__)
            if troubles is not None:
                troubles.append(str(error))
    return closed


def close_round(session: Session, round_id: int) -> bool:
    """Close a round whose time has come; False if it was not open any more, so repeating it does no harm.

    The ledger is held first and the database's clock read then, so that no ballot falls between. Raises
    TooEarlyToClose, and ClockNotTrusted when the clock has moved backwards or two machines disagree.
    """
    hold_ledger(session, round_id)
    row = held_round(session, round_id)
    if row.phase != "open":
        return False
    now = database_now(session)
    if row.closes_at is None or now < row.closes_at:
        raise TooEarlyToClose("The closing time of this round has not come.")
    if row.decide_by is not None and now < row.decide_by:
        raise TooEarlyToClose("Two officers may still decide to extend voting in this round.")
    _refuse_a_doubtful_clock(row, now)
    end_voting(session, row, now, {"early": False})
    record(session, SYSTEM, "round closed", row.slug)
    return True


def _refuse_a_doubtful_clock(row: Round, now: datetime) -> None:
    signed = [datetime.fromisoformat(each.utc) for each in checkpoints_of(row.id)]
    known = max([*signed, *([row.opened_at] if row.opened_at else [])], default=now)
    machine: Clock = current_app.extensions.get("clock") or SystemClock()
    problem = clock_problem(now, machine=machine.now(), latest_known=known)
    if problem:
        raise ClockNotTrusted(problem)


def end_voting(session: Session, row: Round, now: datetime, body: dict[str, object]) -> None:
    """Write the close entry and sign the chain's head. From here on the ledger takes no ballot."""
    totals = ballot_totals(row.id)
    planned = say_utc(row.closes_at) if row.closes_at else ""
    counts = {"cast": totals.cast, "counted": totals.counted, "counts": numbers_not_in_ledger(row.id)}
    append(session, row.id, "close", {**body, **counts, "planned": planned, "utc": say_utc(now)})
    row.phase, row.closed_at = "closed", now
    session.flush()
    _sign(session, row, now)


def _sign(session: Session, row: Round, now: datetime) -> None:
    """Sign where the chain ends, if this machine still has the key: a round can be closed without it."""
    try:
        signing = load_key(keys_folder(), row.slug, "signing", KeyIds(**(row.key_ids or {})))
    except (PbudgetError, TypeError) as error:
        log.error("close-not-signed", error=type(error).__name__)
        return
    sign_head(session, row.id, signing, now)
