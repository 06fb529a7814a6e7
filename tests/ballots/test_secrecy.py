"""Nothing about choices in receipts, logs or pages; pages stay small; and what is said when something breaks."""

import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from pbudget.db import db
from pbudget.keys.actions import destroy_keys
from pbudget.ledger.queries import counted_ballots, entries
from tests.ballots.test_casting import cast_count, ready
from tests.ballots.voter import Voter
from tests.support.open_round import PotPlan, open_round
from tests.support.pages import LARGEST_PAGE

SECRET = re.compile(rb'(name="csrf_token"[^>]*value=")[^"]+')
PUBLIC = ("/rounds", "/rounds/spring-2027", "/rounds/spring-2027/vote", "/rounds/spring-2027/check-reference", "/")


def without_tokens(page: bytes) -> bytes:
    return SECRET.sub(rb"\1", page)


def test_pages_are_byte_identical_when_only_choices_differ(app, tmp_path):
    seen = []
    for number, choice in enumerate(("skate", "swings")):
        vote = open_round(app, f"spring-{number}")
        voter = Voter(app, vote)
        voter.begin().fill("riverside", choice)
        voter.cast()
        reader = Voter(app, vote)
        reader.begin(vote.codes[1])
        paths = [f"/rounds/{vote.slug}", vote.path, f"{vote.path}/how-to-vote", f"{vote.path}/check", "/rounds"]
        pages = [without_tokens(reader.get(path).response.data) for path in paths]
        same = [
            re.sub(rb'name="token" value="\w+"', b"", page).replace(vote.slug.encode(), b"spring") for page in pages
        ]
        seen.append(same[:-1])
    assert seen[0] == seen[1]


def test_the_receipt_says_recorded_and_never_what(vote):
    voter, _token = ready(vote, "skate")
    voter.cast()
    page = voter.at("/recorded")
    for told in ("Skate", "Pocket", "£", "1 project", "riverside"):
        assert told not in page.one("main").get_text()
    nonces = [entry.nonce for entry in entries(vote.id) if entry.nonce]
    assert nonces
    assert not any(nonce.encode() in page.response.data for nonce in nonces)


def test_trackers_do_not_follow_from_choices(app):
    vote = open_round(app, letters=2)
    trackers = set()
    for code in vote.codes:
        voter = Voter(app, vote).begin(code).fill("riverside", "skate")
        voter.cast()
        trackers.add(voter.tracker())
    assert len(trackers) == 2, "the same choices gave the same tracker"


def test_logs_name_the_route_and_nothing_else(vote, capfd):
    voter, token = ready(vote, "skate")
    voter.cast()
    tracker = voter.tracker()
    voter.post(f"/rounds/{vote.slug}/check-reference", {"reference": tracker}, 200)
    logged = capfd.readouterr().err
    assert "/rounds/<slug>/vote/check" in logged
    slot = counted_ballots(vote.id)[0][0]
    for secret in (
        "skate",
        tracker,
        token,
        slot,
        vote.codes[0],
        vote.codes[0].replace("-", ""),
        vote.slug,
        *vote.entries,
    ):
        assert secret not in logged


def test_a_reference_is_found_at_once_and_a_slip_is_told_apart(vote):
    voter, _token = ready(vote)
    voter.cast()
    tracker, path = voter.tracker(), f"/rounds/{vote.slug}/check-reference"
    page = voter.post(path, {"reference": tracker.replace("-", " ").lower()}, 200)
    assert "Recorded" in page.text
    assert "next list we publish" in page.text
    wrong = tracker[:-1] + ("0" if tracker[-1] != "0" else "1")
    assert "not right" in voter.post(path, {"reference": wrong}, 422).text
    assert "Not found" in voter.post(path, {"reference": "0000-0000-000"}, 200).text
    assert "Enter your reference" in voter.post(path, {"reference": " "}, 422).text


