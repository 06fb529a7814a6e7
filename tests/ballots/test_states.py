"""What a resident reads at every stage of a round: before, during, after; changed, annulled; voted already; forty."""

from datetime import timedelta

import pytest

from pbudget.db import transaction
from pbudget.ledger.actions import append, hold_ledger
from pbudget.proposals.queries import proposals_of
from pbudget.results.rules.bundling import readme
from pbudget.rounds.officer_acts import (
    carry_out_annulment,
    carry_out_correction,
    carry_out_extension,
    carry_out_withdrawal,
    subject_of_correction,
    subject_of_withdrawal,
)
from tests.ballots.conftest import ABOUT, LONG
from tests.ballots.voter import Voter
from tests.home.reading import grade
from tests.support.open_round import BOROUGH_WIDE, KINDS, NOON, PotPlan, open_round
from tests.support.pages import PageClient

READING_AGE_10_TO_11 = 5.5
REPLACES = "If you cast this vote, it replaces any earlier one."


@pytest.fixture
def vote(app):
    """An open round with letters, as an approval opens it."""
    return open_round(app, opened_at=NOON)


def change(vote, carry_out, subject) -> None:
    """Do an officers' act, as its approval does."""
    with transaction() as session:
        carry_out(session, vote.id, subject)


def withdraw(vote, reference: str, reason: str = "The site was sold") -> None:
    found = next(each for pot in proposals_of(vote.id).values() for each in pot if each.reference == reference)
    change(vote, carry_out_withdrawal, subject_of_withdrawal(vote.id, {"proposal": found.id, "reason": reason}))


def test_before_it_opens_the_page_says_when_and_what_to_keep(vote, voter):
    vote.move_clock(vote.opens_at - timedelta(seconds=1))
    page = voter.at()
    assert page.one("h1").get_text() == "Voting has not opened yet"
    assert "from 9am on Monday 1 March 2027 until 5pm on Sunday 14 March 2027" in page.text
    assert "Keep the letter" in page.text
    assert (
        "from 9am" in voter.get(f"/rounds/{vote.slug}").text or "opens at 9am" in voter.get(f"/rounds/{vote.slug}").text
    )


def test_after_it_closed_the_page_says_what_counts_and_what_comes(vote, voter):
    vote.move_clock(vote.closes_at)
    page = voter.at()
    assert page.one("h1").get_text() == "Voting has closed"
    assert "No more votes are taken" in page.text
    assert "check your reference" in page.text
    assert not page.soup.select("a[role=button]")


def test_voted_already_is_said_to_everybody_alike_and_shows_no_choice(vote):
    first = Voter(vote.app, vote).begin()
    before = [first.at(where) for where in ("/your-ward", "/how-to-vote")]
    first.fill("riverside", "skate").cast()
    again = Voter(vote.app, vote).begin()
    after = [again.at(where) for where in ("/your-ward", "/how-to-vote")]
    for one, other in zip(before, after, strict=True):
        assert REPLACES in one.text
        assert one.text == other.text
    assert "Skate park" not in again.at("/check").text


def test_what_was_amended_is_on_the_rounds_page_and_where_voting_starts(vote, voter):
    change(vote, carry_out_correction, subject_of_correction(vote.id, {"text": "The pot is £100,000, not £10,000."}))
    later = vote.closes_at + timedelta(days=7)
    subject = {"from": vote.closes_at.isoformat(), "to": later.isoformat(), "reason": "The post was late"}
    change(vote, carry_out_extension, subject)
    for page in (voter.at(), voter.get(f"/rounds/{vote.slug}")):
        assert "The pot is £100,000, not £10,000." in page.text
        assert "Voting was extended until 5pm on Sunday 21 March 2027" in page.text
        assert "The post was late." in page.text
    vote.move_clock(later)
    assert "The pot is £100,000" in voter.at().text


