"""A ward that one group decided and a ward like its residents, from open to certified: a decision on the record."""

import pytest
from playwright.sync_api import expect

from app import create_app
from pbudget.config import read_settings
from pbudget.db import db
from tests.journeys import resident
from tests.journeys.conftest import KEYS_WITHOUT_SCRIPTS, POINTING, Demonstration, Way
from tests.journeys.hands import Hands
from tests.journeys.officers import Desk, close_now, count_and_recount, looked_again, publish
from tests.journeys.two_wards import BALANCED, NAME, SKEWED, SLUG, open_two_wards

REASON = "The ward councillors have read the report and met the young people's forum. The result stands."


@pytest.fixture
def code(demonstration: Demonstration) -> str:
    """The round, open for voting, and a code of the skewed ward."""
    with create_app(read_settings(demonstration.site.environ)).app_context() as context:
        made = open_two_wards(context.app)
        db.session.remove()
        db.engine.dispose()
    return made.codes[0]


def test_a_skewed_and_a_balanced_ward_go_from_open_to_certified_with_a_decision_on_the_record(
    demonstration, person, desk, code
):
    officers = desk(Way(KEYS_WITHOUT_SCRIPTS.condition, POINTING.hands))
    voter = person(POINTING)
    voter.page.goto(f"{demonstration.site.address}/rounds/{SLUG}/vote/begin")
    resident.enter_code(voter, code)
    resident.choose(voter, ["Skate park"])
    resident.cast(voter)
    officers.round_page(SLUG)
    officers.asks.press("link", "Who is missing, and what we did")
    record_a_visit(officers.asks)
    close_now(officers, SLUG)
    count_and_recount(officers)
    certify(officers)
    officers.round_page(SLUG)
    officers.asks.press("link", "Count, recount, publish and seal")
    publish(officers, SLUG)
    what_residents_read(voter, demonstration.site.address)


def record_a_visit(asks: Hands) -> None:
    """What was done to reach people is written down while voting is open."""
    asks.type("What was done", "A morning at the youth centre")
    for label, number in (("Day", "1"), ("Month", "3"), ("Year", "2026")):
        asks.type(label, number)
    asks.type("By whom (a role, not a name)", "Outreach officer")
    asks.press("button", "Add to the access record")
    expect(asks.page.locator("main")).to_contain_text("A morning at the youth centre")


def certify(desk: Desk) -> None:
    """Read both reports, decide, and have another officer approve."""
    asks, page = desk.asks, desk.asks.page
    asks.press("link", "Who took part, and what follows")
    looked_again(asks, lambda: page.get_by_role("group", name="Decision").count() > 0, "the reports")
    verdicts = page.locator("main table tbody tr").all_inner_texts()
    assert ["At risk of capture" in verdicts[0], "Balanced" in verdicts[1]] == [True, True], verdicts
    asks.press("link", SKEWED[1])
    told = page.locator("main").inner_text()
    assert "would probably not have been funded had everybody turned out alike" in told
    page.go_back()
    asks.press("link", BALANCED[1])
    assert "Nothing found suggests" in page.locator("main").inner_text()
    page.go_back()
    asks.tick("Certify the result")
    asks.type("Reason", REASON)
    asks.press("button", "Ask another officer to approve")
    desk.approved("decide what follows from the reports")


def what_residents_read(voter: Hands, address: str) -> None:
    """The verdict, who took part, and the decision with its reason, one link from the result."""
    voter.page.goto(f"{address}/rounds/{SLUG}/{SKEWED[0]}")
    voter.press("link", "Who took part beside who lives here, and whether it mattered")
    expect(voter.page.locator("h1")).to_have_text(f"Who took part in {SKEWED[1]}, and did it matter?")
    main = voter.page.locator("main")
    for told in ("At risk of capture", "Certify the result", REASON, "Far more than their share", NAME):
        expect(main).to_contain_text(told)
