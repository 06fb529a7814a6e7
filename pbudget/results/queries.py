"""Reading results: outcomes, their lines, what other rules would have done."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Integer, RowMapping, Select, case, cast, func, select
from sqlalchemy.orm import aliased

from pbudget.db import db
from pbudget.kit.money import format_money
from pbudget.proposals.models import Proposal
from pbudget.results.models import (
    BallotCount,
    Bundle,
    ContestFile,
    Outcome,
    OutcomeLine,
    Publication,
    RoundCount,
)
from pbudget.rounds.models import Pot, Round
from pbudget.rounds.queries import LATEST_FIRST, PotView, RoundView, pot_by_slugs, round_by_slug, round_view
from pbudget.rounds.rules.counting import rule_from_json, whole_or_fraction
from pbudget.rounds.rules.phases import DECIDED
from pbudget.tally.rules.rule import Rule

RESULT = 0
"""The position of the outcome that is the result; higher ones are what other rules would have funded."""


@dataclass(frozen=True)
class ContestSummary:
    """One line for one pot: money in the smallest unit of the currency."""

    round_id: int
    pot_id: int
    slug: str
    name: str
    amount: int
    units: int
    ward_id: int | None
    projects: int
    funded: int
    spent: int
    ballots: int


@dataclass(frozen=True)
class OutcomeView:
    """One outcome of a pot with its totals."""

    id: int
    position: int
    rule: Rule
    spent: int
    remaining: int
    story: dict[str, Any]
    projects: int
    funded: int


@dataclass(frozen=True)
class LineView:
    """One project in an outcome."""

    reference: str
    title: str
    description: str
    category: str
    cost: int
    funded: bool
    votes: int
    score: int | Fraction
    rank: int
    reason: str


class BriefLine(NamedTuple):
    """One project in an outcome, in a few words."""

    reference: str
    title: str
    cost: int
    funded: bool


@dataclass(frozen=True)
class BallotsView:
    """How many ballots, how many of them blank, and ballots by the number of projects they name."""

    ballots: int
    blank: int
    sizes: dict[int, int]


@dataclass(frozen=True)
class Difference:
    """What another rule would have done otherwise: titles it would have funded and titles it would not."""

    outcome: OutcomeView
    gained: list[str]
    lost: list[str]


@dataclass(frozen=True)
class Contest:
    """A pot with its round and its outcomes, the result first."""

    round: RoundView
    pot: PotView
    ballots: BallotsView
    outcomes: list[OutcomeView]

    @property
    def result(self) -> OutcomeView:
        """The outcome that decides the money."""
        return self.outcomes[RESULT]

    def money(self, amount: int) -> str:
        """An amount in the round's currency."""
        return format_money(amount, self.round.currency, self.pot.units)


def contest_at(round_slug: str, pot_slug: str) -> Contest | None:
    """The contest at this address; None when there is none or its result is not out."""
    found = pot_by_slugs(round_slug, pot_slug)
    if found is None or found[0].phase not in DECIDED:
        return None
    round_, pot = found
    chosen = (
        select(
            Outcome,
            BallotCount,
            func.count(OutcomeLine.proposal_id).label("projects"),
            func.coalesce(func.sum(cast(OutcomeLine.funded, Integer)), 0).label("funded"),
        )
        .join(BallotCount, BallotCount.pot_id == Outcome.pot_id)
        .outerjoin(OutcomeLine, OutcomeLine.outcome_id == Outcome.id)
        .where(Outcome.pot_id == pot.id)
        .group_by(Outcome.id, BallotCount.pot_id)
        .order_by(Outcome.position)
    )
    rows = db.session.execute(chosen).all()
    outcomes = [_outcome_view(row.Outcome, row.projects, row.funded) for row in rows]
    return Contest(round_, pot, _ballots_view(rows[0].BallotCount), outcomes) if rows else None


def _outcome_view(row: Outcome, projects: int, funded: int) -> OutcomeView:
    return OutcomeView(
        row.id, row.position, rule_from_json(row.rule), row.spent, row.remaining, row.story, projects, funded
    )


def _ballots_view(row: BallotCount) -> BallotsView:
    return BallotsView(row.ballots, row.blank, {int(size): count for size, count in row.sizes.items()})


def contests_of(round_ids: Sequence[int]) -> dict[int, list[ContestSummary]]:
    """The published contests of several rounds, by round, in one statement."""
    decided = select(Round.id).where(Round.id.in_(round_ids), Round.phase.in_(DECIDED))
    chosen = _contests().where(Pot.round_id.in_(decided)).order_by(Pot.position, Pot.name)
    found: dict[int, list[ContestSummary]] = {round_id: [] for round_id in round_ids}
    for row in db.session.execute(chosen).mappings():
        contest = _contest_summary(row)
        found[contest.round_id].append(contest)
    return found


