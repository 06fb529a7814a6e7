"""What a voter does before and instead of casting: begin, choose, leave. Casting is in casting.py."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from pbudget.ballots.models import BallotDraft
from pbudget.ballots.queries import DraftView, VotingRound, draft, key_ids_of
from pbudget.ballots.rules.choices import Change, blank, changed, points_typed
from pbudget.ballots.rules.moments import IDLE, rounded_up
from pbudget.ballots.rules.paper import Contest
from pbudget.db import database_now, transaction
from pbudget.keys.actions import load_key
from pbudget.keys.rules import slot_of
from pbudget.kit.errors import PbudgetError
from pbudget.rounds.models import Round


class BallotSessionEnded(PbudgetError):
    """There is no such draft any more: the person reads "This session has ended" and how to begin again."""


class VotingNotOpen(PbudgetError):
    """Voting has not opened, has closed or was annulled: the person reads which, and that nothing was recorded."""


class ChoicesNotAsShown(PbudgetError):
    """The choices changed after this page was made: nothing is cast, and "Check your vote" is shown again."""


class CastAlready(PbudgetError):
    """This ballot was cast with other choices than the page showed: the person reads which of the two counts."""


class BallotNotReady(PbudgetError):
    """Something keeps the ballot from being cast; "Check your vote" says what."""


class BlankNotMeant(PbudgetError):
    """Nothing was chosen, and the voter has not said that this is meant: "Check your vote" asks."""


def slot_for(keys_folder: Path, round_: VotingRound, entry: str) -> str:
    """The slot of `roll:<id>` or `browser:<bits>` in this round, by the key its manifest names; raises as key_for."""
    return slot_of(key_for(keys_folder, round_), entry)


def key_for(keys_folder: Path, round_: VotingRound) -> bytes:
    """The round's key, if it is the one its manifest names.

    Raises KeyMissing, KeyMismatch or KeysDestroyed when this machine must not take votes, VotingNotOpen before opening.
    """
    ids = key_ids_of(round_.id)
    if ids is None:
        raise VotingNotOpen("Voting in this round has not opened.")
    return load_key(keys_folder, round_.slug, "round", ids)


def start_draft(
    round_id: int,
    slot: str,
    ward_id: int,
    *,
    assurance: str,
    channel: str = "online",
    instead_of: str = "",
    stops: int = 0,
) -> str:
    """The id of a new blank draft for this slot; the browser's earlier one, if it has one, goes.

    `stops`: what `identify` read with the code, where there was one.
    """
    with transaction() as session:
        session.execute(delete(BallotDraft).where(BallotDraft.id == instead_of))
        draft_id = secrets.token_hex(16)
        session.execute(
            insert(BallotDraft).values(
                id=draft_id,
                round_id=round_id,
                slot=slot,
                channel=channel,
                assurance=assurance,
                ward_id=ward_id,
                choices={},
                token=secrets.token_hex(16),
                seed=secrets.token_hex(16),
                touched_at=_touched(session),
                stops=stops,
            )
        )
    return draft_id


def change_draft(draft_id: str, contest: Contest, change: Change | None, typed: Mapping[str, str]) -> DraftView:
    """Do one press, and keep what was typed into boxes of points; the draft as it is then.

    The token is new if, and only if, the choices are. Raises BallotSessionEnded.
    """
    with transaction() as session:
        held = draft(draft_id, session, to_change=True)
        if held is None:
            raise BallotSessionEnded("This session has ended.")
        before = held.choices.get(contest.slug, blank(contest.ballot_type))
        after = points_typed(contest, before, typed) if isinstance(before, dict) else before
        after = changed(contest, after, change) if change else after
        if after == before and list(after) == list(before):
            return held
        choices = {**held.choices, contest.slug: after}
        renewed = replace(held, choices=choices, token=secrets.token_hex(16), touched_at=_touched(session))
        values = {"choices": choices, "token": renewed.token, "touched_at": renewed.touched_at}
        session.execute(update(BallotDraft).where(BallotDraft.id == draft_id).values(**values))
    return renewed


def end_draft(draft_id: str) -> None:
    """Forget an unfinished ballot; repeating it does no harm."""
    with transaction() as session:
        session.execute(delete(BallotDraft).where(BallotDraft.id == draft_id))


def purge_idle_drafts(now: datetime) -> int:
    """Forget drafts that nobody touched for two hours, and all of rounds that take no votes any more; how many."""
    over = select(Round.id).where(or_(Round.phase != "open", Round.closes_at <= now))
    with transaction() as session:
        gone = delete(BallotDraft).where(or_(BallotDraft.touched_at <= now - IDLE, BallotDraft.round_id.in_(over)))
        return session.execute(gone).rowcount  # type: ignore[attr-defined,no-any-return]  # a delete has one


def _touched(session: Session) -> datetime:
    return rounded_up(database_now(session))
