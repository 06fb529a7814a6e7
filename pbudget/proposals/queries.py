"""Reading proposals."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import column, func, select, table

from pbudget.db import db
from pbudget.proposals.models import Proposal

POT = table("pot", column("id"), column("round_id"), column("position"), column("name"))
"""Of the rounds room, which lies above this one: its table by name only."""


@dataclass(frozen=True)
class ProposalView:
    """A proposal as pages show it; the cost in the smallest unit of the currency.

    `withdrawn` is None, or why it was withdrawn after opening: then it cannot win.
    """

    id: int
    pot_id: int
    reference: str
    title: str
    description: str
    category: str
    cost: int
    withdrawn: str | None


def proposals_of(round_id: int) -> dict[int, list[ProposalView]]:
    """Every proposal of a round by pot id, in the order of their references."""
    chosen = select(Proposal).join(POT, POT.c.id == Proposal.pot_id).where(POT.c.round_id == round_id)
    found: dict[int, list[ProposalView]] = defaultdict(list)
    for row in db.session.scalars(chosen.order_by(POT.c.position, POT.c.name, Proposal.reference)):
        found[row.pot_id].append(view_of(row))
    return dict(found)


def numbers_of_proposals(round_id: int) -> dict[int, int]:
    """How many proposals each pot of a round has, by pot id; a pot without any is left out."""
    counted = select(Proposal.pot_id, func.count()).join(POT, POT.c.id == Proposal.pot_id)
    return dict(db.session.execute(counted.where(POT.c.round_id == round_id).group_by(Proposal.pot_id)).all())


def proposal(proposal_id: int) -> ProposalView | None:
    """One proposal, or None."""
    row = db.session.get(Proposal, proposal_id)
    return view_of(row) if row else None


def view_of(row: Proposal) -> ProposalView:
    """A proposal's row as pages show it."""
    return ProposalView(**{name: getattr(row, name) for name in ProposalView.__dataclass_fields__})
