"""Casting: hold the ledger, check everything, write the ballot and let its draft go, all in one transaction.

hold the ledger  →  take the draft  →  open? right key? as shown? ready?  →  ledger entry  →  commit  →  the tracker

Nothing of it depends on what was read before the ledger was held, so a close, an amendment or another tab that came
first is seen. It is the one act that must be quick when everybody votes at once: five statements, each built once
(`python -m bench.casting` measures it). An error at any place puts the draft back.
"""

from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, select

from pbudget.ballots.actions import (
    BallotNotReady,
    BallotSessionEnded,
    BlankNotMeant,
    CastAlready,
    ChoicesNotAsShown,
    VotingNotOpen,
)
from pbudget.ballots.models import BallotDraft
from pbudget.ballots.queries import DraftView, cast_of_draft, is_open, key_ids_in, paper_for, was_stopped
from pbudget.ballots.rules.moments import standing
from pbudget.ballots.rules.payload import payload_of, problems_of_ballot
from pbudget.db import PresentMoment, by_clock, lean_transaction, table_of
from pbudget.keys.actions import load_key
from pbudget.ledger.actions import append_new_ballot, hold_ledger_of
from pbudget.ledger.queries import HeadView
from pbudget.roll.queries import stops_so_far
from pbudget.rounds.models import Round
from pbudget.wards.models import Ward

DRAFT = table_of(BallotDraft)
ROUND = table_of(Round)
WARD = table_of(Ward)
VOTED_IN = ROUND.c.id == DRAFT.c.round_id, ROUND.c.rehearsal_of.is_(None)
VOTING = [select(ROUND.c[name]).where(*VOTED_IN).scalar_subquery() for name in ("phase", "opens_at", "closes_at")]
WARD_CODE = select(WARD.c.code).where(WARD.c.id == DRAFT.c.ward_id).scalar_subquery()
TAKEN_DRAFT = (
    delete(DRAFT)
    .where(DRAFT.c.id == bindparam("draft_id"), DRAFT.c.round_id == bindparam("round_id"))
    .returning(
        *(DRAFT.c[name] for name in DraftView.__dataclass_fields__),
        WARD_CODE,
        stops_so_far(DRAFT.c.round_id),
        *VOTING,
        PresentMoment(),
    )
)


def cast_ballot(
    keys_folder: Path, slug: str, draft_id: str, token: str, *, blank_is_meant: bool = False, helped: bool = False
) -> str:
    """Cast this revision of the draft and say its tracker; the same revision again gives the same tracker.

    `helped`: whether the voter says that somebody is helping them.

    The clock is read after the ledger is held, so closing is to the second. The roll is neither read nor written.
    Raises BallotSessionEnded, VotingNotOpen, LedgerNotOpen, RoundClosed, ChoicesNotAsShown, CastAlready, BlankNotMeant
    and BallotNotReady, and what `load_key` raises; nothing is cast then.
    """
    with lean_transaction() as connection:
        head = hold_ledger_of(connection, slug)
        taken = connection.execute(TAKEN_DRAFT, {"draft_id": draft_id, "round_id": head.round_id}).first()
        if taken is None:
            return _tracker_of_cast(connection, head, draft_id, token)
        *columns, ward, stops, phase, opens_at, closes_at, told = taken
        held = DraftView(*columns)
        _refuse_unless(standing(phase, opens_at, closes_at, by_clock(told)) == "open")
        k_round = load_key(keys_folder, slug, "round", key_ids_in(head.manifest))
        if stops > held.stops and was_stopped(held, lambda: k_round, connection):
            raise BallotSessionEnded("This session has ended.")
        _refuse_unless_as_shown(held, token, blank_is_meant)
        return _append(connection, head, held, ward, helped)


def _tracker_of_cast(connection: Connection, head: HeadView, draft_id: str, token: str) -> str:
    """The tracker of a draft that is gone because exactly this revision of it was cast."""
    cast = cast_of_draft(head.round_id, draft_id, connection) if draft_id else None
    if cast is None:
        _refuse_unless(is_open(connection, head.round_id))
        raise BallotSessionEnded("This session has ended.")
    if cast.idem != draft_id + token:
        raise CastAlready("Your ballot has been cast, and not with the choices on the page you came from.")
    return cast.tracker


def _refuse_unless(voting_is_open: bool) -> None:
    if not voting_is_open:
        raise VotingNotOpen("Voting is not open. Your vote has NOT been recorded.")


def _refuse_unless_as_shown(held: DraftView, token: str, blank_is_meant: bool) -> None:
    if not blank_is_meant and not any(held.choices.values()):
        raise BlankNotMeant("You have chosen nothing. Say that you want to cast a blank vote.")
    if held.token != token:
        raise ChoicesNotAsShown("Your choices have changed since you checked them. Check them again.")


def _append(connection: Connection, head: HeadView, held: DraftView, ward: str, helped: bool) -> str:
    """Put the ballot into the ledger, if its paper allows, and say its tracker."""
    paper = paper_for(head.round_id, held.ward_id, connection)
    if problems_of_ballot(paper, held.choices):
        raise BallotNotReady("Something on your ballot has to be changed before you can cast it.")
    payload = payload_of(
        paper,
        held.choices,
        round_name=head.name,
        slot=held.slot,
        ward=ward,
        channel=held.channel,
        assurance=held.assurance,
        helped=helped,
    )
    return append_new_ballot(connection, head, payload, held.idem).tracker
