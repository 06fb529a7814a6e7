"""E-mails of this room: officers read that there is something to decide, witnesses that nobody decided."""

from collections.abc import Sequence
from datetime import date

from flask import current_app
from sqlalchemy.orm import Session

from pbudget.accounts.queries import emails_of_officers
from pbudget.config import Settings
from pbudget.guard.rules.decisions import caveat_of
from pbudget.guard.rules.quorum import QuorumLine
from pbudget.kit.clock import say_moment
from pbudget.outbox.actions import queue_mail
from pbudget.rounds.models import Round
from pbudget.rounds.queries import RoundView

LONGEST_NAME = 100
MOST_NAMED = 10
"""So many contests without a quorum are named in an e-mail."""
TO_DECIDE = """Voting in {round} stopped at {stopped}.

Its manifest allows more time, once: until {latest} at the latest. Two officers can decide on it until {due}. If they do not, voting ends then, and the votes are counted.
{quorum}
Who took part, without anybody's choices:
{address}

{council}
"""  # noqa: E501 - a paragraph of an e-mail is one line; the mail program folds it
PUBLISHED = """You are a witness of {round}. Its result was held for the ward councillors and nobody decided on it in time, so the service published it by itself, as the rules say. This stands beside it:

{caveat}

{address}

{council}
"""  # noqa: E501


def tell_officers(session: Session, round_: RoundView, missed: Sequence[QuorumLine] = ()) -> None:
    """Tell every officer that voting has stopped, where the quorum is missed, by when voting can be opened again."""
    more, settings = round_.more_time, _settings()
    assert more is not None
    assert more.decide_by is not None
    due = say_moment(more.decide_by)
    text = TO_DECIDE.format(
        round=round_.name,
        stopped=say_moment(more.closes_at),
        latest=say_moment(more.latest),
        due=due,
        quorum=_quorum_words(missed),
        address=f"{settings.public_url}/staff/rounds/{round_.slug}/at-the-close",
        council=settings.council_name,
    )
    for email in emails_of_officers():
        queue_mail(session, email, f"{_short(round_.name)}: decide on more time by {due}", text)


def tell_witnesses(session: Session, row: Round, held_until: date) -> None:
    """Tell the witnesses that a held result was published without a decision."""
    settings = _settings()
    text = PUBLISHED.format(
        round=row.name,
        caveat=caveat_of(held_until),
        address=f"{settings.public_url}/rounds/{row.slug}",
        council=settings.council_name,
    )
    for witness in row.witnesses or []:
        queue_mail(session, witness["email"], f"{_short(row.name)}: the result was published", text)


def _quorum_words(missed: Sequence[QuorumLine]) -> str:
    """A paragraph on the contests that have too few votes; empty where all have enough."""
    if not missed:
        return ""
    named = "; ".join(f"{line.contest}: {line.votes:,} of {line.needed:,} votes" for line in missed[:MOST_NAMED])
    more = f"; and {len(missed) - MOST_NAMED:,} more" if len(missed) > MOST_NAMED else ""
    return f"\nThe quorum is missed in {named}{more}. That annuls nothing. It is a reason to reach more people.\n"


def _short(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