@pytest.mark.parametrize("kind", ["approval", "knapsack", "ranked", "points"])
def test_thirty_projects_with_long_titles_stay_within_forty_kilobytes(app, kind):
    about = "A safe place for young people to skate and meet, beside the railway bridge. It was asked for by 214 of us."
    ideas = tuple((f"p{n}", f"Project {n} ".ljust(80, "x"), 1_000_000) for n in range(30))
    vote = open_round(app, pots=(PotPlan("riverside", "Riverside", ballot_type=kind, ideas=ideas, about=about),))
    voter = Voter(app, vote).begin()
    field = "more" if kind == "points" else "add"
    for n in range(3):
        voter.press("riverside", **{field: f"p{n}"})
    page = voter.at("/projects/riverside")
    assert len(page.response.data) <= LARGEST_PAGE
    assert len(page.queries) <= 8


def test_a_locked_database_says_not_recorded_and_the_same_form_works_later(sqlite_app):
    vote = open_round(sqlite_app)
    voter, token = ready(vote)
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(Path(db.engine.url.database), isolation_level=None)
    with short_patience():
        other.execute("BEGIN IMMEDIATE")
        response = voter.http.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
        other.execute("ROLLBACK")
    other.close()
    assert response.status_code == 503
    assert b"Your vote has NOT been recorded" in response.data
    assert int(response.headers["Retry-After"]) > 0
    assert cast_count(vote) == 0
    response = voter.http.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
    assert response.status_code == 303
    assert cast_count(vote) == 1


class short_patience:  # noqa: N801 - reads as a phrase in `with`
    """New connections wait 50 ms for a lock instead of five seconds."""

    def __enter__(self) -> None:
        from sqlalchemy import event

        db.engine.dispose()
        event.listen(db.engine, "connect", self._hurry)

    def __exit__(self, *_: object) -> None:
        from sqlalchemy import event

        event.remove(db.engine, "connect", self._hurry)
        db.engine.dispose()

    def _hurry(self, connection, _record) -> None:
        connection.execute("PRAGMA busy_timeout=50")


def test_without_its_key_a_machine_takes_no_vote_and_says_so(vote):
    voter, token = ready(vote)
    destroy_keys(vote.app.extensions["settings"].keys_folder, vote.slug)
    response = voter.http.post(f"{vote.path}/check", data={"token": token, "csrf_token": voter.csrf})
    assert response.status_code == 503
    assert b"Your vote has NOT been recorded" in response.data
    assert cast_count(vote) == 0


def test_only_whoever_was_casting_reads_that_a_vote_was_not_recorded(vote):
    voter = Voter(vote.app, vote)
    csrf = voter.at("/begin").soup.select_one("[name=csrf_token]")["value"]
    destroy_keys(vote.app.extensions["settings"].keys_folder, vote.slug)
    response = voter.http.post(f"{vote.path}/begin", data={"code": vote.codes[0], "csrf_token": csrf})
    assert response.status_code == 503
    assert b"NOT been recorded" not in response.data
    assert b"not available" in response.data


def test_an_away_database_is_a_503_for_htmx_too(sqlite_app):
    vote = open_round(sqlite_app)
    voter, _token = ready(vote)
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    destroy_keys(sqlite_app.extensions["settings"].keys_folder, vote.slug)
    response = voter.http.post(
        f"{vote.path}/check", data={"token": "x", "csrf_token": voter.csrf}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 503
    assert b"<html" not in response.data


def test_htmx_gets_the_line_and_the_total_and_nothing_more(vote):
    voter = Voter(vote.app, vote).begin()
    csrf = voter.at("/projects/riverside").soup.select_one("[name=csrf_token]")["value"]
    response = voter.http.post(
        f"{vote.path}/projects/riverside", data={"add": "skate", "csrf_token": csrf}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    assert b"Skate park" in response.data
    assert b"1 of 2 chosen" in response.data
    assert b"Pocket park" not in response.data
    assert len(response.data) < 3000
    assert "HX-Request" in response.headers["Vary"]


def test_htmx_is_sent_to_the_neutral_page_after_the_session(vote):
    voter = Voter(vote.app, vote).begin()
    csrf = voter.at("/projects/riverside").soup.select_one("[name=csrf_token]")["value"]
    voter.post(f"{vote.path}/end", {}, 303, page=f"{vote.path}/check")
    response = voter.http.post(
        f"{vote.path}/projects/riverside", data={"add": "skate", "csrf_token": csrf}, headers={"HX-Request": "true"}
    )
    assert response.headers["HX-Redirect"].endswith("/vote/ended")
