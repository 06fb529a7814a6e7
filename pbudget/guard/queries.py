"""Reading reports, as frozen dataclasses."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from pbudget.db import db
from pbudget.guard.models import GuardReport
from pbudget.results.models import RoundCount
from pbudget.rounds.models import Pot, Round

if TYPE_CHECKING:
    from pbudget.guard.document import Document


@dataclass(frozen=True)
class ReportView:
    """A report on one contest as a page shows it; `made_at` is UTC."""

    made_at: datetime
    document: "Document"
    programme: list[str]


def report_on(pot_id: int) -> ReportView | None:
    """The report on this contest, or None where none was made."""
    from pbudget.guard.document import document_from  # brings numpy with it, which only these pages need

    row = db.session.get(GuardReport, pot_id)
    return ReportView(row.made_at, document_from(row.document), row.programme) if row else None


def has_report(pot_id: int) -> bool:
    """Whether there is a report on this contest."""
    return db.session.scalar(select(GuardReport.pot_id).where(GuardReport.pot_id == pot_id)) is not None


def headlines_of(round_id: int) -> dict[int, str]:
    """Verdict and notes of every contest of a round that has a report, by pot id."""
    chosen = select(GuardReport.pot_id, GuardReport.document["headline"].as_string()).join(Pot)
    return dict(db.session.execute(chosen.where(Pot.round_id == round_id)).tuples().all())


def rounds_without_report() -> list[int]:
    """Rounds that ran here, were counted, and have a contest without a report."""
    bare = exists().where(Pot.round_id == RoundCount.round_id, Pot.id.not_in(select(GuardReport.pot_id)))
    waiting = select(RoundCount.round_id).join(Round, Round.id == RoundCount.round_id)
    return list(db.session.scalars(waiting.where(bare, Round.phase.in_(("closed", "published")))))
