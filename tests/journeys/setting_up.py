"""A new round from nothing: every task of the list by the buttons of the pages, until it is open."""

import csv
import io
import re
from datetime import date
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.hands import Hands
from tests.journeys.officers import PASSPHRASE, Desk, in_days, looked_again

NAME, SLUG = "Test round from nothing", "test-round-from-nothing"
WARD, WARD_CODE = "Foundry", "X99000001"
PROPOSALS = """pot,title,cost,description
Foundry,Benches by the river,4500,Six benches with backs and arms.
Foundry,Lights on the tramway path,9000,Low lamps that dim for the bats.
All of Ashmere,A thousand trees,30000,On verges and in school grounds.
"""
PEOPLE = "ward_code,count\nX99000001,3\n"


def set_up(desk: Desk, folder: Path) -> str:
    """The whole list; one voting code of the round, from the printer's file."""
    asks = desk.asks
    new_round(desk)
    money_and_ballots(asks)
    proposals(asks, folder)
    voters(asks)
    roll(asks, folder)
    code = letters(asks)
    how_it_is_checked(asks)
    what_is_left(asks)
    rehearse(asks)
    keys(desk)
    return code


def new_round(desk: Desk) -> None:
    asks = desk.asks
    desk.open(asks, "/staff")
    asks.press("link", "Rounds")
    asks.press("button", "Start a new round")
    asks.type("Name of the round", NAME)
    asks.type("Place", "Ashmere")
    asks.press("button", "Save and continue")
    expect(asks.page.locator("h1")).to_have_text(NAME)
    task(asks, "Dates")
    dates(asks)


def dates(asks: Hands) -> None:
    """Open since this morning, closing in two weeks."""
    for group, day, hour in (("Voting opens", in_days(0), "midnight"), ("Voting closes", in_days(14), "5pm")):
        moment(asks, group, day, hour)
    saved(asks)


def moment(hands: Hands, group: str, day: date, hour: str) -> None:
    """Fill the four boxes of a date with a time."""
    for label, text in (("Day", day.day), ("Month", day.month), ("Year", day.year), ("Time", hour)):
        hands.type(label, str(text), group=group)


def task(asks: Hands, title: str) -> None:
    """Go to a task of the list."""
    asks.press("link", title)


def saved(asks: Hands) -> None:
    """Save, and be back at the list."""
    asks.press("button", "Save and continue")
    expect(asks.page.locator("h1")).to_have_text(NAME)


def money_and_ballots(asks: Hands) -> None:
    task(asks, "Wards and pots")
    for where, amount in ((WARD, "12,000"), ("Everybody in Ashmere", "40000")):
        asks.choose("Who votes on it", where)
        asks.type("Amount for each pot", amount)
        asks.press("button", "Add")
    expect(asks.page.locator("main")).to_contain_text("£52,000")
    asks.press("link", "That is all, back to the round")
    task(asks, "Ballot type and limits")
    asks.tick("Choose projects within the money", group="In the wards")
    asks.tick("Choose projects", group="For everybody")
    saved(asks)
    task(asks, "How votes are counted")
    asks.tick("Equal Shares")
    asks.type("Money that no project gets", "It stays with the ward for the next round.")
    saved(asks)


def proposals(asks: Hands, folder: Path) -> None:
    """One by the form, the others by a file."""
    task(asks, "Proposals")
    asks.press("button", "Add a proposal")
    asks.choose("Pot", "All of Ashmere")
    asks.type("Title", "Drinking fountains")
    asks.type("Cost", "18,000")
    asks.type("What it is and where", "In three parks.")
    asks.press("button", "Save")
    asks.press("button", "Add many from a file")
    asks.attach("CSV file", written(folder / "proposals.csv", PROPOSALS))
    asks.press("button", "Check the file")
    expect(asks.page.locator("h1")).to_have_text("Check 3 proposals")
    asks.press("button", "Add these 3 proposals")
    asks.tick("The council can do each of these proposals, and the costs are checked and final")
    saved(asks)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def voters(asks: Hands) -> None:
    task(asks, "Who can vote, and how")
    asks.tick("A code from a letter")
    asks.tick("Online")
    saved(asks)


