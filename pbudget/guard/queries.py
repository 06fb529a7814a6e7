"""Reading reports, as frozen dataclasses."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from pbudget.balance.clusters import names_of_reports
from pbudget.balance.disclosure import Publishable
from pbudget.calculator.models import BudgetYear
from pbudget.calculator.queries import BudgetView, budget_by_slug
from pbudget.db import db
from pbudget.equality.models import EqualityPlan
from pbudget.guard.models import AccessRecord, GuardBudgetReport, GuardDecision, GuardReport, GuardSnapshot
from pbudget.jobs.queries import jobs_of_round
from pbudget.ledger.queries import head_of
from pbudget.results.models import RoundCount
from pbudget.results.queries import count_of
from pbudget.rounds.models import Pot, Round
from pbudget.rounds.queries import RoundView, number_of_rounds, rounds
from pbudget.rounds.rules.dates import say_utc
from pbudget.rounds.rules.phases import CLOSED, DECIDING, OPEN
from pbudget.wards.models import Ward

if TYPE_CHECKING:
    from pbudget.guard.budgets import BudgetDocument
    from pbudget.guard.document import Document

REPORT = "guard report"
"""The kind of job that makes the reports of a round."""


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


@dataclass(frozen=True)
class BudgetReportView:
    """Who answered a budget; `made_at` is UTC."""

    made_at: datetime
    document: "BudgetDocument"


def report_on_answers(budget_id: int) -> BudgetReportView | None:
    """The report on who answered this budget, or None where none was made."""
    from pbudget.guard.budgets import document_from  # brings numpy with it, which only these pages need

    row = db.session.get(GuardBudgetReport, budget_id)
    return BudgetReportView(row.made_at, document_from(row.document)) if row else None


def budgets_without_report() -> list[BudgetView]:
    """Closed budgets that asked about people and have no report."""
    wanted = (
        select(BudgetYear.slug)
        .join(EqualityPlan, EqualityPlan.budget_id == BudgetYear.id)
        .where(BudgetYear.phase == CLOSED, EqualityPlan.guard_key.is_not(None), EqualityPlan.destroyed_at.is_(None))
        .order_by(BudgetYear.id)
    )
    found = (budget_by_slug(slug) for slug in db.session.scalars(wanted).all())
    return [each for each in found if each]


class ContestLine(NamedTuple):
    """A contest, or wards looked at together, in the list of a round; the rest is empty until its report is made."""

    slug: str
    name: str
    verdict: str
    headline: str
    meaning: str

    @property
    def in_words(self) -> str:
        """What the verdict means here; what is noted, where it is balanced."""
        return self.headline if self.headline != self.verdict else self.meaning


def lines_of_round(round_id: int) -> list[ContestLine]:
    """Every contest of a round with its verdict; wards looked at together are one line, at the first of them."""
    said = [GuardReport.document[name].as_string() for name in ("headline", "meaning")]
    chosen = select(Pot.slug, Pot.name, Pot.cluster, GuardReport.verdict, *said)
    chosen = chosen.outerjoin(GuardReport, GuardReport.pot_id == Pot.id).where(Pot.round_id == round_id)
    rows = db.session.execute(chosen.order_by(Pot.position, Pot.id)).all()
    names, found = (
        names_of_reports((row.slug, row.name, row.cluster) for row in rows),
        {row.slug: row[3:] for row in rows},
    )
    return [ContestLine(slug, name, *(value or "" for value in found[slug])) for slug, name in names.items()]


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


def reports_made(round_id: int) -> tuple[int, int]:
    """How many reports of a round are made, and how many there are to be."""
    lines = lines_of_round(round_id)
    return sum(bool(line.headline) for line in lines), len(lines)


def why_reports_failed(round_id: int) -> str:
    """What kept the reports of a round from being made; empty where they are made, or still to come."""
    last = next((job for job in jobs_of_round(round_id) if job.kind == REPORT), None)
    return last.message or "It is not known why." if last and last.state == "failed" else ""


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


@dataclass(frozen=True)
class SnapshotView:
    """Who had taken part by one day, as officers may see it while voting is open."""

    made_on: date
    content: dict[str, Any]


def latest_snapshot(round_id: int) -> SnapshotView | None:
    """The latest look at an open round, or None."""
    chosen = select(GuardSnapshot).where(GuardSnapshot.round_id == round_id).order_by(GuardSnapshot.made_on.desc())
    row = db.session.scalars(chosen.limit(1)).first()
    return SnapshotView(row.made_on, row.content) if row else None


def look_at_close_of(round_: RoundView) -> SnapshotView | None:
    """Who had taken part when voting stopped at the round's present closing time; None until that is worked out."""
    found = latest_snapshot(round_.id)
    stopped = say_utc(round_.closes_at) if round_.closes_at else ""
    return found if found and found.content.get("closing") == stopped else None


