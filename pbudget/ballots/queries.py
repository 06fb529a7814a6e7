"""Reading what a resident needs to vote: the round, the paper, the draft, and what became of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, bindparam, column, exists, func, or_, select, table
from sqlalchemy.orm import Session

from pbudget.ballots.models import BallotDraft
from pbudget.ballots.rules.moments import standing
from pbudget.ballots.rules.paper import Choices, Contest, Option, Paper
from pbudget.db import PresentMoment, asking, by_clock, db
from pbudget.keys.rules import KeyIds, slot_of
from pbudget.ledger.queries import entry_by_tracker, head_of
from pbudget.ledger.rules import tracker_of
from pbudget.proposals.models import Proposal
from pbudget.roll.queries import stopped_since
from pbudget.rounds.models import Pot, Round
from pbudget.wards.models import Ward

LEDGER = table("ledger_entry", column("round_id"), column("idem"), column("leaf"), column("slot"), column("entry_id"))


@dataclass(frozen=True)
class VotingRound:
    """A round as a voter meets it; moments in UTC. `standing` is what one can do there now."""

    id: int
    slug: str
    name: str
    place: str
    phase: str
    currency: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    extension_days: int | None
    decide_by: datetime | None
    assurance: str
    contact_point: str
    youngest_age: int
    oldest_age: int | None
    channel_online: bool
    channel_kiosk: bool
    channel_roadshow: bool
    channel_paper: bool
    challenge_days: int
    publish: str
    standing: str

    @property
    def ended_at(self) -> datetime | None:
        """When voting ended: the closing time, or the moment two officers closed it before that."""
        moments = [moment for moment in (self.closes_at, self.closed_at) if moment]
        return min(moments, default=None)

    @property
    def can_begin_here(self) -> bool:
        """Whether a resident can begin a ballot on this website: not where staff look residents up."""
        return self.channel_online and self.assurance != "roll"

    @property
    def by_contact(self) -> bool:
        """Whether a resident begins with a link to their e-mail address."""
        return self.assurance == "open" and self.contact_point != "none"


# Statements that pages ask again and again are built once: building one takes several times as long as running it.
ROUNDS = select(
    *(getattr(Round, name) for name in VotingRound.__dataclass_fields__ if name != "standing"), PresentMoment()
).where(Round.rehearsal_of.is_(None))
ROUND_BY_SLUG = ROUNDS.where(Round.slug == bindparam("slug"))
STANDING = select(Round.phase, Round.opens_at, Round.closes_at, PresentMoment()).where(
    Round.id == bindparam("round_id"), Round.rehearsal_of.is_(None)
)


def voting_round(slug: str) -> VotingRound | None:
    """The round of this name, or None; a rehearsal is nobody's to vote in."""
    row = asking().execute(ROUND_BY_SLUG, {"slug": slug}).first()
    if row is None:
        return None
    *columns, told = row
    return VotingRound(*[*columns, standing(row.phase, row.opens_at, row.closes_at, by_clock(told), row.decide_by)])


def is_open(connection: Connection, round_id: int) -> bool:
    """Whether the round takes votes at this very moment, as the connection sees it now; a rehearsal never does."""
    row = connection.execute(STANDING, {"round_id": round_id}).first()
    if row is None:
        return False
    phase, opens_at, closes_at, told = row
    return standing(phase, opens_at, closes_at, by_clock(told)) == "open"


@dataclass(frozen=True)
class WardView:
    """A ward one may vote in."""

    id: int
    code: str
    name: str


def ward_of_id(ward_id: int) -> WardView:
    """The ward with this id."""
    return WardView(*asking().execute(WARD_BY_ID, {"ward_id": ward_id}).one())


WARD_BY_ID = select(Ward.id, Ward.code, Ward.name).where(Ward.id == bindparam("ward_id"))


def wards_of_round(round_id: int) -> list[WardView]:
    """The wards whose residents have something to vote on, by name: all of them where a pot is borough-wide."""
    own = select(Pot.ward_id).where(Pot.round_id == round_id, Pot.ward_id.is_not(None))
    for_all = exists().where(Pot.round_id == round_id, Pot.ward_id.is_(None))
    chosen = select(Ward.id, Ward.code, Ward.name).where(or_(Ward.id.in_(own), for_all))
    return [WardView(*row) for row in db.session.execute(chosen.order_by(Ward.name, Ward.code))]


def paper_for(round_id: int, ward_id: int, on: Session | Connection | None = None) -> Paper:
    """What a resident of this ward votes on: the ward's own pots, then the borough-wide ones, in one statement."""
    found = asking(on).execute(PAPER, {"of_round": round_id, "of_ward": ward_id})
    by_pot = groupby(found, key=lambda row: row[: len(OF_CONTEST)])
    return Paper(tuple(_contest(pot, [row[len(OF_CONTEST) :] for row in rows]) for pot, rows in by_pot))


