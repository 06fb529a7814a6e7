"""Many answers at once, sent through the ordinary actions."""

import random

from pbudget.calculator import answering
from pbudget.calculator.queries import budget_by_slug, draft_by_id
from pbudget.calculator.rules.budget import TAX
from pbudget.calculator.rules.choices import BOX, STEP, parts_of
from pbudget.calculator.rules.numbers import say_percent
from pbudget.db import db


def send_many(name: str, many: int, wards: list[int | None], seed: int = 1, channel: str = "online") -> None:
    """Send answers in which each part was left alone half of the time; wards in turn."""
    chance = random.Random(seed)
    budget = budget_by_slug(name)
    assert budget
    for number in range(many):
        posted = {}
        for key, part in parts_of(budget.content).items():
            steps = [say_percent(step.change) for step in part.steps]
            if len(steps) > 1 and (key == TAX or chance.random() < 0.5):
                posted[STEP + key] = [chance.choice(steps)]
                posted[BOX + key] = [""]
        if number % 5 == 0:
            posted[f"comment.{next(iter(budget.content.line_by_key))}"] = [f"Test comment {number}"]
        send_one(name, posted, wards[number % len(wards)], channel=channel)


def send_one(
    name: str,
    posted: dict[str, list[str]],
    ward: int | None = None,
    group: int | None = None,
    channel: str = "online",
) -> None:
    """Send one answer, with a reason in case it is not balanced."""
    draft = answering.begin_answer(name, channel=channel, group_size=group)
    answering.change_answer(name, draft, posted, 1)
    if ward:
        answering.set_ward(name, draft, ward)
    db.session.rollback()
    held = draft_by_id(draft)
    assert held
    answering.send_answer(name, draft, held.token, "Test reason", unbalanced=True)
