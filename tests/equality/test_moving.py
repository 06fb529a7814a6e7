"""Answers that were given before questions could be asked about budgets too: none is lost on the way down or up."""

import pytest

from pbudget import schema
from pbudget.db import db
from tests.equality.test_answering import answers_in, give

BEFORE_BUDGETS_ASKED = "0019"


@pytest.fixture
def answered(voter):
    """A voter's answers; whatever happens to the schema, the next test finds it complete."""
    give(voter, 1, age="16-24", sex="female")
    give(voter, 3, disability="not-limited")
    yield voter
    db.session.remove()
    schema.upgrade()


def test_answers_can_be_opened_after_the_way_down_and_up(answered):
    before = answers_in(answered.vote)
    assert before
    db.session.remove()
    schema.downgrade(BEFORE_BUDGETS_ASKED)
    schema.upgrade()
    assert answers_in(answered.vote) == before
    give(answered, 1, age="25-34")
    assert list(answers_in(answered.vote).values()) == [{"age": "25-34", "disability": "not-limited"}]
