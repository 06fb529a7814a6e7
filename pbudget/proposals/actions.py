"""Putting proposals on a ballot."""

from collections.abc import Iterable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pbudget.proposals.models import Proposal
from pbudget.tally.election import Project


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
