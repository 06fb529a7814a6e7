"""Reading budget years, their versions, drafts and what was sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from pbudget.calculator.models import BudgetDraft, BudgetResponse, BudgetVersion, BudgetYear
from pbudget.calculator.rules.balance import Choices, choices_from_json
from pbudget.calculator.rules.budget import Budget, budget_from_json
from pbudget.calculator.rules.standing import OPEN, standing_of
from pbudget.db import PresentMoment, by_clock, db

CLOSES_AT = "It closes at"
"""How the note of a version begins that changed the closing time."""
VERSIONS_KEPT = 8
"""Budgets that a process keeps in memory; a version never changes, so it is known by its fingerprint."""


@dataclass(frozen=True)
class BudgetView:
    """A budget year with its present version. Moments are UTC; `standing` was read with the database's clock."""

    id: int
    slug: str
    title: str
    phase: str
    version: int
    closes_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    is_demo: bool
    fingerprint: str
    standing: str
    read_at: datetime
    content: Budget


@dataclass(frozen=True)
class DraftView:
    """What somebody has chosen so far."""

    id: str
    budget_id: int
    version: int
    choices: Choices
    comments: Mapping[str, str]
    band: str
    ward_id: int | None
    channel: str
    group_size: int | None
    seed: str
    token: str
    code_digest: str | None


@dataclass(frozen=True)
class SentView:
    """An answer that was sent."""

    id: str
    token: str
    choices: Choices
    comments: Mapping[str, str]
    ward_id: int | None
    channel: str
    group_size: int | None
    is_balanced: bool
    still_to_find: int
    reason: str


@dataclass(frozen=True)
class VersionView:
    """One version of a budget: when and by whom it was made and why."""

    number: int
    made_at: datetime
    made_by: str
    note: str


COLUMNS = (*(getattr(BudgetYear, name) for name in BudgetView.__dataclass_fields__ if hasattr(BudgetYear, name)),)
PRESENT = (
    select(*COLUMNS, BudgetVersion.fingerprint, PresentMoment().label("now"))
    .join(BudgetVersion, (BudgetVersion.budget_id == BudgetYear.id) & (BudgetVersion.number == BudgetYear.version))
    .order_by(BudgetYear.closes_at.desc().nulls_last(), BudgetYear.slug)
)


def budget_by_slug(
    slug: str, session: Session | None = None, *, to_change: bool = False, to_answer: bool = False
) -> BudgetView | None:
    """A budget year by the name in its address, or None.

    `to_change` holds it until the transaction ends; `to_answer` too, beside all others who answer.
    """
    wanted = PRESENT.where(BudgetYear.slug == slug)
    if to_change or to_answer:
        wanted = wanted.with_for_update(of=BudgetYear, read=to_answer)
    found = _views(wanted, session or db.session())
    return found[0] if found else None


def budgets(phases: tuple[str, ...] = (), most: int = 50) -> list[BudgetView]:
    """Budget years, the latest to close first."""
    wanted = PRESENT.where(BudgetYear.phase.in_(phases)) if phases else PRESENT
    return _views(wanted.limit(most), db.session())


def open_budgets(most: int) -> list[BudgetView]:
    """Those in which one can take part now."""
    return [each for each in budgets((OPEN,), most) if each.standing == OPEN]


def _views(wanted: Select[Any], session: Session) -> list[BudgetView]:
    found = []
    for row in session.execute(wanted):
        named = row._asdict()
        now = by_clock(named.pop("now"))
        named |= {"standing": standing_of(row.phase, row.closes_at, now), "read_at": now}
        found.append(BudgetView(**named, content=_content(row.fingerprint, row.id, row.version, session)))
    return found


def _content(fingerprint: str, budget_id: int, number: int, session: Session) -> Budget:
    known = _known().get(fingerprint)
    if known is None:
        wanted = select(BudgetVersion.content).where(
            BudgetVersion.budget_id == budget_id, BudgetVersion.number == number
        )
        known = budget_from_json(json.loads(session.scalars(wanted).one()))
        while len(_known()) >= VERSIONS_KEPT:
            _known().pop(next(iter(_known())), None)
        _known()[fingerprint] = known
    return known


@lru_cache(maxsize=1)
def _known() -> dict[str, Budget]:
    """The budgets this process has read, by fingerprint."""
    return {}


def version_of(budget_id: int, number: int) -> Budget | None:
    """One version of a budget, present or past."""
    wanted = select(BudgetVersion.fingerprint).where(
        BudgetVersion.budget_id == budget_id, BudgetVersion.number == number
    )
    fingerprint = db.session.scalar(wanted)
    return _content(fingerprint, budget_id, number, db.session()) if fingerprint else None


def versions_of(budget_id: int) -> list[VersionView]:
    """Every version of a budget, the newest first."""
    columns = [getattr(BudgetVersion, name) for name in VersionView.__dataclass_fields__]
    wanted = select(*columns).where(BudgetVersion.budget_id == budget_id).order_by(BudgetVersion.number.desc())
    return [VersionView(*row) for row in db.session.execute(wanted)]


def closing_changes(budget: BudgetView) -> list[VersionView]:
    """How the closing time was changed while residents answered, the first change first; the note says it in words."""
    if budget.version == 1:
        return []
    return [each for each in reversed(versions_of(budget.id)) if each.note.startswith(CLOSES_AT)]


def draft_by_id(draft_id: str, session: Session | None = None, *, to_change: bool = False) -> DraftView | None:
    """A draft, or None; `to_change` holds it until the transaction ends."""
    wanted = select(*_columns(BudgetDraft, DraftView)).where(BudgetDraft.id == draft_id)
    row = (session or db.session()).execute(wanted.with_for_update() if to_change else wanted).first()
    return DraftView(**{**row._asdict(), "choices": choices_from_json(row.choices)}) if row else None


def sent_of(draft_id: str, session: Session | None = None) -> SentView | None:
    """What was sent from this draft, or None."""
    wanted = select(*_columns(BudgetResponse, SentView)).where(BudgetResponse.id == draft_id)
    row = (session or db.session()).execute(wanted).first()
    return SentView(**{**row._asdict(), "choices": choices_from_json(row.choices)}) if row else None


def responses_of(budget: BudgetView) -> list[SentView]:
    """Every answer, in no order that says when it came. Nothing before the close, for anybody."""
    if budget.standing != "closed":
        return []
    wanted = select(*_columns(BudgetResponse, SentView)).where(BudgetResponse.budget_id == budget.id)
    rows = db.session.execute(wanted.order_by(BudgetResponse.id))
    return [SentView(**{**row._asdict(), "choices": choices_from_json(row.choices)}) for row in rows]


def responses_so_far(budget_id: int) -> int:
    """How many answers came in: the one figure anybody may know before the close."""
    return db.session.scalar(select(func.count()).where(BudgetResponse.budget_id == budget_id)) or 0


def _columns(model: type[BudgetDraft] | type[BudgetResponse], view: type) -> list[Any]:
    return [getattr(model, name) for name in view.__dataclass_fields__]  # type: ignore[attr-defined]  # a dataclass