def contests_of_ward(ward_id: int, limit: int) -> list[tuple[RoundView, ContestSummary]]:
    """What was decided for a ward, the latest round first."""
    chosen = _contests().where(Pot.ward_id == ward_id, Round.phase.in_(DECIDED)).order_by(*LATEST_FIRST).limit(limit)
    rows = db.session.execute(chosen.add_columns(Round).join(Round).group_by(Round.id)).mappings()
    return [(round_view(row["Round"]), _contest_summary(row)) for row in rows]


def _contests() -> Select[*tuple[Any, ...]]:
    """Every contest with its totals, ready to be narrowed down."""
    return (
        select(
            Pot.round_id,
            Pot.id.label("pot_id"),
            Pot.slug,
            Pot.name,
            Pot.amount,
            Pot.units,
            Pot.ward_id,
            func.count(OutcomeLine.proposal_id).label("projects"),
            func.coalesce(func.sum(cast(OutcomeLine.funded, Integer)), 0).label("funded"),
            Outcome.spent,
            BallotCount.ballots,
        )
        .join(Outcome, (Outcome.pot_id == Pot.id) & (Outcome.position == RESULT))
        .join(BallotCount, BallotCount.pot_id == Pot.id)
        .outerjoin(OutcomeLine, OutcomeLine.outcome_id == Outcome.id)
        .group_by(Pot.id, Outcome.id, BallotCount.pot_id)
    )


def _contest_summary(row: RowMapping) -> ContestSummary:
    return ContestSummary(**{name: row[name] for name in ContestSummary.__dataclass_fields__})


def lines_of(
    outcome_id: int, limit: int | None = None, offset: int = 0, *, funded_only: bool = False
) -> list[LineView]:
    """Projects of an outcome: funded ones first in order of funding, then the others by rank."""
    chosen = (
        select(OutcomeLine, Proposal)
        .join(Proposal, Proposal.id == OutcomeLine.proposal_id)
        .where(OutcomeLine.outcome_id == outcome_id, OutcomeLine.funded | (not funded_only))
        .order_by(OutcomeLine.position)
        .limit(limit)
        .offset(offset)
    )
    return [_line_view(row.OutcomeLine, row.Proposal) for row in db.session.execute(chosen)]


def _line_view(line: OutcomeLine, proposal: Proposal) -> LineView:
    return LineView(
        proposal.reference,
        proposal.title,
        proposal.description,
        proposal.category,
        proposal.cost,
        line.funded,
        line.votes,
        whole_or_fraction(Fraction(line.score)),
        line.rank,
        line.reason,
    )


@dataclass(frozen=True)
class FundedProject:
    """A funded project with the contest that funded it."""

    title: str
    cost: int
    units: int
    pot_name: str
    pot_slug: str


def most_wanted(round_id: int, limit: int) -> list[FundedProject]:
    """The funded projects of a round that most people voted for, one for each contest before any second one."""
    place = func.row_number().over(partition_by=Pot.id, order_by=(OutcomeLine.votes.desc(), Proposal.reference))
    chosen = (
        select(Proposal.title, Proposal.cost, Pot.units, Pot.name.label("pot_name"), Pot.slug.label("pot_slug"))
        .join(OutcomeLine, OutcomeLine.proposal_id == Proposal.id)
        .join(Outcome, (Outcome.id == OutcomeLine.outcome_id) & (Outcome.position == RESULT))
        .join(Pot, Pot.id == Outcome.pot_id)
        .where(Pot.round_id == round_id, OutcomeLine.funded)
        .order_by(place, OutcomeLine.votes.desc(), Pot.position)
        .limit(limit)
    )
    return [FundedProject(**row) for row in db.session.execute(chosen).mappings()]


def brief_lines_of(outcome_id: int) -> list[BriefLine]:
    """Every project of an outcome in its order, without the sentences: for bars and comparisons."""
    chosen = (
        select(Proposal.reference, Proposal.title, Proposal.cost, OutcomeLine.funded)
        .join(OutcomeLine, OutcomeLine.proposal_id == Proposal.id)
        .where(OutcomeLine.outcome_id == outcome_id)
        .order_by(OutcomeLine.position)
    )
    return [BriefLine(*row) for row in db.session.execute(chosen)]


