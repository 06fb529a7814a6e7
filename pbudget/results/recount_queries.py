"""Reading recounts: what was found since the count, by the service or the auditor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from pbudget.db import db
from pbudget.results.models import Recount
from pbudget.rounds.models import Pot


@dataclass(frozen=True)
class RecountView:
    """A recount of a contest: the day, by the service or the auditor, whether it agrees."""

    name: str
    made_on: date
    made_by: str
    agrees: bool
    note: str


def recounts_of(round_id: int) -> list[RecountView]:
    """Every recount of a round after the first, which is part of the count; the latest first."""
    columns = select(Pot.name, Recount.made_on, Recount.made_by, Recount.agrees, Recount.note)
    chosen = columns.join(Pot, Pot.id == Recount.pot_id).where(Pot.round_id == round_id)
    return [RecountView(*row) for row in db.session.execute(chosen.order_by(Recount.id.desc()).limit(100))]


def latest_agree(recounts: Sequence[RecountView]) -> bool:
    """Whether each maker's latest recount of each contest agrees; `recounts` the latest first."""
    latest: dict[tuple[str, str], bool] = {}
    for each in recounts:
        latest.setdefault((each.name, each.made_by), each.agrees)
    return all(latest.values())
