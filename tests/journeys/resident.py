"""What a resident does: vote with a code from the demonstration, change their mind, look their reference up."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.hands import Hands

TRACKER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}")
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")


def go_to_the_round(hands: Hands, address: str, name: str) -> None:
    """From the front page to the start page of a vote, as a stranger would."""
    hands.page.goto(address)
    hands.press("link", name)
    hands.press("button", "Vote in this round")
    expect(hands.page.locator("h1")).to_have_text(f"Vote in {name}")


def code_on_the_page(page: Page, number: int = 0) -> str:
    """A code that a demonstration shows to everybody."""
    return CODE.findall(page.locator(".demo-codes").inner_text())[number]


def enter_code(hands: Hands, code: str) -> None:
    """The code, then the ward it is for, then how to vote."""
    hands.type("Your voting code", code)
    hands.press("button", "Continue")
    hands.tick("Yes")
    hands.press("button", "Continue")
    expect(hands.page.locator("h1")).to_have_text("How to vote")
    hands.press("button", "Continue")
    expect(hands.page.locator(".ballot")).to_be_visible()


def choose(hands: Hands, titles: list[str]) -> None:
    """Put the projects on the ballot of the contest on the page, each with a press, and go on."""
    for number, title in enumerate(titles, 1):
        hands.press("button", f"Add {title}")
        expect(hands.page.locator("#total")).to_contain_text(f"{number} ")
    go_on(hands)


def go_on(hands: Hands) -> None:
    """From one contest to the next page."""
    here = hands.page.url
    hands.press("button", "Continue")
    hands.page.wait_for_url(lambda address: address != here)


def titles_on_the_page(page: Page) -> list[str]:
    """The projects, in the order this voter sees them."""
    return page.locator(".option__title").all_inner_texts()


def cast(hands: Hands) -> str:
    """Check the vote, cast it, and note the reference."""
    expect(hands.page.locator("h1")).to_have_text("Check your vote")
    expect(hands.page.locator("main")).to_contain_text("Not cast yet")
    hands.press("button", "Cast my vote")
    expect(hands.page.locator("h1")).to_have_text("Your vote is recorded")
    tracker = hands.page.locator(".tracker").inner_text()
    assert TRACKER.fullmatch(tracker), f"the reference is {tracker!r}"
    return tracker


def look_up(hands: Hands, tracker: str) -> None:
    """Type the reference where it can be checked."""
    hands.type("Your reference", tracker)
    hands.press("button", "Check my reference")
    expect(hands.page.locator("main")).to_contain_text(f"Recorded: {tracker}")