def _contest(pot: Sequence[Any], proposals: list[Sequence[Any]]) -> Contest:
    """One contest; a pot without a proposal comes with one row of nothing but nulls."""
    options = tuple(Option(*proposal) for proposal in proposals if proposal[0] is not None)
    return Contest(**dict(zip(OF_CONTEST, pot, strict=True)), options=options)


OF_CONTEST = {
    "slug": Pot.slug,
    "name": Pot.name,
    "ballot_type": Pot.ballot_type,
    "amount": Pot.amount,
    "currency": Round.currency,
    "units": Pot.units,
    "most": Pot.most_choices,
    "points": func.coalesce(Pot.most_points, 0),
    "is_borough_wide": Pot.ward_id.is_(None),
}
OF_OPTION = [getattr(Proposal, name) for name in Option.__dataclass_fields__]
PAPER: Select[*tuple[Any, ...]] = (
    select(*(column.label(name) for name, column in OF_CONTEST.items()), *OF_OPTION)
    .join(Round, Round.id == Pot.round_id)
    .outerjoin(Proposal, Proposal.pot_id == Pot.id)
    .where(Pot.round_id == bindparam("of_round"), or_(Pot.ward_id == bindparam("of_ward"), Pot.ward_id.is_(None)))
    .order_by(Pot.ward_id.is_(None), Pot.position, Pot.name, Pot.id, Proposal.reference)
)


@dataclass(frozen=True)
class DraftView:
    """A draft as the pages and actions see it; the choices by the slug of the pot."""

    id: str
    round_id: int
    slot: str
    channel: str
    assurance: str
    ward_id: int
    choices: dict[str, Choices]
    token: str
    seed: str
    touched_at: datetime
    stops: int

    @property
    def idem(self) -> str:
        """The idempotency token of this revision in the ledger, 64 hexadecimal digits."""
        return self.id + self.token


DRAFTS = select(*(getattr(BallotDraft, name) for name in DraftView.__dataclass_fields__)).where(
    BallotDraft.id == bindparam("draft_id")
)
DRAFTS_HELD = DRAFTS.with_for_update()


def draft(draft_id: str, session: Session | None = None, *, to_change: bool = False) -> DraftView | None:
    """One draft, or None once it is cast, ended or gone; `to_change` holds its row until the transaction ends."""
    chosen = DRAFTS_HELD if to_change else DRAFTS
    row = asking(session).execute(chosen, {"draft_id": draft_id}).first()
    return DraftView(*row) if row else None


def was_stopped(held: DraftView, key: Callable[[], bytes], on: Session | Connection | None = None) -> bool:
    """Whether the code that this ballot was begun with was stopped since, or its ward corrected.

    Worked out with the round's key (`key` gives it, and is asked only where anything was stopped at all) and never
    stored: a draft that was deleted together with the code would tell whose ballot the slot's is.
    """
    if held.assurance == "open":
        return False
    stopped = stopped_since(held.round_id, held.stops, on)
    k_round = key() if stopped else b""
    return any(slot_of(k_round, f"roll:{entry}") == held.slot for entry in stopped)


@dataclass(frozen=True)
class CastView:
    """What became of a draft that was cast: which revision of it, the tracker, and whose it is as a slot."""

    idem: str
    tracker: str
    slot: str


def cast_of_draft(round_id: int, draft_id: str, on: Session | Connection | None = None) -> CastView | None:
    """The ballot that a draft became, or None. A draft is cast once at most: casting deletes it.

    Reads by range, because the ledger's token is the draft's id followed by the revision's.
    """
    tokens = {"round_id": round_id, "first": draft_id, "behind": draft_id + "g"}
    row = asking(on).execute(CASTS, tokens).first()
    return CastView(row.idem, tracker_of(row.leaf), row.slot) if row else None


CASTS = select(LEDGER.c.idem, LEDGER.c.leaf, LEDGER.c.slot).where(
    LEDGER.c.round_id == bindparam("round_id"),
    LEDGER.c.idem >= bindparam("first"),
    LEDGER.c.idem < bindparam("behind"),
)


def slot_of_tracker(round_id: int, tracker: str) -> str | None:
    """Whose ballot has this tracker, as a slot; None where none has."""
    entry = entry_by_tracker(round_id, tracker)
    if entry is None:
        return None
    return db.session.scalar(select(LEDGER.c.slot).where(LEDGER.c.entry_id == entry.entry_id))


def key_ids_of(round_id: int) -> KeyIds | None:
    """The ids of the round's keys as its published manifest has them; None before it has opened."""
    head = head_of(round_id)
    return key_ids_in(head.manifest) if head else None


@lru_cache(maxsize=16)
def key_ids_in(manifest: str) -> KeyIds:
    """The ids of the keys in a published manifest; each manifest is read once a process, since it never changes."""
    return KeyIds(**json.loads(manifest)["keys"])
