"""Voting in a real Chromium: by keyboard, on a phone, with scripts and without."""

import re
from time import sleep

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.looking import Condition, Reader, reading
from tests.browser.patience import loaded
from tests.browser.test_keyboard import FOCUSED

TRACKER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}")
PHONE = Condition("phone", width=320)
PLAIN = Condition("phone without scripts", width=320, scripts=False)


def to_the_projects(reader: Reader, site, kind: str) -> Page:
    """From the letter to the first page of projects, whose scripts run."""
    page = reader.open(f"{site.path(kind)}/begin")
    page.get_by_label("Your voting code").fill(site.letter(kind))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/projects/*")
    return loaded(page)


def press_with_keys(page: Page, name: str) -> None:
    """Tab to the control with this name, as a person without a mouse does, and press Enter."""
    loaded(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate(SAID)
        if said == name:
            assert not page.evaluate(FOCUSED_KEPT)["covered"], f"{name} is covered while it has the focus"
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not reach {name}")


SAID = """() => { const it = document.activeElement, by = it.getAttribute("aria-labelledby");
  const text = by ? by.split(" ").map(id => document.getElementById(id).textContent).join(" ")
    : it.getAttribute("aria-label") || it.textContent;
  return text.replace(/\\s+/g, " ").trim(); }"""
FOCUSED_KEPT = FOCUSED.replace("it.blur();", "")


def test_a_vote_by_keyboard_from_the_letters_address_to_the_tracker(browser, voting_site):
    with reading(browser, voting_site.site.address, PHONE) as reader:
        page = reader.open(f"{voting_site.path('approval')}#{voting_site.letter('approval')}")
        expect(page.get_by_text("We have read the code from your letter")).to_be_visible()
        assert "#" not in page.url, "the code stays in the address"
        press_with_keys(page, "Start now")
        page.wait_for_url("**/begin")
        expect(page.get_by_label("Your voting code")).not_to_have_value("")
        press_with_keys(page, "Continue")
        page.wait_for_url("**/your-ward")
        page.get_by_label("Yes").focus()
        page.keyboard.press("Space")
        press_with_keys(page, "Continue")
        page.wait_for_url("**/how-to-vote")
        press_with_keys(page, "Continue")
        page.wait_for_url("**/riverside")
        before = page.evaluate("performance.timeOrigin")
        press_with_keys(page, "Add New swings")
        expect(page.locator("#total")).to_contain_text("1 of 2 chosen")
        expect(page.get_by_role("button", name="Remove New swings from your ballot")).to_be_focused()
        assert page.evaluate("performance.timeOrigin") == before, "the page was loaded again"
        press_with_keys(page, "Continue")
        page.wait_for_url("**/borough")
        press_with_keys(page, "Continue")
        page.wait_for_url("**/check")
        expect(page.locator("main")).to_contain_text("Not cast yet")
        press_with_keys(page, "Cast my vote")
        page.wait_for_url("**/recorded")
        assert TRACKER.fullmatch(page.locator(".tracker").inner_text())
        assert not reader.troubles, "\n".join(reader.troubles)


def test_a_vote_without_scripts_survives_reload_and_back(browser, voting_site):
    with reading(browser, voting_site.site.address, PLAIN) as reader:
        page = to_the_projects(reader, voting_site, "approval")
        order = page.locator(".option__title").all_inner_texts()
        page.get_by_role("button", name="Add Skate park").click()
        assert "#p" in page.url, "the reader loses their place"
        page.reload()
        page.go_back()
        page.reload()
        expect(page.get_by_role("button", name="Remove Skate park from your ballot")).to_be_visible()
        assert page.locator(".option__title").all_inner_texts() == order, "the order changed"
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Cast my vote").click()
        tracker = page.locator(".tracker").inner_text()
        page.reload()
        assert page.locator(".tracker").inner_text() == tracker
        page.go_back()
        expect(page.locator("h1")).to_have_text("This session has ended")


def test_three_quick_presses_of_plus_are_three_points_and_a_typed_number_is_kept(browser, voting_site):
    with reading(browser, voting_site.site.address, Condition("desk")) as reader:
        page = to_the_projects(reader, voting_site, "points")
        plus = page.get_by_role("button", name="One point more for Skate park")
        plus.evaluate("it => { for (let press = 0; press < 3; press++) it.click() }")  # quicker than any answer
        expect(page.get_by_role("textbox", name="Points Skate park")).to_have_value("3")
        expect(page.locator("#total")).to_contain_text("3 of 10 points given. 7 left.")
        page.get_by_role("textbox", name="Points New swings").fill("4")
        page.get_by_role("button", name="One point more for Pocket park").click()
        expect(page.locator("#total")).to_contain_text("8 of 10 points given")
        page.reload()
        expect(page.get_by_role("textbox", name="Points New swings")).to_have_value("4")
        page.get_by_role("textbox", name="Points New swings").press("Enter")
        expect(page.get_by_role("textbox", name="Points Pocket park")).to_have_value("1")


