"""What pages show of jobs and of the worker."""

from datetime import timedelta

from bs4 import BeautifulSoup
from flask import render_template_string

from pbudget.db import db, transaction
from pbudget.jobs.actions import give_sign_of_life
from pbudget.jobs.models import DutyRecord
from pbudget.jobs.queries import JobView, troubles
from pbudget.jobs.turns import REST_SECONDS, ROWS_A_TURN, taking_turns
from tests.jobs.building import OffsetClock
from tests.support.staff import sign_in

MACRO = '{% from "jobs/progress.html" import job_progress %}{{ job_progress(job, "/there") }}'


def shown(**changes: object) -> BeautifulSoup:
    made = {"id": 7, "kind": "count up", "round_id": None, "state": "running", "progress": 3, "total": 12}
    view = JobView(**{**made, "message": "", "attempts": 1, **changes})
    return BeautifulSoup(render_template_string(MACRO, job=view), "html.parser")


def test_a_job_under_way_is_kept_up_to_date_with_and_without_scripts(sqlite_app):
    with sqlite_app.test_request_context():
        part = shown().select_one("#job-7")
    assert part.find("p").get_text() == "3 of 12 done (25%)"
    assert (part["hx-get"], part["hx-select"], part["hx-trigger"]) == ("/there", "#job-7", "every 3s")
    assert (part.find("progress")["value"], part.find("progress")["max"]) == ("3", "12")
    assert part.find("a")["href"] == "/there"


def test_a_job_that_is_over_is_asked_about_no_more(sqlite_app):
    with sqlite_app.test_request_context():
        part = shown(state="failed", message="The file has no wards.").select_one("#job-7")
    assert not part.has_attr("hx-get")
    assert part.get_text(strip=True) == "The file has no wards."


def test_officers_are_told_when_no_worker_lives_and_what_was_not_done(app):
    (missing,) = troubles()
    assert missing.startswith("No worker has been seen yet, so e-mail, jobs and checkpoints wait.")
    app.extensions["clock"] = OffsetClock()
    with transaction() as session:
        give_sign_of_life(session, "a")
    assert troubles() == []
    with transaction() as session:
        session.add(DutyRecord(name="e-mail", problem="The disk is full."))
    assert troubles() == ["E-mail: The disk is full."]
    app.extensions["clock"] = OffsetClock(timedelta(minutes=5))
    db.session.rollback()
    assert troubles()[0].startswith("No worker has been seen since ")


def test_the_start_page_of_officers_warns_of_a_missing_worker(client):
    sign_in(client, "officer")
    assert "No worker has been seen yet" in client.get("/staff").text


def test_nobody_else_is_troubled_with_it(client):
    sign_in(client, "auditor")
    assert "No worker" not in client.get("/staff").text


def test_taking_turns_gives_every_item_once_and_in_order_and_rests_between(monkeypatch):
    rests = []
    monkeypatch.setattr("pbudget.jobs.turns.time.sleep", rests.append)
    assert list(taking_turns(range(3 * ROWS_A_TURN))) == list(range(3 * ROWS_A_TURN))
    assert rests == [REST_SECONDS] * 3
