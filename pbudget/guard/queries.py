"""Reading reports, as frozen dataclasses."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import InstrumentedAttribute

from pbudget.db import db
from pbudget.guard.models import GuardDecision, GuardReport
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


class ContestLine(NamedTuple):
    """A contest in the list of a round; verdict and headline are empty until its report is made."""

    slug: str
    name: str
    verdict: str
    headline: str


def lines_of_round(round_id: int) -> list[ContestLine]:
    """Every contest of a round with its verdict."""
    headline = GuardReport.document["headline"].as_string()
    chosen = select(Pot.slug, Pot.name, GuardReport.verdict, headline)
    chosen = chosen.outerjoin(GuardReport, GuardReport.pot_id == Pot.id).where(Pot.round_id == round_id)
    rows = db.session.execute(chosen.order_by(Pot.position, Pot.id))
    return [ContestLine(slug, name, verdict or "", said or "") for slug, name, verdict, said in rows]


def programme_of(round_id: int) -> list[str]:
    """What is true of the whole round, in sentences."""
    chosen = select(GuardReport.programme).join(Pot).where(Pot.round_id == round_id).limit(1)
    return db.session.scalar(chosen) or []


def headlines_of(round_id: int) -> dict[int, str]:
    """Verdict and notes of every contest of a round that has a report, by pot id."""
    chosen = select(GuardReport.pot_id, GuardReport.document["headline"].as_string()).join(Pot)
    return dict(db.session.execute(chosen.where(Pot.round_id == round_id)).all())


def rounds_without_report() -> list[int]:
    """Rounds that ran here, were counted, and have a contest without a report."""
    bare = exists().where(Pot.round_id == RoundCount.round_id, Pot.id.not_in(select(GuardReport.pot_id)))
    waiting = select(RoundCount.round_id).join(Round, Round.id == RoundCount.round_id)
    return list(db.session.scalars(waiting.where(bare, Round.phase.in_(("closed", "published")))))


@dataclass(frozen=True)
class DecisionView:
    """A decision on the reports of a round, as anybody may read it."""

    decision: str
    reason: str
    held_until: date | None
    decided_on: date


def decisions_on(round_id: int) -> list[DecisionView]:
    """Every decision on a round, the first one first."""
    columns = [getattr(GuardDecision, name) for name in DecisionView.__dataclass_fields__]
    chosen = select(*columns).where(GuardDecision.round_id == round_id).order_by(GuardDecision.id)
    return [DecisionView(*row) for row in db.session.execute(chosen)]


def verdicts_of(round_id: int) -> dict[str, str]:
    """The verdict on every contest of a round, by the slug of its pot; empty until all of them are there."""
    return _by_slug(round_id, GuardReport.verdict)


def inputs_of(round_id: int) -> dict[str, str]:
    """What each report was made from, as a hash, by the slug of the pot."""
    return _by_slug(round_id, GuardReport.input_hash)


def _by_slug(round_id: int, column: InstrumentedAttribute[str]) -> dict[str, str]:
    chosen = select(Pot.slug, column).outerjoin(GuardReport, GuardReport.pot_id == Pot.id)
    found = dict(db.session.execute(chosen.where(Pot.round_id == round_id).order_by(Pot.position, Pot.id)).all())
    return found if all(found.values()) else {}
