"""Putting proposals on a ballot."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import column, delete, insert, select, table
from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.kit.errors import BadInput
from pbudget.proposals.models import Proposal
from pbudget.proposals.queries import POT
from pbudget.proposals.rules import NewProposal
from pbudget.tally.election import Project

ROUND = table("round", column("id"), column("slug"), column("phase"))
"""Of the rounds room, which lies above this one: its table by name only."""


class ProposalsSettled(BadInput):
    """The round has opened, so its proposals cannot be changed; a proposal can still be withdrawn by two officers."""


class NoSuchProposal(BadInput):
    """The proposal is not there any more: somebody removed it a moment ago."""


def add_projects(session: Session, pot_id: int, projects: Iterable[Project]) -> dict[str, int]:
    """Add a pot's proposals; gives the id of each by its reference."""
    rows = [
        {
            "pot_id": pot_id,
            "reference": project.id,
            "title": project.title,
            "description": project.columns.get("description", ""),
            "category": project.category,
            "cost": project.cost,
        }
        for project in projects
    ]
    if rows:
        session.execute(insert(Proposal), rows)
    made = session.execute(select(Proposal.reference, Proposal.id).where(Proposal.pot_id == pot_id))
    return {row.reference: row.id for row in made}


def save_proposals(session: Session, round_id: int, proposals: Iterable[NewProposal], actor: str) -> int:
    """Add proposals to the pots of a round that has not opened; how many. Raises ProposalsSettled."""
    slug = _slug_in_set_up(session, round_id)
    rows = [asdict(each) for each in proposals]
    session.execute(insert(Proposal), rows)
    record(session, actor, "proposals added", slug, proposals=len(rows))
    return len(rows)


def change_proposal(session: Session, round_id: int, proposal_id: int, new: NewProposal, actor: str) -> None:
    """Change a proposal of a round that has not opened. Raises ProposalsSettled and NoSuchProposal."""
    slug = _slug_in_set_up(session, round_id)
    row = _of_round(session, round_id, proposal_id)
    for name, value in asdict(new).items():
        setattr(row, name, value)
    session.flush()
    record(session, actor, "proposal changed", slug, proposal=row.reference)


def remove_proposal(session: Session, round_id: int, proposal_id: int, actor: str) -> None:
    """Remove a proposal from a round that has not opened. Raises ProposalsSettled and NoSuchProposal."""
    slug = _slug_in_set_up(session, round_id)
    row = _of_round(session, round_id, proposal_id)
    session.execute(delete(Proposal).where(Proposal.id == row.id))
    record(session, actor, "proposal removed", slug, proposal=row.reference)


def withdraw_proposal(session: Session, round_id: int, proposal_id: int, reason: str) -> None:
    """Mark a proposal as withdrawn: it stays where it is and cannot win. For an approval, which records it."""
    _of_round(session, round_id, proposal_id).withdrawn = reason
    session.flush()


def _slug_in_set_up(session: Session, round_id: int) -> str:
    held = select(ROUND.c.slug, ROUND.c.phase).where(ROUND.c.id == round_id).with_for_update()
    row = session.execute(held).one()
    if row.phase != "set-up":
        raise ProposalsSettled("Voting has opened, so the proposals are settled. A proposal can only be withdrawn.")
    return str(row.slug)


def _of_round(session: Session, round_id: int, proposal_id: int) -> Proposal:
    chosen = select(Proposal).join(POT, POT.c.id == Proposal.pot_id)
    row = session.scalar(chosen.where(Proposal.id == proposal_id, POT.c.round_id == round_id))
    if row is None:
        raise NoSuchProposal("This proposal is not there any more. Look at the list again.")
    return row
