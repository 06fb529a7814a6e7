"""Ashmere's budgets to balance: loaded from an ordinary CSV file, opened, answered and closed by the ordinary actions.

One is open for a visitor, with some answers that nobody can see before it closes; the one of the year before is closed,
and the one of the year after, a copy, is in preparation.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

from pbudget.calculator.actions import close_budget, load_budget, open_budget
from pbudget.calculator.answering import begin_answer, change_answer, send_answer, set_ward
from pbudget.calculator.queries import BudgetView, budget_by_slug
from pbudget.calculator.rules.budget import TAX, Budget
from pbudget.calculator.rules.choices import STEP, Posted, parts_of
from pbudget.calculator.rules.editing import inflated
from pbudget.calculator.rules.numbers import say_percent
from pbudget.calculator.rules.sheet import read_budget
from pbudget.db import transaction
from pbudget.demo.ashmere.budget import LAST_YEAR, NEXT_YEAR, THIS_YEAR, budget_csv
from pbudget.demo.ashmere.wards import stream
from pbudget.demo.voting import ACTOR
from pbudget.kit.clock import LONDON, Clock
from pbudget.kit.slugs import slug
from pbudget.wards.queries import ward_ids

OPEN_FOR = timedelta(weeks=4)
ANSWERS = {LAST_YEAR: 90, THIS_YEAR: 25}
INFLATION = 250
"""In hundredths of a per cent."""
LEFT_ALONE = 0.6
REASONS = ("I would not cut any of these.", "I do not know enough about it.", "The government should pay more.")
COMMENTS = ("Keep it open on Saturdays.", "Could volunteers help?", "We use this every week.", "Ask those who use it.")


def complete_budgets(clock: Clock) -> None:
    """Make each budget with its answers, all of it or nothing. Does nothing once it is there."""
    closes = (clock.now().astimezone(LONDON) + OPEN_FOR).date()
    for year in (LAST_YEAR, THIS_YEAR):
        if budget_by_slug(slug(f"Ashmere budget {year}")) is None:
            with transaction():
                name = load_budget(read_budget(budget_csv(year, closes)), ACTOR, note="Demonstration", is_demo=True)
                open_budget(name, ACTOR)
                _answer(name, ANSWERS[year])
                if year == LAST_YEAR:
                    close_budget(name, ACTOR)
    if budget_by_slug(slug(f"Ashmere budget {NEXT_YEAR}")) is None:
        this = budget_by_slug(slug(f"Ashmere budget {THIS_YEAR}"))
        assert this is not None
        copy = inflated(this.content, f"Ashmere budget {NEXT_YEAR}", NEXT_YEAR, INFLATION)
        load_budget(copy, ACTOR, note=f"Copy of {this.slug}", is_demo=True)


def _answer(name: str, many: int) -> None:
    """Send answers of made-up residents: most leave most lines as they are."""
    budget, chance, wards = budget_by_slug(name), stream(name), [*ward_ids().values(), None]
    assert isinstance(budget, BudgetView)
    for number in range(many):
        draft = begin_answer(name, group_size=chance.randint(4, 9) if number % 30 == 29 else None)
        changed = change_answer(name, draft, _choices(budget.content, chance), budget.version)
        token, ward = changed.draft.token, _ward(wards, chance)
        if ward:
            token = set_ward(name, draft, ward).token
        send_answer(name, draft, token, chance.choice(REASONS), unbalanced=True)


def _ward(wards: Sequence[int | None], chance: random.Random) -> int | None:
    """The first wards answer most."""
    return wards[min(int(chance.expovariate(0.35)), len(wards) - 1)]


def _choices(budget: Budget, chance: random.Random) -> Posted:
    """What one of them chose and wrote, as a page would send it."""
    posted: dict[str, list[str]] = {}
    for key, part in parts_of(budget).items():
        steps = [say_percent(step.change) for step in part.steps]
        if len(steps) > 1 and (key == TAX or chance.random() > LEFT_ALONE):
            posted[STEP + key] = [chance.choice(steps)]
    if chance.random() < 0.4:
        posted[f"comment.{chance.choice(list(budget.line_by_key))}"] = [chance.choice(COMMENTS)]
    return posted
