"""What the worker does for the desk: what was said about a resident and came to nothing is forgotten."""

from pbudget.db import database_now, db
from pbudget.desk.actions import delete_permits_that_ran_out
from pbudget.rounds.approving import set_aside_expired_requests


def clear_away() -> None:
    """Forget requests nobody approved and permits nobody used within 24 hours."""
    now = database_now(db.session())
    db.session.rollback()
    set_aside_expired_requests(now)
    delete_permits_that_ran_out(now)
