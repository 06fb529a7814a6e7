"""What the worker does for ballots: it clears unfinished ones away."""

from pbudget.ballots.actions import purge_idle_drafts
from pbudget.ballots.links import purge_links
from pbudget.db import database_now, db


def clear_away() -> None:
    """Forget drafts nobody touched for two hours, links that are over, and what belongs to rounds that are over."""
    now = database_now(db.session())
    db.session.rollback()
    purge_idle_drafts(now)
    purge_links(now)
