"""What the clock does to budgets: it closes them, and clears away what nobody came back for."""

from pbudget.calculator.actions import close_budgets_that_are_over
from pbudget.calculator.answering import clear_idle_answers


def close_budgets() -> None:
    """Close every budget whose time has come. Answers are refused from that second on, with or without this."""
    close_budgets_that_are_over()


def clear_away() -> None:
    """Forget drafts that nobody touched for a week and nobody saved, and those of budgets that closed an hour ago."""
    clear_idle_answers()
