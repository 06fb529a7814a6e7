"""A resident balances Ashmere's budget in every way; every page on it is looked at; an officer closes it and reads."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.looking import GRAVE
from tests.browser.site import run
from tests.calculator.building import WORKED, as_csv, year_rows
from tests.journeys.conftest import IN_EVERY_WAY, KEYS, KEYS_WITHOUT_SCRIPTS, OFFICERS, POINTING, officer
from tests.journeys.officers import sign_in

PATH = "/budgets/ashmere-budget-2027-to-2028"


@IN_EVERY_WAY
def test_a_resident_balances_comments_sends_and_prints(demonstration, person, way):
    hands, address = person(way), demonstration.site.address
    page = begun(hands, address)
    page.goto(f"{address}{PATH}/parts/libraries-sport-and-culture")
    choose(hands, "libraries", "10% less, saves £400,000")
    expect_balance(hands, way, "£5,800,000 still to find")
    choose(hands, "museum-and-theatre", "Another number")
    hands._type(page.locator("#b-museum-and-theatre"), "-30")
    hands._open(page.locator("#cs-libraries"))
    hands._type(page.locator("#c-libraries"), "Keep Saturdays.")
    expect_balance(hands, way, "£5,545,000 still to find")
    expect(page.locator("#now-museum-and-theatre")).to_contain_text("At -25%")
    with page.expect_navigation():
        hands.press("button", "Continue")
    page.goto(f"{address}{PATH}/parts/council-tax")
    hands.choose("Your council tax band", "Band C")
    choose(hands, "council-tax", "4.99% more", exact=False)
    expect_balance(hands, way, "A Band C home pays £79.84 a year more. That is £1.54 a week.")
    hands.press("button", "Continue")
    hands.press("button", "Check your budget")
    hands.press("button", "Send my budget")
    expect(page.get_by_role("alert")).to_contain_text("tick the box")
    hands.tick("I would rather not balance the budget")
    hands.type("Why?", "I would not cut more than this.")
    hands.press("button", "Send my budget")
    expect(page.locator("h1")).to_have_text("Your budget is sent")
    hands.press("link", "Print your budget, or show it to somebody")
    expect(page.locator("main")).to_contain_text("“Keep Saturdays.”")
    expect(page.locator("main")).to_contain_text("£1,054,000 still to find")


def begun(hands, address: str):
    """An answer that was begun from the front page."""
    hands.page.goto(address)
    hands.press("link", "Balance the budget: Ashmere budget 2027 to 2028")
    hands.press("button", "Start")
    expect(hands.page.locator(".balance")).to_contain_text("£6,200,000 still to find")
    return hands.page


def choose(hands, key: str, label: str, *, exact: bool = True) -> None:
    hands._tick(hands.page.locator(f"#line-{key}").get_by_label(label, exact=exact))


def expect_balance(hands, way, said: str) -> None:
    """With scripts the balance follows by itself; without them a button shows it."""
    if not way.condition.scripts:
        hands.press("button", "Update the balance")
    expect(hands.page.locator("#balance")).to_contain_text(said)


def test_questions_about_the_person_are_answered_and_taken_back_without_scripts(demonstration, person):
    hands, address = person(KEYS_WITHOUT_SCRIPTS), demonstration.site.address
    page = begun(hands, address)
    page.goto(f"{address}{PATH}/check")
    hands.tick("I would rather not balance the budget")
    hands.type("Why?", "I would not cut anything.")
    hands.press("button", "Send my budget")
    hands.press("button", "Answer the questions")
    for heading, answers in (
        ("About you", ("35 to 44", "Female")),
        ("What is your ethnic group?", ("Prefer not to say",)),
    ):
        expect(page.locator("h1")).to_contain_text(heading)
        assert page.evaluate("document.documentElement.scrollWidth") <= KEYS_WITHOUT_SCRIPTS.condition.width
        for answer in answers:
            hands.tick(answer)
        hands.press("button", "Continue")
    hands.press("link", "Skip the rest")
    expect(page.locator("main")).to_contain_text("What you answered is saved, apart from your budget")
    hands.press("button", "Take my answers back")
    expect(page.locator("h1")).to_have_text("Your answers are gone")


@pytest.mark.parametrize("width", [320, 1440])
def test_no_page_of_an_answer_has_a_grave_finding_or_scrolls_sideways(demonstration, person, width):
    hands, address = person(POINTING), demonstration.site.address
    hands.page.set_viewport_size({"width": width, "height": 800})
    page = begun(hands, address)
    findings = []
    for part in ("parts/running-the-council", "parts/council-tax", "parts/borrowing", "parts/all", "check", "summary"):
        page.goto(f"{address}{PATH}/{part}")
        found = Axe().run(page).response["violations"]
        findings += [
            f"{part}: {each['id']} {each['nodes'][0]['html'][:160]}" for each in found if each["impact"] in GRAVE
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, part
    assert not findings, "\n".join(findings)


def test_a_choice_that_cannot_be_used_is_said_beside_the_balance_and_the_rest_is_kept(demonstration, person):
    hands, address = person(POINTING), demonstration.site.address
    page = begun(hands, address)
    page.goto(f"{address}{PATH}/parts/libraries-sport-and-culture")
    choose(hands, "libraries", "10% less, saves £400,000")
    choose(hands, "leisure-centres", "Another number")
    hands._type(page.locator("#b-leisure-centres"), "-90")
    page.keyboard.press("Tab")
    expect(page.locator("#refused")).to_contain_text("Leisure centres: enter a change from -50% to 10%")
    expect(page.locator("#balance")).to_contain_text("£5,800,000 still to find")
    hands._open(page.locator("#cs-libraries"))
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        hands._type(page.locator("#c-libraries"), "Kept without leaving the box.")
    choose(hands, "leisure-centres", "25% less, saves £300,000")
    expect(page.locator("#balance")).to_contain_text("£5,500,000 still to find")
    expect(page.locator("#refused")).to_be_empty()
    expect(page.locator("#b-leisure-centres")).to_have_value("")


def test_a_screen_that_a_steward_set_up_clears_itself_for_whoever_comes_next(demonstration, person):
    hands, address = person(KEYS), demonstration.site.address
    page = hands.page
    sign_in(hands, address, "steward@ashmere.example")
    hands.press("link", "A screen for residents")
    hands.tick("At a hub")
    page.clock.install(time=0)
    page.clock.pause_at(1)
    hands.press("button", "Set up this screen and sign out")
    hands.press("button", "Start")
    expect(page.locator("#balance")).to_contain_text("£6,200,000 still to find")
    page.wait_for_load_state("load")
    page.clock.run_for(59_000)
    expect(page.locator("#still-there")).to_be_hidden()
    page.clock.run_for(1_000)
    expect(page.locator("#still-there")).to_be_visible()
    hands.press("button", "Yes, continue", within="dialog")
    expect(page.locator("#still-there")).to_be_hidden()
    page.clock.run_for(80_000)
    expect(page.locator("h1")).to_have_text("This screen is cleared")
    page.wait_for_load_state("load")
    page.clock.run_for(20_000)
    expect(page.locator("h1")).to_have_text("Balance the budget: find £6.2 million")
    expect(page.locator("main")).not_to_contain_text("You have begun a budget")


@pytest.mark.parametrize(
    "way", [KEYS_WITHOUT_SCRIPTS, pytest.param(KEYS, marks=pytest.mark.full)], ids=["bare", "keys"]
)
def test_an_officer_opens_a_budget_closes_it_and_reads_what_people_chose(demonstration, person, way, tmp_path):
    title, file = f"Test budget by {way.condition.name.replace(',', '')}", tmp_path / "budget.csv"
    file.write_bytes(as_csv([*year_rows(title=title, closes="14/03/2099 17:00"), *WORKED]))
    run(demonstration.site.environ, "calculator", "load", str(file))
    hands = officer(demonstration, person, way, OFFICERS[0], tmp_path)
    page, said = hands.page, hands.page.locator("main")
    page.goto(f"{demonstration.site.address}/staff/budgets")
    hands.press("link", title)
    hands.press("button", "Open it to residents")
    expect(said).to_contain_text("Residents can answer until 5pm on Saturday 14 March 2099")
    hands.press("link", "Close it now")
    expect(page.locator("h1")).to_have_text(f"Close {title} now")
    hands.press("button", "Close it now")
    expect(said).to_contain_text("It closed at")
    hands.press("link", "Results")
    expect(said).to_contain_text("Nobody sent a budget.")
    page.goto(f"{demonstration.site.address}/staff/budgets")
    hands.press("link", "Ashmere budget 2026 to 2027")
    hands.press("link", "Comments and reasons")
    expect(said).to_contain_text("Why people did not balance the budget")
    page.go_back()
    hands.press("link", "Results")
    expect(said).to_contain_text("Self-selected responses, not a survey.")
    hands.press("link", "Everything on one page, to print")
    expect(page.locator("h1")).to_have_text("What people chose, line by line")
    page.emulate_media(media="print")
    expect(said).to_contain_text("Self-selected responses, not a survey.")
