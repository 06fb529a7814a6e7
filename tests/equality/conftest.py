"""A round that asks questions after the vote."""

import pytest

from pbudget.db import transaction
from pbudget.equality.actions import save_questions
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import STANDARD, asked
from tests.ballots.voter import Voter
from tests.support.open_round import OpenRound, open_round

FIGURES = {
    "age": ("0-15", "16-24", "25-34", "35-44", "45-54", "55-64", "65+"),
    "sex_16plus": ("F", "M"),
    "ethnic_group": ("Asian", "Black", "Mixed", "White", "Other"),
}
QUESTIONS = asked(tuple(STANDARD), (), FIGURES, 16)


@pytest.fixture
def vote(app) -> OpenRound:
    """An open round with the four standard questions, on both engines."""
    made = open_round(app)
    with transaction() as session:
        save_questions(session, of_round(made.id), QUESTIONS)
    return made


@pytest.fixture
def voter(vote) -> Voter:
    """A browser that has just cast its vote."""
    browser = Voter(vote.app, vote).begin().fill("riverside", "skate")
    browser.cast()
    return browser
