"""What the worker does for rounds: it closes them at their second and signs each day's checkpoint."""

from pbudget.rounds.checkpointing import sign_daily_checkpoints
from pbudget.rounds.closing import close_due_rounds
from pbudget.rounds.queries import rounds_due_to_close


def close_rounds() -> None:
    """Close every round whose time has come."""
    close_due_rounds(rounds_due_to_close())


def sign_checkpoints() -> None:
    """Sign and mail the day's checkpoint of every open round."""
    sign_daily_checkpoints()
