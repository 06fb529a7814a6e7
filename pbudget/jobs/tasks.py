"""What the worker does for its own room."""

from pbudget.db import transaction
from pbudget.jobs.actions import clear_away_old_jobs


def clear_away() -> None:
    """Forget jobs and workers that are long over."""
    with transaction() as session:
        clear_away_old_jobs(session)
