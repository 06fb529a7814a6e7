"""What the worker does for rounds: it closes them at their second."""

from pbudget.rounds.closing import close_due_rounds
from pbudget.rounds.queries import rounds_due_to_close


def close_rounds() -> None:
    """Close every round whose time has come."""
    close_due_rounds(rounds_due_to_close())
