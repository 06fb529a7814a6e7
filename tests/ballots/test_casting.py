"""Casting: once, only what was shown, to the second, and never lost or doubled, on both engines."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pbudget.ballots.actions import purge_idle_drafts
from pbudget.ballots.models import BallotDraft
from pbudget.db import db, transaction
from pbudget.ledger.actions import append
from pbudget.ledger.queries import ballot_totals, counted_ballots, entries, verify_ledger
from pbudget.proposals.models import Proposal
from tests.ballots.voter import Voter
from tests.support.open_round import NOON, PotPlan, open_round

SECOND = timedelta(seconds=1)
FOUR = tuple(PotPlan(kind, kind.title(), ballot_type=kind) for kind in ("approval", "knapsack", "ranked", "points"))


def cast_count(vote) -> int:
    db.session.rollback()
    return ballot_totals(vote.id).cast


def contests_of_the_only_ballot(vote) -> dict:
    db.session.rollback()
    ((_slot, payload),) = counted_ballots(vote.id)
    return payload["contests"]


def drafts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(BallotDraft.id)))


def press_cast(voter, token: str) -> tuple[int, str]:
    """Send the form of "Check your vote" as it stood when this token was on it; status and where it leads."""
    csrf = voter.at("/check").one("input[name=csrf_token]")["value"] if voter.csrf is None else voter.csrf
    response = voter.http.post(f"{voter.vote.path}/check", data={"token": token, "csrf_token": csrf})
    return response.status_code, response.headers.get("Location", "")


def ready(vote, *choose: str) -> tuple[Voter, str]:
    """A voter on "Check your vote" and the token on the page."""
    voter = Voter(vote.app, vote).begin().fill("riverside", *(choose or ("skate",)))
    page = voter.at("/check")
    voter.csrf = page.soup.select_one("input[name=csrf_token]")["value"]
    return voter, page.one("input[name=token]")["value"]


def test_all_four_kinds_of_ballot_are_cast_as_they_were_filled_in(app):
    vote = open_round(app, pots=FOUR)
    voter = Voter(app, vote).begin()
    voter.fill("approval", "swings", "skate")
    voter.fill("knapsack", "swings", "pocket")
    voter.fill("ranked", "swings", "skate", "pocket").press("ranked", up="pocket")
    voter.press("points", **{"points.skate": "6", "points.swings": "3", "more": "swings"})
    for _ in range(2):
        voter.press("points", **{"points.skate": "6", "points.swings": "4", "less": "skate"})
    voter.cast()
    assert contests_of_the_only_ballot(vote) == {
        "approval": ["skate", "swings"],
        "knapsack": ["pocket", "swings"],
        "ranked": ["swings", "pocket", "skate"],
        "points": {"skate": 5, "swings": 4},
    }


def test_pressing_cast_twice_gives_one_ballot_and_one_tracker(vote):
    voter, token = ready(vote)
    assert press_cast(voter, token)[0] == 303
    tracker = voter.tracker()
    assert press_cast(voter, token)[0] == 303
    assert voter.tracker() == tracker
    assert cast_count(vote) == 1
    assert drafts() == 0


def test_ten_presses_at_once_give_one_ballot_and_one_tracker(vote):
    voter, token = ready(vote)
    cookie = voter.http.get_cookie("pbudget").value
    answers, together = [], threading.Barrier(10)

    def press() -> None:
        client = vote.app.test_client()
        client.set_cookie("pbudget", cookie)
        together.wait()
        response = client.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
        page = client.get(response.headers.get("Location", "/"))
        answers.append((response.status_code, page.data.partition(b'class="tracker">')[2][:13]))

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers} == {303}
    assert len({tracker for _, tracker in answers}) == 1
    assert cast_count(vote) == 1


def test_back_change_and_resubmit_casts_nothing_and_shows_the_choices_again(vote):
    voter, token = ready(vote, "skate")
    voter.press("riverside", add="swings")
    response = voter.http.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
    assert response.status_code == 409
    assert b"Nothing has been cast" in response.data
    assert b"New swings" in response.data
    assert cast_count(vote) == 0
    voter.cast()
    assert contests_of_the_only_ballot(vote)["riverside"] == ["skate", "swings"]


def test_a_stale_tab_never_says_recorded_for_choices_that_are_not(vote):
    voter, stale = ready(vote, "skate")
    voter.press("riverside", add="swings")
    voter.cast()
    response = voter.http.post(f"{vote.path}/check", data={"token": stale, "csrf_token": voter.csrf})
    assert response.status_code == 409
    assert b"Your vote is recorded" not in response.data
    assert b"was not added to it" in response.data
    assert cast_count(vote) == 1


def test_two_tabs_share_one_ballot_and_one_token(vote):
    voter, token = ready(vote)
    assert voter.at("/check").one("input[name=token]")["value"] == token
    voter.press("riverside", add="skate")
    assert voter.at("/check").one("input[name=token]")["value"] == token, "adding what is there changes nothing"
    voter.press("riverside", add="swings")
    assert voter.at("/check").one("input[name=token]")["value"] != token


def test_a_lost_answer_is_found_again_by_reloading(vote):
    voter, token = ready(vote)
    press_cast(voter, token)
    page = voter.at("/check", 410)
    assert "A vote was cast from this browser" in page.text
    assert len(voter.tracker()) == 13


def test_a_second_vote_with_the_same_code_replaces_the_first_without_a_word(vote):
    first = Voter(vote.app, vote)
    seen_first = first.begin().at("/how-to-vote").text
    first.fill("riverside", "skate")
    first.cast()
    again = Voter(vote.app, vote)
    assert again.begin().at("/how-to-vote").text == seen_first
    again.fill("riverside", "swings")
    assert "replaces any earlier one" in again.at("/check").text
    assert "Skate" not in again.at("/check").text
    again.cast()
    assert contests_of_the_only_ballot(vote)["riverside"] == ["swings"]
    assert cast_count(vote) == 2


def test_a_blank_vote_has_to_be_meant(vote):
    voter = Voter(vote.app, vote).begin()
    page = voter.cast(422)
    assert "Tick the box to cast a blank vote" in page.text
    assert cast_count(vote) == 0
    voter.cast(blank="yes")
    assert contests_of_the_only_ballot(vote) == {"riverside": [], "borough": []}


@pytest.mark.parametrize(("late", "status"), [(-SECOND, 303), (0 * SECOND, 409), (SECOND, 409)])
def test_voting_ends_at_the_second(vote, late, status):
    voter, token = ready(vote)
    vote.move_clock(vote.closes_at + late)
    response = voter.http.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
    assert response.status_code == status
    assert cast_count(vote) == (1 if status == 303 else 0)
    if status == 409:
        assert b"NOT been recorded" in response.data


def test_nothing_is_cast_after_a_close_entry_however_the_clock_goes(vote):
    voter, token = ready(vote)
    with transaction() as session:
        append(session, vote.id, "close", {})
    response = voter.http.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
    assert response.status_code == 409
    assert b"NOT been recorded" in response.data
    assert cast_count(vote) == 0


def test_a_blank_vote_after_the_close_is_told_that_it_is_too_late(vote):
    voter = Voter(vote.app, vote).begin()
    page = voter.at("/check")
    form = {name: page.soup.select_one(f".cast [name={name}]")["value"] for name in ("token", "csrf_token")}
    vote.move_clock(vote.closes_at)
    response = voter.http.post(f"{vote.path}/check", data=form)
    assert response.status_code == 409
    assert b"NOT been recorded" in response.data


def test_the_same_press_after_the_close_still_gives_the_tracker_of_what_was_cast(vote):
    voter, token = ready(vote)
    press_cast(voter, token)
    tracker = voter.tracker()
    vote.move_clock(vote.closes_at)
    assert press_cast(voter, token)[0] == 303
    assert voter.tracker() == tracker


@pytest.mark.parametrize("phase", ["closed", "annulled", "sealed"])
def test_a_round_that_is_over_takes_no_vote(vote, phase):
    voter, token = ready(vote)
    vote.change(phase=phase)
    response = voter.http.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
    assert response.status_code == 409
    assert b"NOT been recorded" in response.data
    assert cast_count(vote) == 0


def test_a_project_withdrawn_meanwhile_has_to_come_off_first(vote):
    voter, token = ready(vote, "skate")
    with transaction() as session:
        session.scalars(select(Proposal).where(Proposal.reference == "skate")).one().withdrawn = "The land was sold."
    response = voter.http.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
    assert response.status_code == 409
    assert b"Skate park has been withdrawn" in response.data
    assert cast_count(vote) == 0
    voter.press("riverside", remove="skate")
    voter.press("riverside", add="swings")
    voter.cast()
    assert cast_count(vote) == 1


def test_over_budget_is_shown_at_once_and_refused_at_continue(app):
    vote = open_round(app, pots=(PotPlan("riverside", "Riverside", ballot_type="knapsack"),))
    voter = Voter(app, vote).begin()
    voter.fill("riverside", "skate", "pocket")
    assert "£10,000 too much" in voter.at("/projects/riverside").text
    page = voter.press("riverside", status=422, **{"continue": "1"})
    assert "£10,000 more than the £100,000 there is" in page.one(".govuk-error-summary").get_text()
    voter.at("/check")
    assert not voter.at("/check").soup.select(".cast__button"), "a ballot that cannot be cast has no button to cast it"
    voter.press("riverside", remove="skate")
    assert voter.press("riverside", **{"continue": "1"}).response.headers["Location"].endswith("/vote/check")


def test_the_roll_is_never_written_and_the_slot_is_not_the_entry(vote):
    voter, _token = ready(vote)
    before = roll_rows(vote)
    voter.cast()
    assert roll_rows(vote) == before
    (ballot,) = [entry for entry in entries(vote.id) if entry.kind == "ballot"]
    assert all(name not in (ballot.payload + ballot.slot) for name in vote.entries)
    assert verify_ledger(vote.id).ok


def roll_rows(vote) -> list:
    db.session.rollback()
    tables = (db.metadata.tables["roll_entry"], db.metadata.tables["voting_code"])
    return [tuple(row) for table in tables for row in db.session.execute(select(table).order_by(*table.primary_key))]


def test_idle_drafts_go_after_two_hours_and_all_at_the_close(vote):
    voter, _token = ready(vote)
    assert purge_idle_drafts(NOON + timedelta(hours=1, minutes=59)) == 0
    assert purge_idle_drafts(NOON + timedelta(hours=2, minutes=5)) == 1
    voter.at("/check", 410)
    ready(vote)
    assert purge_idle_drafts(vote.closes_at - SECOND) == 1, "it is idle by then"
    ready(vote)
    vote.change(phase="closed")
    assert purge_idle_drafts(NOON) == 1


def test_a_change_of_mind_and_a_close_at_once_leave_a_ballot_or_a_refusal(vote):
    for round_trip in range(5):
        voters = [ready_with(vote, vote.codes[n % 3]) for n in range(3)]
        results = race(vote, voters, close=round_trip == 4)
    db.session.rollback()
    assert verify_ledger(vote.id).ok
    kinds = [entry.kind for entry in entries(vote.id)]
    assert "ballot" not in kinds[kinds.index("close") :], "a ballot came after the close"
    assert set(results) <= {303, 409}


def ready_with(vote, code: str) -> tuple[Voter, str]:
    voter = Voter(vote.app, vote).begin(code).fill("riverside", "skate")
    page = voter.at("/check")
    voter.csrf = page.soup.select_one("input[name=csrf_token]")["value"]
    return voter, page.one("input[name=token]")["value"]


def race(vote, voters, *, close: bool) -> list[int]:
    """All press at once while the round closes; the statuses."""
    results, together = [], threading.Barrier(len(voters) + 1)

    def press(voter: Voter, token: str) -> None:
        together.wait()
        results.append(press_cast(voter, token)[0])

    def end() -> None:
        together.wait()
        if close:
            with vote.app.app_context(), transaction() as session:
                append(session, vote.id, "close", {})

    threads = [threading.Thread(target=press, args=pair) for pair in voters] + [threading.Thread(target=end)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
