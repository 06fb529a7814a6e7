"""Which ages may vote: what an officer settles, what residents read, and the notice for the young in simple words."""

import json

import pytest

from pbudget.db import db
from pbudget.rounds.queries import set_up_by_slug
from pbudget.rounds.readiness import frozen, parts_of
from pbudget.rounds.rules.ages import is_young_peoples_vote, may_children_vote, say_ages
from pbudget.rounds.rules.manifest import manifest_of
from pbudget.rounds.setting_up import save_columns
from tests.ballots.voter import Voter
from tests.home.reading import grade
from tests.rounds.building import ready_round
from tests.support.open_round import open_round
from tests.support.pages import PageClient
from tests.support.staff import sign_in

NOTICE = "privacy-for-young-people"
READING_AGE_9_TO_11 = 5.0
YOUNG = {"youngest_age": 11, "oldest_age": 17}


@pytest.mark.parametrize(
    ("youngest", "oldest", "says"),
    [
        (16, None, "aged 16 or over"),
        (11, 17, "aged 11 to 17"),
        (0, None, "of any age"),
        (0, 17, "aged 17 or under"),
        (12, 12, "aged 12"),
    ],
)
def test_ages_in_words(youngest, oldest, says):
    assert say_ages(youngest, oldest) == says


def test_under_eighteen_is_a_child_and_up_to_twenty_five_is_young():
    assert (may_children_vote(17), may_children_vote(18)) == (True, False)
    assert (is_young_peoples_vote(25), is_young_peoples_vote(26), is_young_peoples_vote(None)) == (True, False, False)


@pytest.mark.parametrize(
    "columns",
    [
        {"assurance": "code"},
        {"assurance": "roll"},
        {"assurance": "open"},
        {"assurance": "open", "contact_point": "email"},
    ],
)
def test_the_young_read_a_notice_in_simple_words_that_fits_their_round(sqlite_app, columns):
    vote = open_round(sqlite_app, **YOUNG, **columns)
    page = PageClient(sqlite_app).get(f"/rounds/{vote.slug}/{NOTICE}")
    measured = grade(page.response.text)
    assert measured <= READING_AGE_9_TO_11, f"grade {measured:.1f}: shorten its sentences and its words"
    assert "You can vote if you are aged 11 to 17" in page.text
    assert ("An e-mail address" in page.text) is ("contact_point" in columns)
    assert ("cookie" in page.text) is (columns == {"assurance": "open"})
    assert ("letter" in page.text) is (columns["assurance"] == "code")


def test_the_notice_is_linked_from_the_start_page_and_every_page_of_the_ballot(sqlite_app):
    vote = open_round(sqlite_app, **YOUNG)
    voter = Voter(sqlite_app, vote)
    start = voter.at()
    assert "This is a young people’s vote. You must be aged 11 to 17 on 14 March 2027" in start.text
    assert start.soup.select(f"a[href$='{NOTICE}']")
    voter.begin()
    for where in ("/begin", "/your-ward", "/wrong-ward", "/how-to-vote", "/projects/riverside", "/check"):
        assert voter.at(where).soup.select(f"a[href$='{NOTICE}']"), where
    voter.cast(blank="1")
    assert voter.at("/recorded").soup.select(f"a[href$='{NOTICE}']")


def test_a_vote_of_adults_has_no_such_notice(sqlite_app):
    vote = open_round(sqlite_app, youngest_age=18)
    voter = Voter(sqlite_app, vote)
    assert not voter.at().soup.select(f"a[href$='{NOTICE}']")
    assert "You must be aged 18 or over" in voter.at().text
    voter.get(f"/rounds/{vote.slug}/{NOTICE}", 404)


def test_the_rounds_page_says_which_ages(sqlite_app):
    vote = open_round(sqlite_app, **YOUNG)
    assert "A young people’s vote. For people aged 11 to 17." in PageClient(sqlite_app).get(f"/rounds/{vote.slug}").text


def test_the_manifest_says_which_ages_and_when_the_reminder_goes_out(app):
    ready = ready_round(app)
    save_columns(ready.id, "voters", {**YOUNG, "reminder_days": 3}, ready.a.id)
    said = manifest_of(frozen(set_up_by_slug(ready.slug), parts_of(ready.id)))["voters"]
    assert said["ages"] == {"youngest": 11, "oldest": 17}
    assert said["reminder_days_before_close"] == 3
    json.dumps(said)


@pytest.fixture
def spring(client):
    sign_in(client)
    client.post("/staff/rounds/new", {"name": "Spring vote 2027", "place": "Testtown"}, status=303)
    return client


VOTERS = "/staff/rounds/spring-vote-2027/voters"


def test_an_officer_settles_the_ages(spring):
    sent = {"assurance": "open", "contact_point": "email", "channels": "online", "codes_per_address": "1"}
    page = spring.post(VOTERS, {**sent, "youngest_age": "11", "oldest_age": "9"}, status=422)
    assert "The oldest age must be the youngest age or more" in page.one(".govuk-error-summary").get_text()
    assert page.one("#oldest_age")["value"] == "9"
    spring.post(VOTERS, {**sent, "youngest_age": "eleven"}, status=422)
    spring.post(VOTERS, {**sent, "youngest_age": "11", "oldest_age": "17"}, status=303)
    saved = set_up_by_slug("spring-vote-2027")
    assert (saved.youngest_age, saved.oldest_age) == (11, 17)
    assert spring.get(VOTERS).one("#oldest_age")["value"] == "17"
    missing = spring.get("/staff/rounds/spring-vote-2027").text
    assert "No mail server is set" in missing, "nobody would get a link"


def test_an_officer_settles_the_reminder(spring):
    dates = "/staff/rounds/spring-vote-2027/dates"
    moments = dict(zip(BOXES, ("1", "3", "2090", "9am", "14", "3", "2090", "5pm"), strict=True))
    page = spring.post(dates, {**moments, "reminder_days": "40"}, status=422)
    assert "whole number from 1 to 30" in page.one(".govuk-error-summary").get_text()
    spring.post(dates, {**moments, "reminder_days": "14"}, status=303)
    assert "The reminder would go out before voting opens" in spring.get("/staff/rounds/spring-vote-2027").text
    spring.post(dates, {**moments, "reminder_days": "3"}, status=303)
    assert set_up_by_slug("spring-vote-2027").reminder_days == 3
    spring.post(dates, moments, status=303)
    db.session.rollback()
    assert set_up_by_slug("spring-vote-2027").reminder_days is None


BOXES = tuple(f"{name}-{box}" for name in ("opens", "closes") for box in ("day", "month", "year", "time"))
