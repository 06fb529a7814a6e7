"""The round of Ashmere in which a visitor can vote."""

import pytest

from pbudget.ballots.routes import pages as ballot_pages
from pbudget.demo.actions import fill_with_ashmere
from pbudget.demo.voting import SLUG, complete_voting
from pbudget.kit.clock import SystemClock
from pbudget.ledger.queries import head_of
from pbudget.roll.generating import start_batch
from pbudget.rounds.queries import round_by_slug
from pbudget.wards.queries import ward_ids
from pbudget.web.layout import DEMO_CODES, read_demo_codes
from tests.support.open_round import CHEAP
from tests.support.pages import PageClient


@pytest.fixture
def ashmere(app):
    app.extensions["scrypt_cost"] = CHEAP
    instance = app.extensions["settings"].instance
    fill_with_ashmere(instance, SystemClock())
    complete_voting(instance, SystemClock())
    return app


def codes(app) -> list[tuple[str, str]]:
    return read_demo_codes(app.extensions["settings"].instance, SLUG)


def test_the_round_is_open_with_three_codes_a_ward(ashmere):
    assert round_by_slug(SLUG).phase == "open"
    assert head_of(round_by_slug(SLUG).id)
    assert len(codes(ashmere)) == 24


def test_making_it_again_changes_nothing(ashmere):
    before = codes(ashmere), head_of(round_by_slug(SLUG).id)
    complete_voting(ashmere.extensions["settings"].instance, SystemClock())
    assert (codes(ashmere), head_of(round_by_slug(SLUG).id)) == before


def test_codes_made_and_never_shown_are_voided_and_made_again(app):
    app.extensions["scrypt_cost"] = CHEAP
    instance = app.extensions["settings"].instance
    fill_with_ashmere(instance, SystemClock())
    complete_voting_until_codes(instance)
    complete_voting(instance, SystemClock())
    assert round_by_slug(SLUG).phase == "open"
    assert len(codes(app)) == 24


def complete_voting_until_codes(instance) -> None:
    """As if the process had been killed after a batch was begun and before its codes were shown."""
    from pbudget.demo import voting

    made = voting._set_up(SystemClock())
    voting._load_roll(made.id)
    start_batch(made.id, ward_ids()["X99000001"])
    assert not (instance / DEMO_CODES).exists()


def test_a_visitor_finds_the_codes_where_a_letter_would_be_needed(ashmere):
    page = PageClient(ashmere).get(f"/rounds/{SLUG}/vote/begin")
    assert codes(ashmere)[0][1] in page.text
    assert "In a real vote each code is in one letter" in page.text
    assert ballot_pages.name == "ballots"


def test_a_shown_code_opens_a_ballot(ashmere):
    client = PageClient(ashmere)
    client.post(f"/rounds/{SLUG}/vote/begin", {"code": codes(ashmere)[0][1]}, status=303)
