"""The demonstration as a stranger gets it, served with its worker, and a browser for whoever walks through it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app import create_app
from pbudget.config import read_settings
from pbudget.db import db
from pbudget.roll.hashing import ScryptCost
from tests.browser.conftest import browser_type_launch_args  # noqa: F401 - the Chromium of this machine
from tests.browser.looking import Condition
from tests.browser.patience import with_patience
from tests.browser.site import Site, environ_of, run, serve
from tests.journeys.hands import Hands, Keys, Pointing
from tests.journeys.officers import Desk, sign_in
from tests.support.open_round import PotPlan, moments_around, open_round

OFFICERS = ("officer-1@ashmere.example", "officer-2@ashmere.example")


@dataclass(frozen=True)
class Way:
    """How somebody uses the pages."""

    condition: Condition
    hands: type[Hands]


POINTING = Way(Condition("pointing at a phone", width=390), Pointing)
KEYS = Way(Condition("keyboard alone", width=320), Keys)
KEYS_WITHOUT_SCRIPTS = Way(Condition("keyboard alone, no scripts", width=320, scripts=False), Keys)
WAYS = (POINTING, KEYS, KEYS_WITHOUT_SCRIPTS)
IN_EVERY_WAY = pytest.mark.parametrize(
    "way",
    [POINTING, KEYS_WITHOUT_SCRIPTS, pytest.param(KEYS, marks=pytest.mark.full)],
    ids=lambda way: way.condition.name,
)
"""Pointing with scripts and keys without them each time; keys with scripts under --full, for they are the same keys."""


def slug_of(way: Way) -> str:
    """The round that is closed and sealed in this way."""
    return "to-seal-" + way.condition.name.replace(",", "").replace(" ", "-")


@dataclass
class Demonstration:
    """The served site; what a browser keeps of an officer who has signed in."""

    site: Site
    instance: Path
    codes: dict[str, list[str]]
    signed_in: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Made and served by the commands of README.md, with a round of three letters more for each way of sealing one."""
    instance = tmp_path_factory.mktemp("journeys")
    environ = environ_of(instance)
    run(environ, "migrate")
    run(environ, "demo")
    codes = rounds_to_seal(environ)
    process, address = serve(environ, "--with-worker")
    yield Demonstration(Site(address, environ), instance, codes)
    process.terminate()
    process.communicate(timeout=60)


def rounds_to_seal(environ: dict[str, str]) -> dict[str, list[str]]:
    """A round that is open now for each way; the codes of its letters, by the round's name in addresses."""
    pots = (PotPlan("foundry", "Foundry"), PotPlan("borough", "the whole borough", ward=None))
    with create_app(read_settings(environ)).app_context() as context:
        made = [
            open_round(
                context.app,
                slug_of(way),
                name=f"Test round sealed by {way.condition.name}",
                pots=pots,
                now=None,
                cost=ScryptCost(),
                is_demo=True,
                opened_at=datetime.now(UTC),
                **moments_around(datetime.now(UTC)),
            )
            for way in WAYS
        ]
        db.session.remove()
        db.engine.dispose()
    return {each.slug: each.codes for each in made}


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., Hands]]:
    """person(way) is somebody at a browser of their own; errors of its console fail the test."""
    contexts, troubles = [], []

    def sit_down(way: Way, storage: str | None = None) -> Hands:
        context = browser.new_context(
            viewport={"width": way.condition.width, "height": 720},
            java_script_enabled=way.condition.scripts,
            storage_state=storage,
        )
        contexts.append(context)
        page = with_patience(context).new_page()
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("response", lambda answer: troubles.extend([f"{answer.url}: {answer.status}"] * (answer.status >= 500)))
        return way.hands(page)

    yield sit_down
    for context in contexts:
        context.close()
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def desk(demonstration: Demonstration, person: Callable[..., Hands], tmp_path: Path) -> Callable[[Way], Desk]:
    """desk(way) is two officers, each signed in once and then known to their browser: a code works only once."""

    def officers(way: Way) -> Desk:
        asks, approves = (officer(demonstration, person, way, email, tmp_path) for email in OFFICERS)
        return Desk(asks, approves, demonstration.site.address)

    return officers


def officer(demonstration: Demonstration, person: Callable[..., Hands], way: Way, email: str, folder: Path) -> Hands:
    kept = demonstration.signed_in.get(email)
    hands = person(way, kept)
    if not kept:
        sign_in(hands, demonstration.site.address, email)
        where = demonstration.instance / f"{email}.json"
        hands.page.context.storage_state(path=where)
        demonstration.signed_in[email] = str(where)
    return hands
