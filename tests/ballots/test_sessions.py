"""One browser's session: how it begins, what it holds, how it ends, and what is on nobody's page."""

import re
from datetime import timedelta

import pytest
from flask.sessions import SecureCookieSessionInterface
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from pbudget.ballots.models import BallotDraft
from pbudget.db import db, transaction
from pbudget.ledger.queries import ballot_totals, counted_ballots
from pbudget.wards.models import Postcode, Ward
from tests.ballots.test_casting import cast_count, drafts
from tests.ballots.voter import Voter
from tests.support.open_round import BOROUGH_WIDE, NOON, OWN, PotPlan, open_round


def cookie_of(voter) -> dict:
    """What the signed cookie holds."""
    kept = voter.http.get_cookie("pbudget").value
    return SecureCookieSessionInterface().get_signing_serializer(voter.app).loads(kept)


def test_the_cookie_holds_the_draft_and_nothing_of_the_voter(vote, voter):
    voter.begin().fill("riverside", "skate")
    held = cookie_of(voter)
    assert set(held) == {"ballot", "csrf_token"}
    row = db.session.execute(select(BallotDraft)).scalar_one()
    assert held["ballot"] == row.id
    told = " ".join(str(value) for value in vars(row).values())
    assert not any(entry in told for entry in vote.entries)
    assert not any(code.replace("-", "") in told for code in vote.codes)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Enter the code from your letter"),
        ("7Q4K", "has 13 characters and you entered 4"),
        ("7Q4K-9XTM-2BXPQ", "not as it is on your letter"),
        ("7Q4K-9XTM-2BXP!", "only letters and numbers"),
    ],
)
def test_a_code_that_cannot_be_right_says_what_is_wrong_and_stays_in_its_field(vote, voter, typed, says):
    page = voter.post(f"{vote.path}/begin", {"code": typed}, 422)
    assert says in page.one(".govuk-error-summary").get_text()
    assert page.one("#code").get("value", "") == typed
    assert drafts() == 0


def test_a_code_may_be_typed_in_any_dress(vote, voter):
    voter.begin(f"  {vote.codes[0].lower().replace('-', ' ')}  ")
    assert drafts() == 1


def test_a_stopped_code_is_told_apart(vote, voter):
    with transaction() as session:
        session.execute(text("UPDATE voting_code SET state = 'void', why_void = 'reissued'"))
    page = voter.post(f"{vote.path}/begin", {"code": vote.codes[0]}, 422)
    assert "has been replaced" in page.text


def test_the_wrong_ward_leads_to_help_and_not_to_a_vote(vote, voter):
    voter.post(f"{vote.path}/begin", {"code": vote.codes[0]}, 303)
    assert voter.post(f"{vote.path}/your-ward", {}, 422).one(".govuk-error-summary")
    answer = voter.post(f"{vote.path}/your-ward", {"own": "no"}, 303)
    assert answer.response.headers["Location"].endswith("/wrong-ward")
    assert "Do not vote with it" in voter.at("/wrong-ward").text


def test_the_paper_is_the_own_wards_and_the_boroughs(app):
    hilltop = PotPlan("hilltop", "Hilltop", ward=1)
    vote = open_round(app, pots=(BOROUGH_WIDE, hilltop, OWN))
    voter = Voter(app, vote).begin()
    headings = [h.get_text() for h in voter.at("/how-to-vote").soup.select("h2")][:2]
    assert headings == ["Choose up to 2 projects for Riverside", "Choose up to 2 projects for the whole borough"]
    voter.at("/projects/hilltop", 404)


def test_ending_a_session_deletes_the_draft_and_later_posts_get_the_neutral_page(vote, voter):
    voter.begin().fill("riverside", "skate")
    page = voter.at("/check")
    form = {
        "token": page.one("input[name=token]")["value"],
        "csrf_token": page.soup.select_one("[name=csrf_token]")["value"],
    }
    voter.post(f"{vote.path}/end", {}, 303, page=f"{vote.path}/check")
    assert drafts() == 0
    for path in ("/check", "/projects/riverside", "/your-ward"):
        response = voter.http.post(vote.path + path, data={**form, "add": "skate"})
        assert response.status_code == 410
        assert b"This session has ended" in response.data
        assert b"Skate" not in response.data
    assert cast_count(vote) == 0


