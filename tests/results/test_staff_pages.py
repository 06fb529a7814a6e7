"""From close to seal as officers and the auditor walk it, page by page; and what the public then reads."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from pbudget.db import transaction
from pbudget.guard.tasks import ask_for_reports
from pbudget.jobs.worker import Worker
from pbudget.ledger.bundle import check_bundle, open_bundle
from pbudget.results.officer_acts import delete_rolls_of_sealed_rounds, destroy_keys_of_sealed_rounds
from pbudget.results.queries import is_counted
from pbudget.results.recount_queries import recounts_of
from tests.results.closed_round import cast, close, counted_round, voted_round
from tests.results.test_officer_acts import MANY, publish, seal
from tests.support.open_round import open_round
from tests.support.pages import PageClient
from tests.support.staff import add_staff, sign_in

RESULT = "/staff/rounds/spring-2027/result"
PUBLIC = ("/rounds/spring-2027/result", "/rounds/spring-2027/riverside", "/rounds/spring-2027/declaration")


def tags(page) -> list[str]:
    return [tag.get_text() for tag in page.soup.select(".result-step__heading .govuk-tag")]


def approve_latest(client, app, location: str) -> None:
    sign_in(client, staff_id=add_staff(app))
    client.post(f"{location}/approve", {}, 303, page=location)


def test_two_officers_walk_from_close_to_seal(sqlite_app):
    vote, client = voted_round(sqlite_app, MANY[:12], publish="ballots"), PageClient(sqlite_app)
    first = sign_in(client)
    assert tags(client.get(RESULT)) == ["Next", *["Cannot start yet"] * 4]
    client.post(f"{RESULT}/count", {}, 303, page=RESULT)
    assert tags(client.get(RESULT))[0] == "In progress"
    work(sqlite_app)
    page = client.get(RESULT)
    assert tags(page) == ["Done", "Done", "Next", "Cannot start yet", "Cannot start yet"]
    assert "fewer than 100 ballots" in page.text
    early = client.post(f"{RESULT}/publish", {"reason": ""}, 422, page=RESULT)
    assert "0 of 1 reports on who took part are made" in early.text
    ask_for_reports()
    work(sqlite_app)
    asked = client.post(f"{RESULT}/publish", {"reason": ""}, 303, page=RESULT).response.location
    approve_latest(client, sqlite_app, asked)
    assert tags(client.get(RESULT)) == ["Done", "Done", "Done", "In progress", "Cannot start yet"]
    vote.move_clock(vote.closes_at + timedelta(days=15))
    sign_in(client, staff_id=first)
    day = {f"backups_gone_on-{part}": text for part, text in (("day", "1"), ("month", "5"), ("year", "2027"))}
    refused = client.post(f"{RESULT}/seal", {"backups_gone_on": ["1", "5", "2027"]}, 422, page=RESULT)
    assert "Confirm that every locked copy" in refused.text
    sent = {**day, "backups_gone_on": ["1", "5", "2027"], "escrow_destroyed": "y"}
    asked = client.post(f"{RESULT}/seal", sent, 303, page=RESULT).response.location
    approve_latest(client, sqlite_app, asked)
    destroy_keys_of_sealed_rounds()
    delete_rolls_of_sealed_rounds()
    assert tags(client.get(RESULT)) == ["Done"] * 5
    assert "No backup of the roll is left from 1 May 2027" in client.get(PUBLIC[0]).text


def work(app) -> None:
    Worker(app).work_once()


def test_a_count_that_is_stopped_says_why_and_can_be_tried_again(sqlite_app):
    vote, client = open_round(sqlite_app, letters=2), PageClient(sqlite_app)
    cast(vote, 0, {"riverside": ["skate"]}, slot="cd" * 32)
    close(vote)
    sign_in(client)
    client.post(f"{RESULT}/count", {}, 303, page=RESULT)
    work(sqlite_app)
    page = client.get(RESULT)
    assert tags(page)[0] == "Needs attention"
    assert "1 of 1 ballots belong to no place on the roll" in page.text
    assert page.soup.find("button", string="Check and count")
    assert "cd" * 32 not in page.response.text
    assert not is_counted(vote.id)


def test_the_public_reads_turnout_fingerprint_and_how_to_check(sqlite_app):
    vote, client = counted_round(sqlite_app, MANY, publish="ballots"), PageClient(sqlite_app)
    publish(vote)
    page = client.get(PUBLIC[0])
    assert "A ballot was cast for 111 of 111 places on the roll: a turnout of 100.0%." in page.text
    assert len(page.one("strong.fingerprint").get_text()) == 19
    assert "Online 111" in page.text
    contest = client.get(PUBLIC[1])
    assert "Identity assurance: a voting code was sent by letter" in contest.text
    assert "Ballots (.pb" in contest.text
    assert client.get(f"{PUBLIC[1]}/ballots.pb").response.data.startswith(b"META")
    for path in PUBLIC:
        client.get(path)


def test_the_bundle_can_be_downloaded_and_verified(sqlite_app, tmp_path):
    vote, client = counted_round(sqlite_app, MANY, publish="ballots"), PageClient(sqlite_app)
    publish(vote)
    content = client.get("/rounds/spring-2027/bundle.zip", buffered=True).response.data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path / "bundle")
    assert all(finding.ok for finding in check_bundle(open_bundle(tmp_path / "bundle")))


def test_totals_hide_the_ballots_from_everybody_but_the_auditor(sqlite_app):
    vote, client = counted_round(sqlite_app, MANY[:12], publish="ballots"), PageClient(sqlite_app)
    publish(vote)
    assert "Single ballots of this contest are not published" in client.get(PUBLIC[1]).text
    client.get(f"{PUBLIC[1]}/ballots.pb", 404)
    sign_in(client)
    client.get(f"{RESULT}/riverside/ballots.pb", 403)
    client.get(f"{RESULT}/opening.jsonl", 403)
    sign_in(client, "auditor")
    assert client.get(f"{RESULT}/riverside/ballots.pb").response.data.startswith(b"META")
    opened = [json.loads(line) for line in client.get(f"{RESULT}/opening.jsonl").response.data.splitlines()]
    assert len(opened) == 12
    assert set(opened[0]) == {"seq", "id", "slot", "nonce", "payload"}


def test_the_auditors_recount_is_recorded_and_read_by_everybody(sqlite_app):
    vote, client = counted_round(sqlite_app, MANY[:12]), PageClient(sqlite_app)
    publish(vote)
    sign_in(client, "auditor")
    sent = {"contest": "riverside", "agrees": "yes", "note": "By hand"}
    client.post(f"{RESULT}/auditor", sent, 303, page=RESULT)
    (found,) = recounts_of(vote.id)
    assert (found.made_by, found.agrees, found.note) == ("auditor", True, "By hand")
    assert "The auditor" in client.get(PUBLIC[0]).text


def test_a_recount_that_differs_stops_publication(sqlite_app):
    counted_round(sqlite_app, MANY[:12])
    client = PageClient(sqlite_app)
    sign_in(client, "auditor")
    client.post(f"{RESULT}/auditor", {"contest": "riverside", "agrees": "no", "note": ""}, 303, page=RESULT)
    sign_in(client)
    assert tags(client.get(RESULT))[1:3] == ["Needs attention", "Cannot start yet"]


def test_an_officer_can_have_everything_recounted(sqlite_app):
    vote, client = counted_round(sqlite_app, MANY[:12]), PageClient(sqlite_app)
    sign_in(client)
    client.post(f"{RESULT}/recount", {}, 303, page=RESULT)
    work(sqlite_app)
    assert [(each.made_by, each.agrees) for each in recounts_of(vote.id)] == [("service", True)]


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_of_a_count_is_public_before_it_is_published(sqlite_app, path):
    counted_round(sqlite_app, MANY[:12])
    PageClient(sqlite_app).get(path, 404)


def test_the_declaration_can_be_printed_before_and_after_publication(sqlite_app):
    vote, client = counted_round(sqlite_app, MANY[:12]), PageClient(sqlite_app)
    sign_in(client)
    assert "Not published yet" in client.get(f"{RESULT}/declaration").text
    publish(vote)
    page = client.get(PUBLIC[2])
    assert "12 ballots were cast. None replaced an earlier one, so 12 were counted." in page.text
    assert "Signature" in page.text


def test_a_sealed_round_keeps_its_result(sqlite_app):
    vote, client = counted_round(sqlite_app, MANY[:12]), PageClient(sqlite_app)
    publish(vote)
    vote.move_clock(vote.closes_at + timedelta(days=15))
    seal(vote)
    for path in PUBLIC:
        client.get(path)
    assert "are being deleted" in client.get(PUBLIC[0]).text
    with transaction():
        destroy_keys_of_sealed_rounds()
    delete_rolls_of_sealed_rounds()
    assert "are gone" in client.get(PUBLIC[0]).text
