"""Reading rounds and pots."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from pbudget.db import db
from pbudget.rounds.models import Pot, Round
from pbudget.rounds.rules.counting import rule_from_json
from pbudget.tally.rules.rule import Rule

LATEST_FIRST = (Round.closes_on.desc().nulls_last(), Round.dates_as_stated.desc(), Round.name)


@dataclass(frozen=True)
class RoundView:
    """A round as pages show it."""

    id: int
    slug: str
    name: str
    place: str
    phase: str
    language: str
    currency: str
    opens_on: date | None
    closes_on: date | None
    dates_as_stated: str
    is_demo: bool


@dataclass(frozen=True)
class PotView:
    """A pot as pages show it; `amount` in the smallest unit, `units` of them to one unit of the currency."""

    id: int
    slug: str
    name: str
    amount: int
    units: int
    ballot_type: str
    rule: Rule
    ward_id: int | None


def round_by_slug(slug: str) -> RoundView | None:
    """One round, or None."""
    row = db.session.scalar(select(Round).where(Round.slug == slug))
    return round_view(row) if row else None


def rounds(phases: tuple[str, ...], limit: int, offset: int = 0) -> list[RoundView]:
    """Rounds in these phases, the latest first."""
    chosen = select(Round).where(Round.phase.in_(phases)).order_by(*LATEST_FIRST).limit(limit).offset(offset)
    return [round_view(row) for row in db.session.scalars(chosen)]


def number_of_rounds(phases: tuple[str, ...]) -> int:
    """How many rounds are in these phases."""
    return db.session.scalar(select(func.count()).where(Round.phase.in_(phases))) or 0


def pots_of(round_id: int) -> list[PotView]:
    """Every pot of a round, in its order."""
    chosen = select(Pot).where(Pot.round_id == round_id).order_by(Pot.position, Pot.name)
    return [_pot_view(row) for row in db.session.scalars(chosen)]


def current_pots_of_ward(ward_id: int) -> list[tuple[RoundView, PotView]]:
    """Pots of a ward in rounds that are open or being prepared, the open ones first."""
    chosen = (
        select(Round, Pot)
        .join(Pot)
        .where(Pot.ward_id == ward_id, Round.phase.in_(("open", "set-up")))
        .order_by(Round.phase, *LATEST_FIRST)
    )
    return [(round_view(row.Round), _pot_view(row.Pot)) for row in db.session.execute(chosen)]


def pot_by_slugs(round_slug: str, pot_slug: str) -> tuple[RoundView, PotView] | None:
    """A pot with its round, or None."""
    chosen = select(Round, Pot).join(Pot).where(Round.slug == round_slug, Pot.slug == pot_slug)
    row = db.session.execute(chosen).first()
    return (round_view(row.Round), _pot_view(row.Pot)) if row else None


def round_view(row: Round) -> RoundView:
    """A round's row as pages show it."""
    return RoundView(**{name: getattr(row, name) for name in RoundView.__dataclass_fields__})


def _pot_view(row: Pot) -> PotView:
    plain = {name: getattr(row, name) for name in PotView.__dataclass_fields__ if name != "rule"}
    return PotView(**plain, rule=rule_from_json(row.rule))
