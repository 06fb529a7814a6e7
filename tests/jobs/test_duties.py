"""Duties: at their time in London, once, whoever does them; trouble is written where officers see it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from pbudget.db import db
from pbudget.jobs.duties import UNFORESEEN, do_if_due
from pbudget.jobs.locks import only_one
from pbudget.jobs.queries import duty_records, is_work_being_done, worker_last_seen
from pbudget.jobs.registry import Duty
from pbudget.jobs.rules import Daily, Every
from pbudget.kit.clock import FixedClock
from pbudget.kit.errors import PbudgetError
from tests.jobs.building import SLOW, number_of_marks, tick, wait_until

LONG_AGO = datetime(2026, 1, 10, 5, 0, tzinfo=UTC)
MORNING = datetime(2027, 1, 10, 6, 0, tzinfo=UTC)
TICK = Duty("tick", Daily(6), tick)


class MailNotThere(PbudgetError):
    """Of this test."""


def at(app, moment: datetime) -> None:
    app.extensions["clock"] = FixedClock(moment)


def record(name: str = "tick"):
    db.session.rollback()
    return next((found for found in duty_records() if found.name == name), None)


def test_a_daily_duty_waits_for_its_time_and_is_done_once(jobs_app):
    at(jobs_app, MORNING - timedelta(hours=1))
    do_if_due(TICK)
    assert (number_of_marks("tick"), record().next_run) == (0, MORNING)
    at(jobs_app, MORNING)
    for _ in range(3):
        do_if_due(TICK)
    assert number_of_marks("tick") == 1
    assert record().next_run == MORNING + timedelta(days=1)


def test_eight_workers_that_start_at_once_plan_a_new_duty_once(jobs_app):
    ready, errors = threading.Barrier(8), []

    def start() -> None:
        with jobs_app.app_context():
            ready.wait()
            try:
                do_if_due(TICK)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert errors == []
    assert (number_of_marks("tick"), record().last_run) == (0, None)


def test_a_duty_that_was_missed_is_made_good_once(jobs_app):
    at(jobs_app, MORNING - timedelta(hours=1))
    do_if_due(TICK)
    at(jobs_app, MORNING + timedelta(days=3, hours=2))
    do_if_due(TICK)
    do_if_due(TICK)
    assert number_of_marks("tick") == 1
    assert record().next_run == MORNING + timedelta(days=4)


def test_a_duty_is_done_once_by_eight_workers_at_once(jobs_app):
    at(jobs_app, MORNING - timedelta(hours=1))
    do_if_due(TICK)
    at(jobs_app, MORNING)
    ready = threading.Barrier(8)

    def try_it() -> None:
        with jobs_app.app_context():
            ready.wait()
            do_if_due(TICK)

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert number_of_marks("tick") == 1


def test_a_duty_whose_worker_was_killed_is_done_by_the_next(jobs_app, worker):
    at(jobs_app, LONG_AGO)
    do_if_due(TICK)
    slow = jobs_app.extensions["settings"].instance / SLOW
    slow.touch()
    process = worker()
    wait_until(lambda: number_of_marks("begun") == 1)
    slow.unlink()
    at(jobs_app, LONG_AGO + timedelta(days=1, hours=2))
    do_if_due(TICK)
    assert number_of_marks("tick") == 0, "while a worker is at it, no other is"
    process.kill()
    process.wait()
    wait_until(lambda: bool(do_if_due(TICK)) or number_of_marks("tick") == 1)
    assert record().next_run == datetime(2026, 1, 12, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MailNotThere("No one to write to. Add a witness."), "No one to write to. Add a witness."),
        (ZeroDivisionError("secret"), UNFORESEEN.format(name="tick")),
    ],
)
def test_a_duty_that_fails_is_tried_again_soon_and_says_why(jobs_app, error, says):
    def fail() -> None:
        raise error

    at(jobs_app, MORNING - timedelta(hours=1))
    failing = Duty("tick", Daily(6), fail)
    do_if_due(failing)
    at(jobs_app, MORNING)
    do_if_due(failing)
    assert (record().next_run, record().problem) == (MORNING + timedelta(minutes=5), says)
    at(jobs_app, MORNING + timedelta(minutes=5))
    do_if_due(TICK)
    assert (record().problem, record().last_run) == ("", MORNING + timedelta(minutes=5))


def test_a_duty_of_every_few_seconds_is_written_about_only_when_it_fails(jobs_app):
    working = True

    def sometimes() -> None:
        if not working:
            raise MailNotThere("The mail server is down.")

    duty = Duty("often", Every(1), sometimes)
    do_if_due(duty)
    assert record("often") is None
    working = False
    do_if_due(duty)
    assert record("often").problem == "The mail server is down."
    working = True
    do_if_due(duty)
    assert record("often").problem == ""


def test_a_duty_may_ask_to_be_called_again_at_once(jobs_app):
    assert do_if_due(Duty("more", Every(1), lambda: True)) is True
    assert do_if_due(Duty("no more", Every(1), lambda: None)) is False


def test_a_duty_of_every_machine_is_locked_on_each_machine_alone(jobs_app):
    with only_one("sweep", per_machine=True) as ours, only_one("sweep", per_machine=True) as theirs:
        assert (ours, theirs) == (True, False)
    with pytest.raises(ValueError, match="every machine"):
        Duty("sweep", Daily(6), tick, per_machine=True)


def test_a_worker_shows_that_it_lives(jobs_app, worker):
    assert worker_last_seen() is None
    assert not is_work_being_done()
    process = worker()
    wait_until(lambda: bool(db.session.rollback()) or worker_last_seen() is not None)
    assert is_work_being_done()
    process.terminate()
    process.wait(180)
    at(jobs_app, datetime.now(UTC) + timedelta(minutes=3))
    db.session.rollback()
    assert not is_work_being_done()