def roll(asks: Hands, folder: Path) -> None:
    """Sent, looked at, loaded by the worker."""
    page = asks.page
    task(asks, "Roll")
    asks.attach("CSV file", written(folder / "roll.csv", PEOPLE))
    asks.press("button", "Check the file")
    expect(page.locator("h1")).to_have_text("Check the roll before it is loaded")
    asks.press("button", "Load this roll")
    looked_again(asks, lambda: "The roll has 3 entries" in page.locator("main").inner_text(), "loading the roll")
    asks.press("link", "Voting codes and letters")


def letters(asks: Hands) -> str:
    """Codes made by the worker, opened with the passphrase that was shown once, deleted when the printer has them."""
    page = asks.page
    asks.choose("Ward", WARD)
    asks.tick("Letters for everybody in the ward who has no code yet")
    asks.press("button", "Make the codes")
    passphrase = page.locator(".passphrase").inner_text()
    asks.press("link", "I have written it down: go to the letters")
    looked_again(asks, lambda: page.get_by_label("Passphrase", exact=True).count() > 0, "making the codes")
    asks.type("Passphrase", passphrase)
    file = asks.download("button", "Open the letters")
    asks.press("button", "I have the letters: delete the codes here")
    back_to_the_list(asks)
    return code_in(file)


def code_in(file: Path) -> str:
    """The first code of the printer's file."""
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    return next(cell for cell in rows[1] if re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}", cell))


def back_to_the_list(asks: Hands) -> None:
    """From a page two steps below the list."""
    asks.page.goto(re.sub(r"(/staff/rounds/[^/]+).*", r"\1", asks.page.url))


def how_it_is_checked(asks: Hands) -> None:
    task(asks, "Witnesses")
    for number in (1, 2, 3):
        asks.type("Role", f"Test witness {number}", group=f"Witness {number}")
        asks.type("E-mail address", f"witness-{number}@ashmere.example", group=f"Witness {number}")
    saved(asks)
    task(asks, "Challenge period, annulling and repeating")
    saved(asks)
    task(asks, "What is published")
    asks.tick("Totals for each project")
    asks.type("Reason", "A handful of ballots: a file of them would show who voted how.")
    saved(asks)
    task(asks, "Privacy, accessibility and DPIA")
    for label, where in (
        ("Privacy notice", "/privacy"),
        ("Accessibility statement", "/accessibility-statement"),
        ("DPIA reference", "DPIA-TEST-1"),
    ):
        asks.type(label, where)
    saved(asks)


def what_is_left(asks: Hands) -> None:
    """Tasks whose choices are filled in already: looked at and saved."""
    unsaved = asks.page.locator("main li", has_text="Look at the choices and save them").get_by_role("link")
    for title in unsaved.all_inner_texts():
        task(asks, title)
        saved(asks)


def rehearse(asks: Hands) -> None:
    task(asks, "Logic-and-accuracy test")
    asks.press("button", "Run the test")
    expect(asks.page.locator("main")).to_contain_text("Passed")
    asks.press("link", "Back to the round", within="body")


def keys(desk: Desk) -> None:
    """Made once; each officer takes a copy with a passphrase of their own."""
    asks = desk.asks
    task(asks, "Keys and their locked copies")
    asks.press("button", "Make the keys")
    desk.open(desk.approves, f"/staff/rounds/{SLUG}/keys")
    for hands in (asks, desk.approves):
        hands.type("Passphrase", PASSPHRASE)
        hands.type("Passphrase again", PASSPHRASE)
        copy = hands.download("button", "Download my locked copy")
        assert copy.stat().st_size > 100


def open_it(desk: Desk) -> None:
    """One asks, the other approves."""
    desk.round_page(SLUG)
    expect(desk.asks.page.locator("main")).to_contain_text("Everything is done")
    desk.asks.press("button", "Look at what will be settled")
    desk.asks.press("button", "Ask another officer to approve")
    desk.approved("open the round")
