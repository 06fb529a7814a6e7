"""Making rounds and pots."""

from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pbudget.rounds.models import Pot, Round


def put_round(session: Session, slug: str, *, opens_on: date | None, closes_on: date | None, **columns: Any) -> int:
    """The id of the round with this slug, made when there is none.

    A round that is there keeps its columns; its dates stretch to include these.
    """
    round_ = session.scalar(select(Round).where(Round.slug == slug))
    if round_ is None:
        round_ = Round(slug=slug, opens_on=opens_on, closes_on=closes_on, **columns)
        session.add(round_)
    else:
        round_.opens_on = min((day for day in (round_.opens_on, opens_on) if day), default=None)
        round_.closes_on = max((day for day in (round_.closes_on, closes_on) if day), default=None)
    session.flush()
    return round_.id


def replace_pot(session: Session, round_id: int, slug: str, **columns: Any) -> int:
    """The id of a new pot in the place of the one with this slug; what hung on the old one goes with it."""
    position = session.scalar(select(Pot.position).where(Pot.round_id == round_id, Pot.slug == slug))
    if position is None:
        position = session.scalar(select(func.count()).where(Pot.round_id == round_id)) or 0
    session.execute(delete(Pot).where(Pot.round_id == round_id, Pot.slug == slug))
    pot = Pot(round_id=round_id, slug=slug, position=position, **columns)
    session.add(pot)
    session.flush()
    return pot.id