def test_a_form_of_another_session_is_refused_with_the_neutral_page(vote, voter):
    voter.begin()
    response = vote.app.test_client().post(f"{vote.path}/projects/riverside", data={"add": "skate"})
    assert response.status_code == 400
    assert b"This session has ended" in response.data


def test_beginning_again_in_the_same_browser_leaves_one_draft(vote, voter):
    voter.begin()
    voter.begin(vote.codes[1])
    assert drafts() == 1


def test_an_unfinished_ballot_is_offered_on_the_start_page(vote, voter):
    voter.begin()
    page = voter.at()
    assert "It is not cast yet" in page.text
    assert voter.at("/how-to-vote")


def test_every_page_of_a_ballot_says_not_cast_yet_and_is_stored_nowhere(vote, voter):
    voter.begin()
    for path in ("/projects/riverside", "/projects/borough", "/check"):
        page = voter.at(path)
        assert "Not cast yet" in page.text
        assert page.response.headers["Cache-Control"] == "no-store"
    for path in ("", "/begin", "/ended"):
        assert voter.at(path).response.headers["Cache-Control"] == "no-store"


def test_no_get_writes_anything(vote, voter):
    voter.begin().fill("riverside", "skate")
    written: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if re.match(r"\s*(INSERT|UPDATE|DELETE)", statement, re.IGNORECASE):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    for path in ("", "/begin", "/your-ward", "/wrong-ward", "/how-to-vote", "/projects/riverside", "/check", "/ended"):
        voter.at(path)
    voter.get(f"/rounds/{vote.slug}/check-reference")
    event.remove(db.engine, "before_cursor_execute", note)
    assert written == []


@pytest.mark.parametrize(
    ("columns", "moment", "says"),
    [
        ({}, NOON - timedelta(days=30), "Voting has not opened yet"),
        ({}, NOON + timedelta(days=30), "Voting has closed"),
        ({"phase": "annulled"}, NOON, "This vote was annulled"),
    ],
)
def test_a_round_one_cannot_vote_in_says_so_on_every_way_in(app, columns, moment, says):
    vote = open_round(app, **columns)
    voter = Voter(app, vote)
    vote.move_clock(moment)
    for path in ("", "/begin", "/check", "/projects/riverside"):
        assert says in voter.at(path).text


def test_a_replay_or_a_rehearsal_is_not_there_to_vote_in(vote, voter):
    other = open_round(vote.app, "rehearsal-of-spring", rehearsal_of=vote.id)
    voter.get(f"{other.path}", 404)
    vote.change(opens_at=None, closes_at=None)
    voter.at("", 404)


def test_an_open_round_asks_for_the_ward_and_counts_one_ballot_a_browser(app):
    vote = open_round(app, assurance="open")
    voter = Voter(app, vote)
    for choice in ("skate", "swings"):
        voter.post(f"{vote.path}/begin", {"ward": "X99000001"}, 303)
        voter.fill("riverside", choice)
        voter.cast()
    other = Voter(app, vote)
    other.post(f"{vote.path}/begin", {"ward": "X99000001"}, 303)
    other.fill("riverside", "pocket")
    other.cast()
    db.session.rollback()
    payloads = [payload for _slot, payload in counted_ballots(vote.id)]
    assert sorted(payload["contests"]["riverside"] for payload in payloads) == [["pocket"], ["swings"]]
    assert {payload["assurance"] for payload in payloads} == {"open"}
    assert ballot_totals(vote.id).cast == 3


@pytest.mark.parametrize(
    "columns",
    [
        {"assurance": "roll"},
        {"assurance": "code", "channel_online": False},
    ],
)
def test_a_round_that_takes_no_votes_here_says_so_and_takes_none(app, columns):
    vote = open_round(app, **columns)
    voter = Voter(app, vote)
    assert "You cannot vote on this website in this round" in voter.at("/begin").text
    csrf = voter.get(f"/rounds/{vote.slug}/check-reference").one("[name=csrf_token]")["value"]
    given = {"csrf_token": csrf, "ward": "X99000001", "code": (vote.codes or [""])[0]}
    assert voter.http.post(f"{vote.path}/begin", data=given).status_code == 403
    assert drafts() == 0