def test_a_withdrawn_proposal_can_be_read_about_and_not_chosen_and_a_ballot_with_it_stands(vote, voter):
    voter.begin().fill("riverside", "skate", "swings")
    withdraw(vote, "skate")
    page = voter.at("/projects/riverside")
    assert "Withdrawn. The site was sold" in page.text
    assert not page.soup.select("button[name=add][value=skate]")
    other = Voter(vote.app, vote).begin(vote.codes[1])
    other.press(add="skate", status=422)
    assert "Skate park" in voter.at("/check").text
    assert "Proposal withdrawn: Skate park" in voter.at().text


def test_an_annulled_vote_says_so_everywhere_and_why_on_the_rounds_page(vote, voter):
    voter.begin().fill("riverside", "skate")
    change(vote, carry_out_annulment, {"reason": "The printer sent two codes to many homes", "rule": "x"})
    for where in ("", "/begin", "/check", "/projects/riverside"):
        assert voter.at(where).one("h1").get_text() == "This vote was annulled"
    assert "The printer sent two codes to many homes." in voter.at().text
    round_page = voter.get(f"/rounds/{vote.slug}")
    assert "This vote was annulled. No ballot of it is counted." in round_page.text
    assert "The printer sent two codes to many homes." in round_page.text


@pytest.mark.parametrize("moment", [NOON - timedelta(days=30), NOON, NOON + timedelta(days=30)])
@pytest.mark.parametrize("given", [{}, {"assurance": "open"}, {"assurance": "open", "contact_point": "email"}])
def test_the_start_page_can_be_read_by_an_eleven_year_old_at_every_stage(sqlite_app, moment, given):
    vote = open_round(sqlite_app, **given)
    vote.move_clock(moment)
    measured = grade(Voter(sqlite_app, vote).at().response.text)
    assert measured <= READING_AGE_10_TO_11, f"grade {measured:.1f}"


@pytest.mark.parametrize("about", [ABOUT, ABOUT * 7])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_forty_proposals_with_long_titles_and_descriptions_fit_into_forty_kilobytes(sqlite_app, kind, about):
    limits = {"most_choices": 40} if kind != "points" else {"most_points": 100}
    ideas = [(f"{reference}-{'as-made-from-its-title'.ljust(28, 'e')}", *rest) for reference, *rest in LONG]
    pots = (PotPlan("riverside", "Riverside", ballot_type=kind, ideas=ideas, about=about, limits=limits), BOROUGH_WIDE)
    voter = Voter(sqlite_app, open_round(sqlite_app, pots=pots)).begin()
    button = "more" if kind == "points" else "add"
    links = voter.at("/projects/riverside").soup.select(".option a.option__more")
    assert len(links) == 40, "before anything is chosen, everything can be read about"
    for reference, *_ in ideas:
        voter.press("riverside", **{button: reference})
    page = voter.at("/projects/riverside")  # the page client refuses more than 40 KB
    assert len(page.soup.select(".option")) == 40
    chosen = page.soup.select(".option--chosen")
    assert len(chosen) == 40
    assert len(page.soup.select("button[name=remove]")) == (0 if kind == "points" else 40)
    assert len(voter.at("/check").response.data) <= 40 * 1024


def test_an_open_round_says_identity_assurance_low_wherever_it_is_met(sqlite_app):
    vote = open_round(sqlite_app, assurance="open", opened_at=NOON)
    client = PageClient(sqlite_app)
    for path in (vote.path, f"/rounds/{vote.slug}"):
        assert "Identity assurance: low." in client.get(path).text, path
    assert "Identity assurance: low." in readme("Spring", [], signed=True, assurance="open")
    assert "a voting code was sent by letter" in readme("Spring", [], signed=True)


def test_an_entry_of_another_kind_changes_nothing_on_the_start_page(vote, voter):
    before = voter.at().text
    with transaction() as session:
        hold_ledger(session, vote.id)
        append(session, vote.id, "reconcile", {"check": "slots", "result": "passed", "utc": "2027-03-07T12:00:00Z"})
    assert voter.at().text == before