def rounds_to_look_at(now: datetime) -> list[RoundView]:
    """Rounds whose voting has stopped, that are not counted, and of which nobody knows yet who took part."""
    found = rounds((OPEN, CLOSED), number_of_rounds((OPEN, CLOSED)))
    stopped = [each for each in found if each.opened_at and each.stage(now) in (DECIDING, CLOSED)]
    return [each for each in stopped if count_of(each.id) is None and look_at_close_of(each) is None]


def manifest_of(round_id: int) -> dict[str, Any]:
    """What was frozen when the round opened; empty where it never did here."""
    head = head_of(round_id)
    return dict(json.loads(head.manifest)) if head else {}


def tables_seen(round_id: int) -> dict[str, list[Publishable]]:
    """What of all wards together was shown while voting was open, by dimension, the first look first."""
    chosen = select(GuardSnapshot.content).where(GuardSnapshot.round_id == round_id).order_by(GuardSnapshot.made_on)
    found: dict[str, list[Publishable]] = {}
    for content in db.session.scalars(chosen):
        for tables in (*content.get("before", []), content.get("tables", {})):
            for dimension, table in tables.items():
                found.setdefault(dimension, []).append(Publishable(**table))
    return found


def latest_snapshot_day(round_id: int) -> date | None:
    """When an open round was last looked at."""
    found = latest_snapshot(round_id)
    return found.made_on if found else None


@dataclass(frozen=True)
class AccessView:
    """Something that was done to reach people; `ward` is empty for the whole area."""

    done_on: date
    what: str
    partner: str
    forms: list[str]
    languages: str
    by_whom: str
    they_said: str
    ward: str


def access_records(round_id: int) -> list[AccessView]:
    """The access record of a round, the earliest first."""
    columns = [getattr(AccessRecord, name) for name in AccessView.__dataclass_fields__ if name != "ward"]
    chosen = select(*columns, func.coalesce(Ward.name, "").label("ward")).outerjoin(
        Ward, Ward.id == AccessRecord.ward_id
    )
    chosen = chosen.where(AccessRecord.round_id == round_id).order_by(AccessRecord.done_on, AccessRecord.id)
    return [AccessView(**row) for row in db.session.execute(chosen).mappings()]


def reports_by_contest(round_id: int) -> dict[str, ReportView]:
    """Every report of a round by the slug of its contest; of wards looked at together by the first of them."""
    return {slug: found for slug, _, found in _reports(round_id)}


def pack_of(round_id: int) -> list[tuple[str, ReportView]]:
    """Every report of a round under the name of what it is on."""
    return [(name, found) for _, name, found in _reports(round_id)]


def _reports(round_id: int) -> list[tuple[str, str, ReportView]]:
    """Each report once: the slug of its first contest, the name of what it is on, the report."""
    from pbudget.guard.document import document_from

    chosen = select(Pot.slug, Pot.name, Pot.cluster, GuardReport).join(Pot, Pot.id == GuardReport.pot_id)
    rows = db.session.execute(chosen.where(Pot.round_id == round_id).order_by(Pot.position, Pot.id)).all()
    names, found = (
        names_of_reports((row.slug, row.name, row.cluster) for row in rows),
        {row.slug: row.GuardReport for row in rows},
    )
    views = {
        slug: ReportView(row.made_at, document_from(row.document), row.programme)
        for slug, row in found.items()
        if slug in names
    }
    return [(slug, name, views[slug]) for slug, name in names.items()]