def differences(outcomes: Sequence[OutcomeView]) -> list[Difference]:
    """What each other rule would have funded that the result did not, and the other way round, in one statement."""
    if not outcomes:
        return []
    result, others = outcomes[0], outcomes[1:]
    cast_line, other_line = aliased(OutcomeLine), aliased(OutcomeLine)
    chosen = (
        select(other_line.outcome_id, other_line.funded, Proposal.title)
        .join(cast_line, cast_line.proposal_id == other_line.proposal_id)
        .join(Proposal, Proposal.id == other_line.proposal_id)
        .where(
            cast_line.outcome_id == result.id,
            other_line.outcome_id.in_([other.id for other in others]),
            other_line.funded != cast_line.funded,
        )
        .order_by(case((other_line.funded, other_line.position), else_=cast_line.position))
    )
    changed: dict[tuple[int, bool], list[str]] = {}
    for row in db.session.execute(chosen):
        changed.setdefault((row.outcome_id, row.funded), []).append(row.title)
    return [Difference(o, changed.get((o.id, True), []), changed.get((o.id, False), [])) for o in others]


@dataclass(frozen=True)
class CountView:
    """The count of a round: when (UTC), outcome.json letter for letter, and the figures about taking part."""

    counted_at: datetime
    outcome: str
    facts: dict[str, Any]


def is_counted(round_id: int) -> bool:
    """Whether the round has been counted."""
    return db.session.scalar(select(RoundCount.round_id).where(RoundCount.round_id == round_id)) is not None


def count_of(round_id: int) -> CountView | None:
    """The count of a round, published or not; for staff, and for the pages of a round that is published."""
    columns = select(RoundCount.counted_at, RoundCount.outcome, RoundCount.facts)
    row = db.session.execute(columns.where(RoundCount.round_id == round_id)).first()
    return CountView(*row) if row else None


@dataclass(frozen=True)
class FileView:
    """A contest's file of ballots without its content."""

    pot_id: int
    slug: str
    name: str
    sha256: str
    ballots: int
    unique_ballots: int


def contest_files(round_id: int) -> list[FileView]:
    """The files of a counted round, in the order of its pots."""
    row = ContestFile
    columns = select(row.pot_id, Pot.slug, Pot.name, row.sha256, row.ballots, row.unique_ballots)
    chosen = columns.join(Pot, Pot.id == row.pot_id).where(Pot.round_id == round_id)
    return [FileView(*each) for each in db.session.execute(chosen.order_by(Pot.position, Pot.name))]


def contest_content(pot_id: int) -> bytes | None:
    """The bytes of a contest's .pb file. Ask first who may have it."""
    content = db.session.scalar(select(ContestFile.content).where(ContestFile.pot_id == pot_id))
    return None if content is None else zlib.decompress(content)


@dataclass(frozen=True)
class PublicationView:
    """What was published of a round; `forms` says `ballots` or `totals` by pot, `reason` why not by the rule alone."""

    published_at: datetime
    forms: dict[str, str]
    reason: str
    caveat: str
    last_challenge_day: date
    sealed_at: datetime | None
    backups_gone_on: date | None


def publication_of(round_id: int) -> PublicationView | None:
    """What was published of a round; None before."""
    row = db.session.get(Publication, round_id, populate_existing=True)
    return _publication_view(row) if row else None


def _publication_view(row: Publication) -> PublicationView:
    return PublicationView(**{name: getattr(row, name) for name in PublicationView.__dataclass_fields__})


def standing_of(round_id: int) -> tuple[CountView | None, PublicationView | None]:
    """The count of a round and what was published of it, in one statement; None for each that is not there."""
    chosen = select(RoundCount, Publication).outerjoin(Publication, Publication.round_id == RoundCount.round_id)
    row = db.session.execute(chosen.where(RoundCount.round_id == round_id)).first()
    if row is None:
        return None, None
    counted = CountView(row.RoundCount.counted_at, row.RoundCount.outcome, row.RoundCount.facts)
    return counted, _publication_view(row.Publication) if row.Publication else None


def published_round(slug: str) -> tuple[RoundView, CountView, PublicationView] | None:
    """A round whose result is out, with its count and what was published; None for every other address."""
    round_ = round_by_slug(slug)
    if round_ is None or round_.phase not in DECIDED:
        return None
    counted, published = standing_of(round_.id)
    return (round_, counted, published) if counted and published else None


@dataclass(frozen=True)
class BundleView:
    """What a bundle holds besides ledger, manifest and contest files; `signature` empty where the key was lost."""

    size: int
    files: dict[str, str]
    sums: str
    signature: str


def latest_bundle(round_id: int) -> BundleView | None:
    """The latest bundle of a round, or None before it is published."""
    row = db.session.scalar(select(Bundle).where(Bundle.round_id == round_id).order_by(Bundle.size.desc()).limit(1))
    return BundleView(row.size, row.files, row.sums, row.signature) if row else None
