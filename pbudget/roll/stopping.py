"""Stopping codes while people vote: the ledger is held, so that a ballot is cast before it or not at all.

Nothing of a ballot is written here, not even an unfinished one's end: rows that are written together are joined by
PostgreSQL's xmin and by SQLite's WAL pages. The entries are noted instead, under a number (`RollStop`), and the
ballots room looks, when somebody goes on or casts, whether their voter was noted since they began.
"""

from datetime import date

from sqlalchemy import ColumnElement, column, func, insert, literal, select, table, update
from sqlalchemy.orm import Session

from pbudget.kit.clock import LONDON
from pbudget.ledger.actions import LedgerNotOpen, hold_ledger
from pbudget.roll.identify import clock
from pbudget.roll.models import DeskCount, RollStop, VotingCode

ROUND = table("round", column("id"))  # rounds/ lies higher in the house: its table by name only


def hold_voting(session: Session, round_id: int) -> bool:
    """Let nobody cast in this round, nor open it, until the transaction ends; whether it has opened.

    Call it before anything of the roll is read or changed: whoever casts holds the ledger first too.
    """
    try:
        hold_ledger(session, round_id)
    except LedgerNotOpen:
        held = select(ROUND.c.id).where(ROUND.c.id == round_id).with_for_update(read=True, key_share=True)
        session.execute(held)
        return _has_opened(session, round_id)
    return True


def _has_opened(session: Session, round_id: int) -> bool:
    """Look again: the round may have opened while we waited for its row."""
    try:
        hold_ledger(session, round_id)
    except LedgerNotOpen:
        return False
    return True


def stop_live_codes(session: Session, round_id: int, which: ColumnElement[bool], why: str) -> int:
    """Stop the live codes that fit, and note whose they were; how many. The caller holds voting."""
    live = VotingCode.round_id == round_id, VotingCode.state == "live", which
    number = session.scalar(select(func.count()).where(*live)) or 0
    if number:
        _note(session, select(literal(round_id), VotingCode.roll_entry_id).where(*live))
        session.execute(update(VotingCode).where(*live).values(state="void", why_void=why))
    return number


def end_unfinished(session: Session, round_id: int, entry_id: str) -> None:
    """Note that unfinished ballots of this entry are over, whatever became of its code."""
    session.execute(insert(RollStop).values(round_id=round_id, roll_entry_id=entry_id))


def _note(session: Session, entries: object) -> None:
    session.execute(insert(RollStop).from_select(["round_id", "roll_entry_id"], entries))  # type: ignore[arg-type]


def count_today(session: Session, round_id: int, **numbers: int) -> None:
    """Add to the day's numbers: they are all that is kept of what was done, and for whom is not."""
    day = today()
    chosen = select(DeskCount).where(DeskCount.round_id == round_id, DeskCount.day == day).with_for_update()
    counts = session.scalar(chosen)
    if counts is None:
        counts = DeskCount(round_id=round_id, day=day, **dict.fromkeys(DESK_NUMBERS, 0))
        session.add(counts)
    for name, number in numbers.items():
        setattr(counts, name, getattr(counts, name) + number)
    session.flush()


DESK_NUMBERS = ("reissued", "reissued_with_ballot", "issued", "printed", "voided", "added", "moved")
"""The columns of a day's numbers, as docs/ledger.md explains them."""


def today() -> date:
    """The day in London."""
    return clock().now().astimezone(LONDON).date()
