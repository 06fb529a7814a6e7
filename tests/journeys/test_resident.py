"""A stranger votes in the demonstration, changes their mind and looks the references up, in every way."""

from playwright.sync_api import expect

from tests.journeys import resident
from tests.journeys.conftest import IN_EVERY_WAY, KEYS, POINTING, WAYS

NAME = "Ashmere green fund"


@IN_EVERY_WAY
def test_a_stranger_votes_with_a_demo_code_replaces_the_vote_and_finds_both_references(demonstration, person, way):
    hands = person(way)
    resident.go_to_the_round(hands, demonstration.site.address, NAME)
    hands.press("button", "Start now")
    code = resident.code_on_the_page(hands.page, WAYS.index(way))
    first = a_vote(hands, code, [1, 0])
    hands.press("link", "check your reference")
    resident.look_up(hands, first)
    hands.page.goto(f"{demonstration.site.address}/rounds/ashmere-green-fund/vote")
    hands.press("button", "Start now")
    second = a_vote(hands, code, [2])
    assert second != first
    hands.press("link", "check your reference")
    for tracker in (first, second):
        resident.look_up(hands, tracker)


def a_vote(hands, code: str, wanted: list[int]) -> str:
    """A vote for these projects of the ward, and a point for the first one of the whole borough."""
    resident.enter_code(hands, code)
    titles = resident.titles_on_the_page(hands.page)
    resident.choose(hands, [titles[number] for number in wanted])
    one = resident.titles_on_the_page(hands.page)[0]
    hands.press("button", f"One point more for {one}")
    expect(hands.page.locator("#total")).to_contain_text("1 of 10 points given")
    resident.go_on(hands)
    return resident.cast(hands)


def test_after_a_mistake_back_never_shows_the_browsers_own_page(demonstration, person):
    """A page that answers what was sent wrongly must not stand in the way back."""
    hands = person(POINTING)
    page = hands.page
    page.goto(f"{demonstration.site.address}/rounds/ashmere-green-fund/vote/begin")
    code = resident.code_on_the_page(page, 5)
    hands.type("Your voting code", "7Q4K")
    hands.press("button", "Continue")
    expect(page.get_by_role("alert")).to_contain_text("13 characters")
    hands.type("Your voting code", code)
    hands.press("button", "Continue")
    hands.press("button", "Continue")
    expect(page.get_by_role("alert")).to_contain_text("Say whether")
    hands.tick("Yes")
    hands.press("button", "Continue")
    expect(page.locator("h1")).to_have_text("How to vote")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("your ward?")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("your ward?")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Enter the code from your letter")


def test_two_tabs_show_one_ballot_and_cast_it_once(demonstration, person):
    hands = person(KEYS)
    page, other = hands.page, hands.page.context.new_page()
    page.goto(f"{demonstration.site.address}/rounds/ashmere-green-fund/vote/begin")
    resident.enter_code(hands, resident.code_on_the_page(page, 6))
    other.goto(page.url)
    title = resident.titles_on_the_page(page)[0]
    assert resident.titles_on_the_page(other)[0] == title, "the tabs have the projects in another order"
    hands.press("button", f"Add {title}")
    expect(page.locator("#total")).to_contain_text("1 of 4")
    other.get_by_role("button", name="Continue").click()
    other.get_by_role("button", name="Continue").click()
    expect(other.locator("main")).to_contain_text(title)
    other.get_by_role("button", name="Cast my vote").click()
    expect(other.locator("h1")).to_have_text("Your vote is recorded")
    hands.press("button", "Continue")
    expect(page.locator("h1")).to_have_text("This session has ended")
    hands.press("link", "See the reference of that vote")
    assert page.locator(".tracker").inner_text() == other.locator(".tracker").inner_text()
