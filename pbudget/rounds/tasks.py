"""What the worker does for rounds: it closes them at their second and signs each day's checkpoint."""

from flask import current_app

from pbudget.kit.clock import StepWatch
from pbudget.rounds.checkpointing import sign_daily_checkpoints
from pbudget.rounds.closing import ClockNotTrusted, close_due_rounds
from pbudget.rounds.queries import rounds_due_to_close
from pbudget.rounds.rules.closing import step_problem


def close_rounds() -> None:
    """Close every round whose time has come.

    Raises ClockNotTrusted when one was not closed, and as soon as this machine's clock was set: officers read it.
    """
    watch: StepWatch = current_app.extensions.setdefault("step_watch", StepWatch())
    problem = step_problem(watch.moved())
    if problem:
        raise ClockNotTrusted(problem)
    troubles: list[str] = []
    close_due_rounds(rounds_due_to_close(), troubles)
    if troubles:
        raise ClockNotTrusted(" ".join(dict.fromkeys(troubles)))


def sign_checkpoints() -> None:
    """Sign and mail the day's checkpoint of every open round."""
    sign_daily_checkpoints()
