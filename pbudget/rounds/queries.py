"""Reading rounds, pots and what a round is set up with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from pbudget.balance.clusters import Cluster
from pbudget.balance.quorum import Quorum
from pbudget.db import database_now, db
from pbudget.equality.models import EqualityPlan
from pbudget.equality.rules.questions import Question, question_of
from pbudget.rounds.models import Approval, EscrowReceipt, Pot, Round
from pbudget.rounds.rules.approvals import LASTS, has_expired
from pbudget.rounds.rules.counting import rule_from_json
from pbudget.rounds.rules.extension import MoreTime
from pbudget.rounds.rules.phases import DECIDED, stage_of
from pbudget.tally.rules.rule import Rule
from pbudget.wards.models import Borough, Ward
from pbudget.wards.queries import WardName

LATEST_FIRST = (Round.closes_on.desc().nulls_last(), Round.dates_as_stated.desc(), Round.name)
NOT_A_REHEARSAL = Round.rehearsal_of.is_(None)
CHANNELS = ("online", "kiosk", "roadshow", "paper")


@dataclass(frozen=True)
class RoundView:
    """A round as pages show it. Moments are UTC; a replay and a round being prepared may have none."""

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
    opens_at: datetime | None
    closes_at: datetime | None
    assurance: str
    contact_point: str
    codes_per_address: int
    youngest_age: int
    oldest_age: int | None
    reminder_days: int | None
    extension_days: int | None
    decide_by: datetime | None
    quorum_votes: int
    quorum_per_thousand: int
    channel_online: bool
    channel_kiosk: bool
    channel_roadshow: bool
    channel_paper: bool
    publish: str
    publish_reason: str
    challenge_days: int
    annul_rule: str
    unawarded: str
    key_ids: Mapping[str, str] | None
    opened_at: datetime | None
    closed_at: datetime | None
    rehearsal_of: int | None

    def stage(self, now: datetime) -> str:
        """Where the round stands at this moment: see rules/phases.py."""
        return stage_of(self.phase, self.opens_at, self.closes_at, now, self.decide_by)

    @property
    def more_time(self) -> MoreTime | None:
        """What is left of its extension at the close; None for a round without a closing time."""
        return MoreTime(self.closes_at, self.extension_days, self.decide_by) if self.closes_at else None

    @property
    def quorum(self) -> Quorum:
        """How many must take part, as officers set it; what was frozen is in the manifest."""
        return Quorum(self.quorum_votes, self.quorum_per_thousand)

    @property
    def channels(self) -> tuple[str, ...]:
        """The ways to vote in it: online, kiosk, roadshow, paper."""
        return tuple(channel for channel in CHANNELS if getattr(self, f"channel_{channel}"))


@dataclass(frozen=True)
class SetUp(RoundView):
    """A round with everything an officer set it up with."""

    witnesses: list[dict[str, str]]
    documents: dict[str, str]
    saved_tasks: list[str]
    l_and_a: dict[str, Any]
    manifest: str
    escrow: int
    """How many officers have downloaded a locked copy of the keys."""
    waiting: str | None
    """The latest request that waits for a second officer, even one that ran out meanwhile; see `waits`."""
    waiting_since: datetime | None
    questions: tuple[Question, ...]
    """What voters will be asked about themselves."""

    def waits(self, now: datetime) -> str:
        """The id of a request that can still be approved at this moment; empty where there is none."""
        since = self.waiting_since
        return self.waiting if self.waiting and since and not has_expired(since, now) else ""


@dataclass(frozen=True)
class PotView:
    """A pot as pages show it; `amount` in the smallest unit, `units` of them to one unit of the currency.

    `most_choices` is how many projects a ballot may name (None: any number), `most_points` how many points it gives.
    """

    id: int
    slug: str
    name: str
    amount: int
    units: int
    ballot_type: str
    rule: Rule
    ward_id: int | None
    most_choices: int | None
    most_points: int | None
    cluster: str
    """The name under which its ward is looked at together with others; empty for most."""


@dataclass(frozen=True)
class WardChoice:
    """A ward that a pot can be for."""

    id: int
    code: str
    name: str
    borough: str
    borough_slug: str


def wards_to_choose() -> list[WardChoice]:
    """Every ward, by borough and name."""
    chosen = select(Ward.id, Ward.code, Ward.name, Borough.name.label("borough"), Borough.slug).join(Borough)
    return [WardChoice(*row) for row in db.session.execute(chosen.order_by(Borough.name, Ward.name))]


@dataclass(frozen=True)
class ApprovalView:
    """A request for two officers with the round it is about. Moments are UTC; people are ids."""

    id: str
    round_id: int
    round_slug: str
    round_name: str
    act: str
    subject_hash: str
    payload: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    outcome: str
    note: str

    @property
    def subject(self) -> dict[str, Any]:
        """Exactly what is approved: the hash is of this."""
        subject: dict[str, Any] = json.loads(self.payload)["subject"]
        return subject


def round_by_slug(slug: str) -> RoundView | None:
    """One round, or None. A rehearsal has no public address."""
    row = db.session.scalar(select(Round).where(Round.slug == slug, NOT_A_REHEARSAL))
    return round_view(row) if row else None


def round_by_id(round_id: int) -> RoundView | None:
    """One round, a rehearsal too, or None."""
    row = db.session.get(Round, round_id)
    return round_view(row) if row else None


def set_up_by_slug(slug: str) -> SetUp | None:
    """One round with everything an officer set it up with, or None."""
    row = db.session.execute(_set_ups().where(Round.slug == slug, NOT_A_REHEARSAL)).first()
    return set_up_view(*row) if row else None


def set_up_by_id(round_id: int) -> SetUp:
    """One round with everything an officer set it up with; it is there."""
    chosen = _set_ups().where(Round.id == round_id).execution_options(populate_existing=True)
    return set_up_view(*db.session.execute(chosen).one())


def _set_ups() -> Select[Any]:
    copies = select(func.count()).where(EscrowReceipt.round_id == Round.id).scalar_subquery()
    asked = Approval.round_id == Round.id, Approval.outcome == "waiting"
    latest = [
        select(column).where(*asked).order_by(Approval.requested_at.desc(), Approval.id).limit(1).scalar_subquery()
        for column in (Approval.id, Approval.requested_at)
    ]
    asked_of_voters = select(EqualityPlan.questions).where(EqualityPlan.round_id == Round.id).scalar_subquery()
    return select(Round, copies, *latest, asked_of_voters)


def rounds(phases: tuple[str, ...], limit: int, offset: int = 0) -> list[RoundView]:
    """Rounds in these phases, the latest first."""
    chosen = select(Round).where(Round.phase.in_(phases), NOT_A_REHEARSAL).order_by(*LATEST_FIRST)
    return [round_view(row) for row in db.session.scalars(chosen.limit(limit).offset(offset))]


def rounds_under_way(limit: int) -> list[RoundView]:
    """Rounds that are not decided: open, being counted, being prepared, annulled; of each the latest first."""
    standing = case({"open": 0, "closed": 1, "set-up": 2, "annulled": 3}, value=Round.phase)
    chosen = select(Round).where(Round.phase.not_in(DECIDED), NOT_A_REHEARSAL).order_by(standing, *LATEST_FIRST)
    return [round_view(row) for row in db.session.scalars(chosen.limit(limit))]


def number_of_rounds(phases: tuple[str, ...]) -> int:
    """How many rounds are in these phases."""
    return db.session.scalar(select(func.count()).where(Round.phase.in_(phases), NOT_A_REHEARSAL)) or 0


def rounds_due_to_close() -> list[int]:
    """Ids of rounds whose closing time has come, with nothing left to decide, and which have not been closed."""
    now = database_now(db.session())
    decided = or_(Round.decide_by.is_(None), Round.decide_by <= now)
    due = select(Round.id).where(Round.phase == "open", Round.closes_at <= now, decided)
    return list(db.session.scalars(due.order_by(Round.id)))


def pots_of(round_id: int) -> list[PotView]:
    """Every pot of a round, in its order."""
    chosen = select(Pot).where(Pot.round_id == round_id).order_by(Pot.position, Pot.name)
    return [pot_view(row) for row in db.session.scalars(chosen)]


def clusters_of(pots: Sequence[PotView], codes_of_wards: Mapping[int, str]) -> tuple[Cluster, ...]:
    """The wards that are looked at together, in the order of their pots."""
    names = dict.fromkeys(pot.cluster for pot in pots if pot.cluster)
    members = [(name, [pot for pot in pots if pot.cluster == name]) for name in names]
    return tuple(
        Cluster(
            name,
            tuple(pot.slug for pot in joined),
            tuple(pot.name for pot in joined),
            tuple(codes_of_wards.get(pot.ward_id or 0, "") for pot in joined),
        )
        for name, joined in members
    )


def wards_in_round(round_id: int) -> list[WardName]:
    """The wards whose residents have a pot to vote on, by name, in one statement.

    Where a pot is borough-wide, with the others of their borough; where every pot is, every ward.
    """
    own = select(Pot.ward_id).where(Pot.round_id == round_id, Pot.ward_id.is_not(None))
    for_all = exists().where(Pot.round_id == round_id, Pot.ward_id.is_(None))
    around = or_(Ward.borough_id.in_(select(Ward.borough_id).where(Ward.id.in_(own))), ~own.exists())
    none = ~exists().where(Pot.round_id == round_id)
    chosen = select(Ward.id, Ward.code, Ward.name).where(or_(Ward.id.in_(own), and_(for_all, around), none))
    return [WardName(*row) for row in db.session.execute(chosen.order_by(Ward.name, Ward.code))]


def current_pots_of_ward(ward_id: int) -> list[tuple[RoundView, PotView]]:
    """Pots of a ward in rounds that are open or being prepared, the open ones first."""
    chosen = (
        select(Round, Pot)
        .join(Pot)
        .where(Pot.ward_id == ward_id, Round.phase.in_(("open", "set-up")), NOT_A_REHEARSAL)
        .order_by(Round.phase, *LATEST_FIRST)
    )
    return [(round_view(row.Round), pot_view(row.Pot)) for row in db.session.execute(chosen)]


def pot_by_slugs(round_slug: str, pot_slug: str) -> tuple[RoundView, PotView] | None:
    """A pot with its round, or None."""
    chosen = select(Round, Pot).join(Pot).where(Round.slug == round_slug, Pot.slug == pot_slug, NOT_A_REHEARSAL)
    row = db.session.execute(chosen).first()
    return (round_view(row.Round), pot_view(row.Pot)) if row else None


def approval(approval_id: str) -> ApprovalView | None:
    """One request, or None."""
    row = db.session.execute(_approvals().where(Approval.id == approval_id)).first()
    return ApprovalView(*row) if row else None


def approvals_waiting(now: datetime) -> list[ApprovalView]:
    """Requests that can still be approved at this moment, the oldest first."""
    chosen = _approvals().where(Approval.outcome == "waiting", Approval.requested_at > now - LASTS)
    return [ApprovalView(*row) for row in db.session.execute(chosen.order_by(Approval.requested_at))]


def approvals_over(now: datetime, limit: int, offset: int) -> list[ApprovalView]:
    """Requests that were decided or ran out, the latest first."""
    chosen = _approvals().where(_is_over(now)).order_by(Approval.requested_at.desc()).limit(limit).offset(offset)
    return [ApprovalView(*row) for row in db.session.execute(chosen)]


def number_of_approvals_over(now: datetime) -> int:
    """How many requests were decided or ran out."""
    return db.session.scalar(select(func.count()).select_from(Approval).where(_is_over(now))) or 0


def _is_over(now: datetime) -> ColumnElement[bool]:
    return or_(Approval.outcome != "waiting", Approval.requested_at <= now - LASTS)


def _approvals() -> Select[Any]:
    """The columns of an ApprovalView, in its order."""
    names = [field.name for field in fields(ApprovalView)]
    of_round = {"round_slug": Round.slug, "round_name": Round.name}
    return select(*(of_round[name] if name in of_round else getattr(Approval, name) for name in names)).join(Round)


def round_view(row: Round) -> RoundView:
    """A round's row as pages show it."""
    return RoundView(**{field.name: getattr(row, field.name) for field in fields(RoundView)})


def set_up_view(
    row: Round, escrow: int, waiting: str | None, since: datetime | None, questions: list[dict[str, Any]] | None
) -> SetUp:
    """A round's row as officers see it; what was never filled in is empty."""
    known: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields(RoundView)}
    return SetUp(
        **known,
        witnesses=row.witnesses or [],
        documents=row.documents or {},
        saved_tasks=row.saved_tasks or [],
        l_and_a=row.l_and_a or {},
        manifest=row.manifest or "",
        escrow=escrow,
        waiting=waiting,
        waiting_since=since,
        questions=tuple(question_of(each) for each in questions or ()),
    )


def pot_view(row: Pot) -> PotView:
    """A pot's row as pages show it."""
    plain = {field.name: getattr(row, field.name) for field in fields(PotView) if field.name != "rule"}
    return PotView(**plain, rule=rule_from_json(row.rule))
