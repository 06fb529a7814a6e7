"""Fixtures of the ballots room: an open round, a voter, and a served site to vote on in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import create_app
from pbudget.config import read_settings
from pbudget.db import db
from pbudget.roll.hashing import ScryptCost
from tests.ballots.voter import Voter
from tests.browser.conftest import browser_type_launch_args  # noqa: F401 - the Chromium of this machine
from tests.browser.site import Site, environ_of, run, serve
from tests.support.open_round import BOROUGH_WIDE, OpenRound, PotPlan, moments_around, open_round

ABOUT = "A place to skate and meet, beside the railway bridge. It was asked for at three open days. " * 3
LONG = tuple(
    (f"p{n}", f"Project {n:02} of a long list with a title of exactly eighty characters".ljust(80, "."), 900_000 + n)
    for n in range(40)
)


@pytest.fixture
def vote(app: Flask) -> OpenRound:
    """An open round with letters, on both engines."""
    return open_round(app)


@pytest.fixture
def voter(vote: OpenRound) -> Voter:
    """A browser that has not begun."""
    return Voter(vote.app, vote)


@dataclass
class VotingSite:
    """A served site with one open round for each kind of ballot, and one of forty projects; each letter used once."""

    site: Site
    rounds: dict[str, OpenRound]

    def letter(self, kind: str) -> str:
        """A code nobody used yet."""
        return self.rounds[kind].codes.pop()

    def path(self, kind: str) -> str:
        """Where one votes in the round of this kind."""
        return self.rounds[kind].path


@pytest.fixture(scope="session")
def voting_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VotingSite]:
    """The site behind the server that councils run, with the clock and the codes of real life."""
    environ = environ_of(tmp_path_factory.mktemp("voting"))
    run(environ, "migrate")
    with create_app(read_settings(environ)).app_context() as context:
        rounds = {
            kind: served_round(context.app, kind) for kind in ("approval", "knapsack", "ranked", "points", "forty")
        }
        db.session.remove()
        db.engine.dispose()
    process, address = serve(environ)
    yield VotingSite(Site(address, environ), rounds)
    process.terminate()
    process.communicate(timeout=60)


def served_round(app: Flask, kind: str) -> OpenRound:
    """A round that is open now; checking its codes costs what it costs in real life."""
    forty = PotPlan("riverside", "Riverside", ballot_type="knapsack", ideas=LONG, about=ABOUT)
    own = forty if kind == "forty" else PotPlan("riverside", "Riverside", ballot_type=kind, about=ABOUT)
    times = moments_around(datetime.now(UTC))
    return open_round(app, f"vote-{kind}", pots=(own, BOROUGH_WIDE), now=None, letters=8, cost=ScryptCost(), **times)
