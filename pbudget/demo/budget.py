"""Ashmere's budgets to balance: loaded from an ordinary CSV file, opened, answered and closed by the ordinary actions.

One is open for a visitor, with some answers that nobody can see before it closes; the one of the year before is closed,
and the one of the year after, a copy, is in preparation.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

from pbudget.calculator.actions import ask_after_budget, close_budget, load_budget, open_budget
from pbudget.calculator.answering import begin_answer, change_answer, send_answer, set_ward
from pbudget.calculator.asking import keep_answers_of, questions_of
from pbudget.calculator.queries import BudgetView, budget_by_slug, draft_by_id
from pbudget.calculator.rules.budget import TAX, Budget
from pbudget.calculator.rules.choices import STEP, Posted, parts_of
from pbudget.calculator.rules.editing import inflated
from pbudget.calculator.rules.numbers import say_percent
from pbudget.calculator.rules.sheet import read_budget
from pbudget.calculator.rules.standing import CLOSED
from pbudget.db import transaction
from pbudget.demo.ashmere.budget import LAST_YEAR, NEXT_YEAR, THIS_YEAR, budget_csv
from pbudget.demo.ashmere.wards import stream
from pbudget.demo.voting import ACTOR
from pbudget.equality.rules.consultations import guard_key_of_budget
from pbudget.equality.rules.questions import STANDARD, Question
from pbudget.kit.clock import LONDON, Clock
from pbudget.kit.slugs import slug
from pbudget.wards.queries import ward_ids

OPEN_FOR = timedelta(weeks=4)
ANSWERS = {LAST_YEAR: 150, THIS_YEAR: 25}
SAYS_NOTHING = 0.12
"""So many leave the questions about themselves out."""
CAME = {"16-24": 1, "25-34": 2, "35-44": 3, "45-54": 4, "55-64": 5, "65+": 6, "asian": 3, "black": 2, "white": 15}
"""How many of each answer for one of any other: older people came more."""
INFLATION = 250
"""In hundredths of a per cent."""
LEFT_ALONE = 0.6
REASONS = ("I would not cut any of these.", "I do not know enough about it.", "The government should pay more.")
COMMENTS = ("Keep it open on Saturdays.", "Could volunteers help?", "We use this every week.", "Ask those who use it.")


KEYS = tuple(guard_key_of_budget(slug(f"Ashmere budget {year}")) for year in (LAST_YEAR, THIS_YEAR, NEXT_YEAR))
"""Folders of the keys to what people said about themselves."""


def complete_budgets(clock: Clock) -> None:
    """Make each budget with its answers, all of it or nothing. Does nothing once it is there."""
    closes = (clock.now().astimezone(LONDON) + OPEN_FOR).date()
    for year in (LAST_YEAR, THIS_YEAR):
        if budget_by_slug(slug(f"Ashmere budget {year}")) is None:
            with transaction():
                name = load_budget(read_budget(budget_csv(year, closes)), ACTOR, note="Demonstration", is_demo=True)
                ask_after_budget(name, tuple(STANDARD), ("", ""), ACTOR)
                open_budget(name, ACTOR)
                _answer(name, ANSWERS[year])
                if year == LAST_YEAR:
                    close_budget(name, ACTOR)
            _say_who_took_part(name)
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
        _say_who_it_was(budget, draft, stream(f"{name} {number}"))


def _say_who_it_was(budget: BudgetView, draft: str, chance: random.Random) -> None:
    """Answer the questions about the person as most do: older people came more than younger ones."""
    plan, held = questions_of(budget), draft_by_id(draft)
    if held is None or held.group_size is not None or chance.random() < SAYS_NOTHING:
        return
    for page, asked in enumerate(plan.screens, start=1):
        given = {question.name: _answer_to(question, chance) for question in asked}
        keep_answers_of(budget, plan, held, page, given)


def _answer_to(question: Question, chance: random.Random) -> str:
    values = [answer.value for answer in question.answers]
    return chance.choices(values, [CAME.get(value, 1) for value in values])[0]


def _say_who_took_part(name: str) -> None:
    """What the worker does as soon as a budget has closed: the report, and the end of all answers about people."""
    budget = budget_by_slug(name)
    if budget and budget.standing == CLOSED:
        from pbudget.guard.budgets import report_on_budget  # brings numpy with it, which a second start does not need

        report_on_budget(budget)


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
