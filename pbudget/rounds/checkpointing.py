"""The daily checkpoint: where each open round's chain stands, signed, and mailed to the witnesses."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from pbudget.db import database_now, db, transaction
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds
from pbudget.kit.clock import LONDON, say_day
from pbudget.kit.errors import PbudgetError
from pbudget.ledger.actions import add_checkpoint, hold_ledger
from pbudget.ledger.checkpoints import Checkpoint
from pbudget.ledger.queries import FEWEST_NEW, checkpoints_of, entries_since_checkpoint
from pbudget.outbox.actions import queue_mail
from pbudget.rounds.desk_numbers import numbers_not_in_ledger
from pbudget.rounds.models import Round
from pbudget.rounds.opening import held_round, keys_folder
from pbudget.rounds.queries import NOT_A_REHEARSAL
from pbudget.rounds.rules.desk_numbers import desk_sentences

LONGEST_NAME = 100
TOLD = """You are a witness of {round}.

This morning its ledger had {words}.

Since the checkpoint before:
{desk}

Please keep this message. If anything were taken out of the ledger or changed later, the line below would show it:

{checkpoint}
"""


class CheckpointNotSigned(PbudgetError):
    """The checkpoint of a round could not be signed; the officer reads of which, and why."""


def sign_daily_checkpoints() -> None:
    """Sign and mail the day's checkpoint of every open round, once a day however often it is asked for.

    A round whose key is not there does not keep the others from theirs. Raises CheckpointNotSigned at the end.
    """
    open_rounds = select(Round.id, Round.name).where(Round.phase == "open", NOT_A_REHEARSAL).order_by(Round.id)
    problems = []
    for round_id, name in db.session.execute(open_rounds).all():
        try:
            with transaction() as session:
                _sign_and_mail(session, round_id)
        except PbudgetError as error:
            structlog.get_logger().error("checkpoint not signed", error=type(error).__name__)
            problems.append(f"{name}: {error}")
    if problems:
        raise CheckpointNotSigned(" ".join(problems))


def _sign_and_mail(session: Session, round_id: int) -> None:
    hold_ledger(session, round_id)
    row, now = held_round(session, round_id), database_now(session)
    if row.phase != "open" or not _is_due(round_id, now):
        return
    key = load_key(keys_folder(), row.slug, "signing", KeyIds(**(row.key_ids or {})))
    counts = numbers_not_in_ledger(round_id)
    _mail(session, row, add_checkpoint(session, round_id, key, now, counts), now, counts)


def _is_due(round_id: int, now: datetime) -> bool:
    """Whether there is enough that is new, and nothing was signed today: few entries would say when people voted."""
    days = {datetime.fromisoformat(each.utc).astimezone(LONDON).date() for each in checkpoints_of(round_id)}
    return now.astimezone(LONDON).date() not in days and entries_since_checkpoint(round_id) >= FEWEST_NEW


def _mail(session: Session, row: Round, checkpoint: Checkpoint, now: datetime, counts: Mapping[str, int]) -> None:
    name = "".join(letter for letter in row.name if letter.isprintable())[:LONGEST_NAME]
    desk = "\n".join(desk_sentences(counts)) or "Nothing was done to the roll or its voting codes."
    text = TOLD.format(round=row.name, words=checkpoint.words(), desk=desk, checkpoint=checkpoint.as_json())
    for witness in row.witnesses or []:
        queue_mail(session, witness["email"], f"{name}: checkpoint of {say_day(now.astimezone(LONDON).date())}", text)
