"""Reading proposals."""

from collections.abc import Iterable

from sqlalchemy import select

from pbudget.db import db
from pbudget.proposals.models import Proposal


def titles_of(pot_id: int, references: Iterable[str]) -> dict[str, str]:
    """The titles of these proposals of a pot, by reference; no statement when none is asked for."""
    wanted = list(references)
    if not wanted:
        return {}
    chosen = select(Proposal.reference, Proposal.title).where(Proposal.pot_id == pot_id, Proposal.reference.in_(wanted))
    return {row.reference: row.title for row in db.session.execute(chosen)}
