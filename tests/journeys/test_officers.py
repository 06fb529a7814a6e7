"""Two officers of the demonstration run a round: from nothing until it is open, and from its close to its seal."""

import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pbudget.config import ROOT
from tests.browser.site import COMMAND
from tests.journeys import resident, setting_up
from tests.journeys.conftest import KEYS, KEYS_WITHOUT_SCRIPTS, POINTING, Demonstration, Way, slug_of
from tests.journeys.hands import Hands
from tests.journeys.officers import Desk, from_close_to_seal

PLAIN_POINTING = Way(KEYS_WITHOUT_SCRIPTS.condition, POINTING.hands)
FIRST_BALLOT = "kind = 'ballot' AND round_id = (SELECT id FROM round WHERE slug = ?)"


@pytest.mark.parametrize(
    "way", [KEYS_WITHOUT_SCRIPTS, pytest.param(KEYS, marks=pytest.mark.full)], ids=lambda way: way.condition.name
)
def test_a_round_is_closed_counted_recounted_published_and_sealed_by_keyboard(demonstration, person, desk, way):
    vote_and_seal(demonstration, person, desk, way)


def test_what_was_sealed_by_pointing_verifies_and_a_tampered_copy_does_not(demonstration, person, desk):
    voter = vote_and_seal(demonstration, person, desk, POINTING)
    slug = slug_of(POINTING)
    bundle = voter.download("link", "Result bundle (.zip)").rename(demonstration.instance / f"{slug}.zip")
    the_database_verifies_and_a_tampered_copy_does_not(demonstration, slug)
    the_bundle_verifies_and_a_tampered_copy_does_not(demonstration, bundle)


def vote_and_seal(
    demonstration: Demonstration, person: Callable[..., Hands], desk: Callable[..., Desk], way: Way
) -> Hands:
    """A resident votes; two officers take the round from close to seal; the resident, at the page of the result."""
    slug = slug_of(way)
    voter = person(way)
    voter.page.goto(f"{demonstration.site.address}/rounds/{slug}/vote/begin")
    resident.enter_code(voter, demonstration.codes[slug][0])
    resident.choose(voter, ["Skate park"])
    resident.choose(voter, ["New swings", "Pocket park"])
    tracker = resident.cast(voter)
    from_close_to_seal(desk(way), slug)
    voter.page.goto(f"{demonstration.site.address}/rounds/{slug}/check-reference")
    resident.look_up(voter, tracker)
    voter.page.goto(f"{demonstration.site.address}/rounds/{slug}/result")
    expect(voter.page.locator("main")).to_contain_text("Foundry funded 1 of 3 projects")
    return voter


def the_database_verifies_and_a_tampered_copy_does_not(demonstration: Demonstration, slug: str) -> None:
    assert "Nothing was changed" in said_by_verify(demonstration, slug, 0)
    copy = demonstration.instance / f"copy-of-{slug}"
    copy.mkdir()
    here, there = (folder / "pbudget.sqlite" for folder in (demonstration.instance, copy))
    with closing(sqlite3.connect(here)) as live, closing(sqlite3.connect(there)) as copied:
        live.backup(copied)
        copied.execute("DROP TRIGGER ledger_entry_no_update")
        change = "UPDATE ledger_entry SET payload = replace(payload, 'skate', 'swings') WHERE " + FIRST_BALLOT
        assert copied.execute(change, (slug,)).rowcount == 1
        copied.commit()
    assert "entry 2 cannot be trusted" in said_by_verify(demonstration, slug, 1, PBUDGET_INSTANCE=str(copy))


def the_bundle_verifies_and_a_tampered_copy_does_not(demonstration: Demonstration, bundle: Path) -> None:
    assert "Nothing was changed" in said_by_verify(demonstration, str(bundle), 0)
    folder = bundle.with_suffix("")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    outcome = folder / "outcome.json"
    outcome.write_text(outcome.read_text().replace('"skate"', '"swings"'))
    assert "WRONG" in said_by_verify(demonstration, str(folder), 1)
    shutil.rmtree(folder)


def said_by_verify(demonstration: Demonstration, what: str, status: int, **environ: str) -> str:
    """What `pbudget verify` prints; it must end with this status."""
    settings = {**demonstration.site.environ, **environ}
    done = subprocess.run([*COMMAND, "verify", what], env=settings, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def test_a_round_from_nothing_is_set_up_opened_and_voted_in(demonstration, person, desk, tmp_path):
    officers = desk(PLAIN_POINTING)
    code = setting_up.set_up(officers, tmp_path)
    setting_up.open_it(officers)
    voter = person(PLAIN_POINTING)
    resident.go_to_the_round(voter, demonstration.site.address, setting_up.NAME)
    voter.press("button", "Start now")
    resident.enter_code(voter, code)
    resident.choose(voter, ["Benches by the river"])
    resident.choose(voter, ["A thousand trees"])
    resident.cast(voter)
