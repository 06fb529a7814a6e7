"""What officers see of a round that is open: turnout of each ward, ways of voting, and no number that picks one out."""

from collections import Counter

from pbudget.ledger.queries import ballots_by
from tests.results.closed_round import add_places, cast
from tests.support.open_round import open_round
from tests.support.pages import PageClient
from tests.support.staff import sign_in

WAYS = ["online"] * 24 + ["paper"] * 13 + ["kiosk"] * 3


def test_by_way_of_voting_small_numbers_are_left_out_and_the_others_rounded(sqlite_app):
    vote = open_round(sqlite_app, letters=1)
    vote.change(opened_at=vote.opens_at)
    add_places(vote, len(WAYS))
    for number, way in enumerate(WAYS):
        cast(vote, number, {"riverside": ["skate"]}, channel=way)
    assert Counter(ballots_by(vote.id)) == {
        ("X99000001", "online"): 24,
        ("X99000001", "paper"): 13,
        ("X99000001", "kiosk"): 3,
    }
    client = PageClient(sqlite_app)
    sign_in(client, "officer")
    page = client.get(f"/staff/rounds/{vote.slug}")
    wards, ways = page.soup.select("main table")
    assert wards.tbody.get_text(" ", strip=True) == "Riverside 40 40 100.0%"
    shown = [row.get_text(" ", strip=True) for row in ways.tbody.select("tr")]
    assert shown == ["Online 25", "Kiosk not shown", "Paper not shown"]
    assert "Small numbers are not shown" in page.text
