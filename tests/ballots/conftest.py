"""Fixtures of the ballots room."""

import pytest
from flask import Flask

from tests.ballots.voter import Voter
from tests.support.open_round import OpenRound, open_round


@pytest.fixture
def vote(app: Flask) -> OpenRound:
    """An open round with letters, on both engines."""
    return open_round(app)


@pytest.fixture
def voter(vote: OpenRound) -> Voter:
    """A browser that has not begun."""
    return Voter(vote.app, vote)
