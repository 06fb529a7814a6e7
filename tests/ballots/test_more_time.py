"""The way to the vote while more time is being decided on: no ballot is taken, and none that was cast is lost."""

from datetime import timedelta

import pytest

from pbudget.ballots.actions import purge_idle_drafts
from pbudget.ledger.queries import ballot_totals
from pbudget.rounds.officer_acts import carry_out_extension
from tests.ballots.test_states import change
from tests.ballots.voter import Voter
from tests.support.open_round import open_round

SECOND = timedelta(seconds=1)


@pytest.fixture
def may_be_extended(vote):
    """An open round that two officers may extend by 7 days at its closing time."""
    vote.change(extension_days=7, decide_by=vote.closes_at + timedelta(days=1))
    return vote


def checked(voter: Voter, code: str) -> dict[str, str]:
    """A ballot as far as "Check your vote"; what its button sends."""
    soup = voter.begin(code).fill("riverside", "skate").at("/check").soup
    return {name: soup.select_one(f".cast [name={name}]")["value"] for name in ("token", "csrf_token")}


def press_cast(voter: Voter, pressed: dict[str, str], status: int):
    return voter._fetch("POST", f"{voter.vote.path}/check", status, data=pressed)


def extend(vote) -> None:
    later = vote.closes_at + timedelta(days=7)
    outreach = {"what": "Doorstep visits", "where": "Hill Street", "whom": "People under 35"}
    said = {"from": vote.closes_at.isoformat(), "to": later.isoformat(), "reason": "Few came", "outreach": outreach}
    change(vote, carry_out_extension, said)


def test_a_ballot_is_taken_until_the_closing_time_to_the_second(may_be_extended):
    vote = may_be_extended
    early, late = (Voter(vote.app, vote) for _ in range(2))
    pressed = {voter: checked(voter, code) for voter, code in zip((early, late), vote.codes, strict=False)}
    vote.move_clock(vote.closes_at - SECOND)
    press_cast(early, pressed[early], 303)
    vote.move_clock(vote.closes_at)
    refused = press_cast(late, pressed[late], 409)
    assert "Your vote has NOT been recorded." in refused.text
    assert "after voting had stopped" in refused.text
    assert "There may be more time" in refused.text
    assert ballot_totals(vote.id).cast == 1


def test_whoever_voted_reads_that_the_vote_stands_and_can_check_it(may_be_extended):
    vote = may_be_extended
    voter = Voter(vote.app, vote).begin().fill("riverside", "skate")
    voter.cast()
    vote.move_clock(vote.closes_at)
    assert "If the council gives more time, you can vote again" in voter.at("/recorded").text
    page = voter.at()
    assert "Votes that were cast by then stay as they are" in page.text
    assert page.soup.select("a[href$='check-reference']")


def test_when_it_is_open_again_a_vote_is_cast_and_replaced_as_before(may_be_extended):
    vote = may_be_extended
    Voter(vote.app, vote).begin().fill("riverside", "skate").cast()
    late = Voter(vote.app, vote)
    pressed = checked(late, vote.codes[1])
    vote.move_clock(vote.closes_at)
    purge_idle_drafts(vote.closes_at)
    extend(vote)
    assert "This session has ended" in press_cast(late, pressed, 410).text, "unfinished ballots go when voting stops"
    Voter(vote.app, vote).begin(vote.codes[1]).fill("riverside", "pocket").cast()
    Voter(vote.app, vote).begin().fill("riverside", "swings").cast()
    totals = ballot_totals(vote.id)
    assert (totals.cast, totals.counted) == (3, 2)


def test_a_browser_that_voted_without_a_code_is_the_same_voter_after_an_extension(app):
    vote = open_round(app, assurance="open", letters=0)
    voter = Voter(vote.app, vote)
    voter.post(f"{vote.path}/begin", {"ward": "X99000001"}, 303)
    (kept,) = [cookie for cookie in voter.http._cookies.values() if "pbudget-voter" in cookie.key]
    assert kept.expires >= vote.closes_at + timedelta(days=28)