def test_quick_presses_of_plus_are_all_counted_on_a_slow_line(browser, voting_site):
    with reading(browser, voting_site.site.address, Condition("a slow line")) as reader:
        page = to_the_projects(reader, voting_site, "points")
        page.route("**/projects/**", slowly)
        for name in ("Skate park", "Skate park", "Pocket park", "Skate park"):
            page.get_by_role("button", name=f"One point more for {name}").evaluate("it => it.click()")
        expect(page.locator("#total")).to_contain_text("4 of 10 points given. 6 left.")
        expect(page.get_by_role("textbox", name="Points Skate park")).to_have_value("3")
        expect(page.get_by_role("textbox", name="Points Pocket park")).to_have_value("1")


def slowly(route: Route) -> None:
    """Half a second later; meanwhile the next press is made."""
    sleep(0.5)
    route.continue_()


def test_moving_a_project_up_keeps_the_focus_and_removing_it_goes_to_the_list(browser, voting_site):
    with reading(browser, voting_site.site.address, Condition("desk")) as reader:
        page = to_the_projects(reader, voting_site, "ranked")
        for title in ("Skate park", "New swings"):
            page.get_by_role("button", name=f"Add {title}").click()
            expect(page.locator(".order")).to_contain_text(title)
        up = page.get_by_role("button", name="Move up New swings")
        up.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".order__list b").first).to_contain_text("New swings")
        expect(up).to_be_focused()
        page.locator(".order").get_by_role("button", name="Remove Skate park from your ballot").click()
        expect(page.locator(".order__list > li")).to_have_count(1)
        expect(page.locator("#order-title")).to_be_focused()


def test_a_double_click_adds_once_and_casts_once(browser, voting_site):
    with reading(browser, voting_site.site.address, Condition("desk")) as reader:
        page = to_the_projects(reader, voting_site, "knapsack")
        page.route("**/projects/**", slowly)  # so that the second press is made before the first is answered
        page.get_by_role("button", name="Add Pocket park").dblclick()
        expect(page.locator("#total")).to_contain_text("1 chosen. £50,000 of £100,000. £50,000 left.")
        page.unroute_all(behavior="wait")
        expect(page.get_by_role("button", name="Remove Pocket park from your ballot")).to_be_visible()
        page.get_by_role("button", name="Add Skate park").click()
        expect(page.locator("#total")).to_contain_text("£10,000 too much")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert")).to_contain_text("£10,000 more than the £100,000 there is")
        page.get_by_role("button", name="Remove Skate park").click()
        expect(page.locator("#total")).to_contain_text("£50,000 left")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/check")
        page.get_by_role("button", name="Cast my vote").dblclick()
        page.wait_for_url("**/recorded")


def test_a_choice_that_cannot_be_sent_is_said(browser, voting_site):
    with reading(browser, voting_site.site.address, Condition("desk")) as reader:
        page = to_the_projects(reader, voting_site, "approval")
        page.context.set_offline(True)
        page.get_by_role("button", name="Add Skate park").click()
        expect(page.get_by_text("That could not be saved")).to_be_visible()
        page.context.set_offline(False)
        page.get_by_role("button", name="Add Skate park").click()
        expect(page.get_by_text("That could not be saved")).to_be_hidden()
        expect(page.locator("#total")).to_contain_text("1 of 2 chosen")


CONDITIONS = (
    Condition("320 px", width=320),
    Condition("1440 px"),
    Condition("320 px, 200 % text", width=640, text_size=200),
    Condition("forced colours", width=390, forced_colours=True),
)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda c: c.name)
def test_forty_projects_have_no_grave_finding_and_nothing_is_covered(browser, voting_site, condition):
    with reading(browser, voting_site.site.address, condition) as reader:
        begin_only(reader, voting_site)
        findings: list[str] = []
        for path in ("", "/begin", "/your-ward", "/how-to-vote", "/projects/riverside", "/projects/borough", "/check"):
            reader.open(voting_site.path("forty") + path)
            findings += reader.grave_findings() + reader.sideways()
        page = reader.open(voting_site.path("forty") + "/projects/riverside")
        covered = [stop["name"] for stop in stops(page, 40) if stop["covered"] or not stop["inside"]]
        assert not findings, "\n".join(findings)
        assert not covered, "\n".join(covered)
        assert not reader.troubles, "\n".join(reader.troubles)


def begin_only(reader: Reader, site) -> None:
    page = reader.open(f"{site.path('forty')}/begin")
    page.get_by_label("Your voting code").fill(site.letter("forty"))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/your-ward")


def stops(page: Page, most: int) -> list[dict]:
    """What has the focus, Tab after Tab."""
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED_KEPT)
        if stop is None:
            break
        found.append(stop)
    return found
