"""What two officers do: one asks, the other approves; from a new round to its seal."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from playwright.sync_api import expect

from pbudget.kit.clock import LONDON
from tests.journeys.hands import Hands

CODE_OF_THE_MOMENT = re.compile(r"\b(\d{3}) ?(\d{3})\b")
PASSPHRASE = "nine green bottles standing"
MOST_LOOKS = 600


def sign_in(hands: Hands, address: str, email: str) -> None:
    """As a test account, with the password and the code that a demonstration shows."""
    page = hands.page
    page.goto(f"{address}/staff/sign-in")
    password = page.locator("#test-accounts ~ p .staff-key").inner_text()
    hands.type("Email address", email)
    hands.type("Password", password)
    hands.press("button", "Continue")
    expect(page.locator("h1")).to_have_text("Enter the code from your app")
    shown = CODE_OF_THE_MOMENT.search(page.locator("main .panel, main .govuk-inset-text").first.inner_text())
    assert shown, "the page shows no code of the moment"
    hands.type("Code from your app", "".join(shown.groups()))
    hands.press("button", "Sign in")
    expect(page.locator("h1")).to_have_text("Staff start page")


@dataclass(frozen=True)
class Desk:
    """Two officers, each at a browser of their own, and the site."""

    asks: Hands
    approves: Hands
    address: str

    def open(self, hands: Hands, path: str) -> None:
        """Go to an address of the site."""
        hands.page.goto(self.address + path)

    def approved(self, words: str) -> None:
        """What was just asked for is found by the other officer, read and approved."""
        asked, other = self.asks.page, self.approves.page
        expect(asked.locator("main")).to_contain_text("You asked for this yourself")
        path = asked.url.removeprefix(self.address)
        self.open(self.approves, "/staff")
        self.approves.press("link", "Approvals")
        self.approves.press("link", other.locator(f'main a[href="{path}"]').inner_text())
        prints = [page.locator("p .staff-key").first.inner_text() for page in (asked, other)]
        assert prints[0] == prints[1], "the two officers do not see the same fingerprint"
        self.approves.press("button", f"Approve: {words}")
        expect(other.get_by_role("alert")).to_contain_text("Approved and done")

    def round_page(self, slug: str) -> None:
        """The round, as the officer who asks sees it."""
        self.open(self.asks, f"/staff/rounds/{slug}")


def looked_again(hands: Hands, until: Callable[[], bool], what: str) -> None:
    """Load the page again until the worker has done its part."""
    for _ in range(MOST_LOOKS):
        if until():
            return
        hands.page.wait_for_timeout(300)
        hands.page.reload()
    raise AssertionError(f"{what} did not happen: {hands.page.locator('main').inner_text()}")


def from_close_to_seal(desk: Desk, slug: str) -> None:
    """Close early, count, recount, publish, seal: every step by the buttons of the pages."""
    close_now(desk, slug)
    count_and_recount(desk)
    publish(desk, slug)
    seal(desk, slug)


def in_days(days: int) -> date:
    """The day in London so many days from now."""
    return datetime.now(LONDON).date() + timedelta(days=days)


def close_now(desk: Desk, slug: str) -> None:
    desk.round_page(slug)
    desk.asks.press("link", "Close voting now")
    desk.asks.type("Reason, as residents read it", "The hall is needed. Everybody who asked for more time has voted.")
    desk.asks.press("button", "Ask another officer to approve")
    desk.approved("close voting now")


def count_and_recount(desk: Desk) -> None:
    """From the page of the request back to the round, and on to the steps after voting."""
    asks, page = desk.asks, desk.asks.page
    page.reload()
    asks.press("link", "Back to the round")
    asks.press("link", "Count, recount, publish and seal")
    asks.press("button", "Check and count")
    looked_again(asks, lambda: "Counted at" in page.locator("main").inner_text(), "the count")
    asks.press("button", "Recount now")
    looked_again(asks, lambda: page.get_by_text("Agrees", exact=True).count() > 0, "the recount")
    assert not page.get_by_text("Differs", exact=True).count()


def reports_are_made(page: str) -> bool:
    """Whether the page of the reports lists every one of them."""
    return "Contest by contest" in page and "There is no report yet" not in page and "Being made" not in page


def publish(desk: Desk, slug: str) -> None:
    """Once the worker has made the reports that go into the bundle."""
    desk.open(desk.asks, f"/staff/rounds/{slug}/guard")
    looked_again(desk.asks, lambda: reports_are_made(desk.asks.page.locator("main").inner_text()), "making the reports")
    desk.open(desk.asks, f"/staff/rounds/{slug}/result")
    desk.asks.press("button", "Ask another officer to approve publication")
    desk.approved("publish the result")
    desk.open(desk.asks, f"/staff/rounds/{slug}/result")


def seal(desk: Desk, slug: str) -> None:
    asks, page = desk.asks, desk.asks.page
    asks.tick("Every locked copy of the keys has been destroyed by whoever kept it")
    gone = in_days(30)
    for label, number in (("Day", gone.day), ("Month", gone.month), ("Year", gone.year)):
        asks.type(label, str(number))
    asks.press("button", "Ask another officer to approve sealing")
    desk.approved("seal the round")
    desk.open(asks, f"/staff/rounds/{slug}/result")
    looked_again(asks, lambda: "keys on this machine are gone" in page.locator("main").inner_text(), "the seal")
