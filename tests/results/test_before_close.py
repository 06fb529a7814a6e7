"""Before close nothing anywhere tells what ballots say: pages are byte for byte the same when only choices differ.

Two databases, the same in everything but the choices of the same voters. Every address is asked for as every role;
what is random on a page (nonces, tokens, shuffles) comes from seeded sources, and a ledger's digests, which cover the
choices without telling them, are blanked by pattern before pages are compared.
"""

import io
import random
import re
import secrets
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import BuildError

from app import create_app
from pbudget.db import db, transaction
from pbudget.guard.intake import count_intake
from pbudget.guard.tasks import look_at_closed_rounds
from pbudget.kit.clock import FixedClock
from pbudget.rounds.models import Round
from pbudget.web.access import access_of
from tests.conftest import make_settings
from tests.results.closed_round import add_places, cast
from tests.support.open_round import BOROUGH_WIDE, CLOSES, OPENS, OWN, open_round
from tests.support.staff import add_staff, sign_in

ROLES = ("", "officer", "councillor", "steward", "auditor")
KNOWN = {
    "slug": "spring-2027",
    "round_slug": "spring-2027",
    "pot": "riverside",
    "pot_slug": "riverside",
    "code": "X99000001",
    "act": "close",
    "name": "dates",
}
DIGESTS = re.compile(rb"\b[0-9a-f]{32,128}\b|\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{3,4}){2,3}\b")
FLIPPED = {"skate": "swings", "swings": "skate", "pocket": "pocket", "trees": "trees"}


@pytest.fixture
def two_towns(tmp_path: Path, migrated_sqlite: Path) -> list[Flask]:
    """The same round twice; in the second every voter chose otherwise."""
    apps = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "pbudget.sqlite").write_bytes(migrated_sqlite.read_bytes())
        apps.append(create_app(make_settings(folder)))
    yield apps
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def fill(app: Flask, choices: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Open the round and cast; ids of the accounts by role. Everything random is drawn from one seed."""
    seed_everything(monkeypatch)
    with app.app_context():
        vote = open_round(app, pots=(OWN, BOROUGH_WIDE), letters=2)
        add_places(vote, len(choices))
        for number, chosen in enumerate(choices):
            cast(vote, number, {"riverside": chosen, "borough": ["trees"] if number % 2 else []})
        return {role: add_staff(app, role, ["X99000001"] if role == "councillor" else []) for role in ROLES if role}


def seed_everything(monkeypatch: pytest.MonkeyPatch, seed: str = "2027") -> None:
    drawn = random.Random(seed)
    monkeypatch.setattr(secrets, "choice", drawn.choice)
    monkeypatch.setattr(secrets, "randbelow", drawn.randrange)
    monkeypatch.setattr(secrets, "token_hex", lambda size=32: drawn.randbytes(size).hex())
    monkeypatch.setattr(secrets, "token_bytes", lambda size=32: drawn.randbytes(size))
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size=32: drawn.randbytes(size).hex())


def addresses(app: Flask) -> list[str]:
    """Every address that can be looked at, with the round's own names where an address has a place for one."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            given = {name: KNOWN.get(name, "nothing") for name in rule.arguments}
            if "GET" not in (rule.methods or ()) or access_of(app, rule.endpoint) is None:
                continue
            try:
                found.append(app.url_for(rule.endpoint, **given))
            except (BuildError, ValueError):
                continue
    return sorted(set(found))


def everything_seen(
    app: Flask, accounts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> dict[tuple[str, str], bytes]:
    seen = {}
    for role in ROLES:
        client = app.test_client()
        if role:
            seed_everything(monkeypatch, role)
            sign_in(client, staff_id=accounts[role])
        for path in addresses(app):
            seed_everything(monkeypatch, f"{role} {path}")
            with app.app_context():  # of its own, or everybody would be whoever came first
                response = client.get(path, buffered=True)
            assert response.status_code < 500, f"{path} as {role or 'anybody'} answered {response.status_code}"
            seen[role, path] = b"%d " % response.status_code + steady(response.data)
    return seen


def steady(page: bytes) -> bytes:
    """A page without its tokens, and with every digest and tracker written as such; of an archive, what is in it.

    Tokens and archives carry the machine's own time.
    """
    if page.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(page)) as archive:
            page = b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    page = re.sub(rb'(name="(?:csrf_token|press)"[^>]*value="|nonce="|[?&]next=)[^"&]+', rb"\1-", page)
    return DIGESTS.sub(b"digest", page)


def goes_on(app: Flask) -> None:
    """Voting is open."""


def has_stopped(app: Flask) -> None:
    """Voting has stopped, two officers may open it again, and the worker has looked at who took part."""
    app.extensions["clock"] = FixedClock(CLOSES)
    with transaction() as session:
        later = {"extension_days": 7, "decide_by": CLOSES + timedelta(days=1), "opened_at": OPENS}
        session.execute(sa.update(Round).values(**later))
    look_at_closed_rounds()
    count_intake()


@pytest.mark.parametrize("voting", [goes_on, has_stopped])
def test_before_close_no_page_or_export_depends_on_choices_for_any_role(two_towns, monkeypatch, voting):
    choices = [["skate", "swings"], ["skate"], ["skate"], ["pocket"], []] * 3
    other = [[FLIPPED[name] for name in each] for each in choices]
    seen = []
    for app, cast_here in zip(two_towns, (choices, other), strict=True):
        accounts = fill(app, [sorted(each) for each in cast_here], monkeypatch)
        with app.app_context():
            voting(app)
            seen.append(everything_seen(app, accounts, monkeypatch))
    at_the_close = seen[0]["officer", "/staff/rounds/spring-2027/at-the-close"]
    assert at_the_close.startswith(b"200" if voting is has_stopped else b"404")
    for role in ("officer", "auditor"):
        assert seen[0][role, "/staff/rounds/spring-2027"].startswith(b"200"), f"the {role} is not signed in"
    differing = [address for address in seen[0] if seen[0][address] != seen[1][address]]
    assert not differing, f"These pages tell something about choices before close: {differing}"
    assert len([page for page in seen[0].values() if page.startswith(b"200")]) > 40, "the walk must find pages"


def test_the_walk_would_notice_a_count(two_towns, monkeypatch):
    seen = []
    for app, chosen in zip(two_towns, (["skate"], ["swings"]), strict=True):
        with app.app_context():
            fill(app, [chosen], monkeypatch)
            votes = db.session.execute(db.text("SELECT payload FROM ledger_entry WHERE kind = 'ballot'")).scalar_one()
            seen.append(steady(votes.encode()))
    assert seen[0] != seen[1]