def test_an_open_round_finds_the_ward_of_a_postcode(app):
    vote = open_round(app, assurance="open")
    with transaction() as session:
        hilltop = session.scalars(select(Ward.id).where(Ward.name == "Hilltop")).one()
        session.add(Postcode(postcode="SE17AB", ward_id=hilltop))
    voter = Voter(app, vote)
    page = voter.post(f"{vote.path}/begin", {"postcode": "SE1 9ZZ"}, 422)
    assert "SE1 9ZZ is not in our list" in page.text
    assert "Enter your postcode or choose your ward" in voter.post(f"{vote.path}/begin", {}, 422).text
    voter.post(f"{vote.path}/begin", {"postcode": "se1 7ab"}, 303)
    assert next(h.get_text() for h in voter.at("/how-to-vote").soup.select("h2")).endswith("the whole borough")


HOSTILE = st.text() | st.sampled_from(["٣", "1e309", "NaN", "-1", "\x00", "a" * 3000, "skate", "‮skate", "£5", "👩‍👩‍👧"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    pot=st.sampled_from(["riverside", "points", "nothing", "\x00"]),
    fields=st.dictionaries(
        st.sampled_from(["add", "remove", "up", "more", "points.skate", "points.", "continue"]), HOSTILE
    ),
)
def test_nothing_that_can_be_sent_to_a_contest_breaks_it(hostile_voter, pot, fields):
    voter, csrf = hostile_voter
    response = voter.http.post(f"{voter.vote.path}/projects/{pot}", data={"csrf_token": csrf, **fields})
    with_nul = any("\0" in text for text in (pot, *fields.values()))
    assert response.status_code in ({400} if with_nul else {303, 404, 422}), response.data[:500]


@pytest.fixture
def hostile_voter(sqlite_app):
    vote = open_round(sqlite_app, pots=(OWN, PotPlan("points", "Points", ballot_type="points")))
    voter = Voter(sqlite_app, vote).begin()
    return voter, voter.at("/check").soup.select_one("[name=csrf_token]")["value"]


@pytest.mark.parametrize("where", ["begin", "check-reference", "check", "your-ward"])
@pytest.mark.parametrize("value", ["\x00", "a" * 5_000, "‮", "٣" * 13, "👩‍👩‍👧‍👦", "<b>"])
def test_nothing_that_can_be_typed_breaks_a_page(hostile_voter, where, value):
    voter, csrf = hostile_voter
    path = f"/rounds/{voter.vote.slug}/check-reference" if where == "check-reference" else f"{voter.vote.path}/{where}"
    names = ("code", "reference", "token", "own", "blank", "ward", "postcode")
    response = voter.http.post(path, data={"csrf_token": csrf, **dict.fromkeys(names, value)})
    assert response.status_code in ({400} if "\0" in value else {409, 422}), response.data[:300]
    assert b"<b>" not in response.data


def test_what_was_typed_into_a_box_of_points_is_shown_again(app):
    vote = open_round(app, pots=(PotPlan("points", "Riverside", ballot_type="points"),))
    voter = Voter(app, vote).begin()
    page = voter.press("points", status=422, **{"points.skate": "lots", "points.swings": "3", "continue": "1"})
    assert "Points for Skate park must be a whole number" in page.one(".govuk-error-summary").get_text()
    assert page.one("input[name='points.skate']")["value"] == "lots"
    assert page.one("input[name='points.swings']")["value"] == "3"


def test_ten_megabytes_are_refused(hostile_voter):
    voter, csrf = hostile_voter
    response = voter.http.post(
        f"{voter.vote.path}/projects/riverside", data={"csrf_token": csrf, "add": "a" * 10_000_000}
    )
    assert response.status_code == 413
