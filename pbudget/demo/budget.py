"""Ashmere's budget to balance: loaded from an ordinary CSV file through the ordinary actions, then opened."""

from datetime import timedelta

from pbudget.calculator.actions import load_budget, open_budget
from pbudget.calculator.queries import budget_by_slug
from pbudget.calculator.rules.sheet import read_budget
from pbudget.calculator.rules.standing import SET_UP
from pbudget.demo.ashmere.budget import TITLE, budget_csv
from pbudget.demo.voting import ACTOR
from pbudget.kit.clock import LONDON, Clock
from pbudget.kit.slugs import slug

OPEN_FOR = timedelta(weeks=4)


def complete_budget(clock: Clock) -> None:
    """Make the budget and open it, or finish doing so. Does nothing once it has opened."""
    there = budget_by_slug(slug(TITLE))
    if there is None:
        last_day = (clock.now().astimezone(LONDON) + OPEN_FOR).date()
        load_budget(read_budget(budget_csv(last_day)), ACTOR, note="Demonstration", is_demo=True)
    if there is None or there.standing == SET_UP:
        open_budget(slug(TITLE), ACTOR)
