"""A result that is held for the ward councillors: not published meanwhile, and when the days are over, by itself.

Holding must not become a way to bury a result: if nobody decides in time, the worker publishes it once, with a caveat.
"""

from datetime import date

from sqlalchemy.orm import Session

from pbudget.audit.actions import SYSTEM, record
from pbudget.db import database_now, db, transaction
from pbudget.guard.queries import DecisionView, decisions_on, reports_made, why_reports_failed
from pbudget.guard.rules.decisions import caveat_of, has_run_out, is_held
from pbudget.guard.telling import tell_witnesses
from pbudget.kit.clock import LONDON, say_day
from pbudget.kit.errors import PbudgetError
from pbudget.ledger.actions import hold_ledger
from pbudget.publicity.queries import is_held_back
from pbudget.results.officer_acts import carry_out_publication, settled_subject
from pbudget.rounds.opening import held_round
from pbudget.rounds.queries import number_of_rounds, rounds
from pbudget.rounds.rules.phases import CLOSED


class HoldNotEnded(PbudgetError):
    """A result was held long enough and cannot be published; the officer reads which, and why."""


def why_held(round_id: int) -> str:
    """Why officers do not publish this result now: it is held for the ward councillors. Empty where it is not.

    Once the days are over only the worker publishes it, with its caveat; officers who decide on it can do so before.
    """
    last = _latest(round_id)
    if last is None or last.held_until is None:
        return ""
    if is_held(last.decision, last.held_until, _today(db.session())):
        held = f"The result is held for the ward councillors until {say_day(last.held_until)}."
    else:
        held = (
            f"The result was held until {say_day(last.held_until)} and nobody decided. The worker publishes it with a "
            "caveat at 9 in the morning, before an election once that is over."
        )
    return f"{held} Decide again on the report, for example to certify it; then it can be published."


def why_reports_are_awaited(round_id: int) -> str:
    """Why this result is not published yet: its reports belong in the bundle and are not all made.

    Empty once they are, and where they could not be made: officers read why, and can publish without them.
    """
    made, wanted = reports_made(round_id)
    if made == wanted or why_reports_failed(round_id):
        return ""
    return (
        f"{made:,} of {wanted:,} reports on who took part are made, and the result bundle has to hold them all. The "
        "worker makes them by itself. Load the page again in a minute; if the number stays as it is, see that the "
        "worker is running."
    )


def end_holds() -> None:
    """Publish every result that was held until a day that is over. Raises HoldNotEnded for one that cannot be.

    Before an election nothing is published by itself: it waits until that is over.
    """
    db.session.rollback()
    if is_held_back():
        return
    troubles = []
    for round_ in rounds((CLOSED,), number_of_rounds((CLOSED,))):
        try:
            end_hold(round_.id)
        except PbudgetError as error:
            troubles.append(f"{round_.name}: it was held long enough and could not be published. {error}")
    if troubles:
        raise HoldNotEnded(" ".join(troubles))


def end_hold(round_id: int) -> bool:
    """Publish this result with its caveat if it was held long enough; False where there is nothing to do.

    Ledger entry, pages and audit line are one transaction, looked at again inside it: killed at any moment it has
    happened or it has not, and a second worker finds it done.
    """
    with transaction() as session:
        last = _latest(round_id)
        if last is None or last.held_until is None:
            return False
        if not has_run_out(last.decision, last.held_until, _today(session)):
            return False
        hold_ledger(session, round_id)
        row = held_round(session, round_id)
        if row.phase != CLOSED or _latest(round_id) != last:
            return False
        subject = settled_subject(round_id, {}) | {"caveat": caveat_of(last.held_until)}
        carry_out_publication(session, round_id, subject)
        tell_witnesses(session, row, last.held_until)
        record(session, SYSTEM, "result published after it was held", row.slug)
    return True


def _latest(round_id: int) -> DecisionView | None:
    decisions = decisions_on(round_id)
    return decisions[-1] if decisions else None


def _today(session: Session) -> date:
    return database_now(session).astimezone(LONDON).date()
