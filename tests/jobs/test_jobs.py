"""Jobs: queued with what they belong to, done once, carried on after a kill, given up in plain words."""

import signal
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from pbudget.db import db, transaction
from pbudget.jobs.actions import clear_away_old_jobs, enqueue
from pbudget.jobs.holding import JobLost, claim, finish, keep, note_progress
from pbudget.jobs.models import Job
from pbudget.jobs.progress import Progress
from pbudget.jobs.queries import job, worker_last_seen
from pbudget.jobs.registry import UnknownJobKind
from pbudget.jobs.rules import LEASE, MOST_ATTEMPTS
from tests.jobs.building import (
    JOBS,
    OffsetClock,
    ask_for,
    marks,
    number_of_marks,
    seen,
    wait_until,
    work_now,
)

AFTER_THE_LEASE = LEASE + timedelta(seconds=5)


def later(app, ahead: timedelta) -> None:
    app.extensions["clock"] = OffsetClock(ahead)


def is_a_worker_seen() -> bool:
    db.session.rollback()
    return worker_last_seen() is not None


def claimed(holder: str = "a"):
    with transaction() as session:
        return claim(session, holder, JOBS.keys())


def test_a_job_is_there_only_if_its_transaction_commits(jobs_app):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        enqueue(session, "count up", {"steps": 1})
        raise ZeroDivisionError
    work_now(jobs_app)
    assert number_of_marks("count") == 0


def test_a_job_nobody_can_do_is_refused_when_it_is_asked_for(jobs_app):
    with pytest.raises(UnknownJobKind, match=r"JOBS in app\.py"):
        ask_for("make tea")


def test_a_job_says_how_far_it_is(jobs_app):
    number = ask_for(steps=3)
    assert seen(number).words == "Waiting for its turn"
    work_now(jobs_app)
    assert (seen(number).state, seen(number).progress, seen(number).words) == ("done", 3, "Finished")
    assert number_of_marks("count") == 3


def test_a_job_that_cannot_be_done_says_why_and_is_not_tried_again(jobs_app):
    number = ask_for("refuse")
    work_now(jobs_app)
    assert (seen(number).state, seen(number).words) == ("failed", "The file has no wards. Add them, then ask again.")
    assert seen(number).attempts == 1


def test_an_unforeseen_error_is_tried_again_and_then_given_up_without_its_words(jobs_app, capfd):
    number = ask_for("stumble")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        work_now(jobs_app)
        assert seen(number).attempts == attempt
        later(jobs_app, timedelta(hours=attempt))
    assert seen(number).state == "failed"
    assert f"“job {number}”" in seen(number).words
    assert "a secret name" not in seen(number).words + capfd.readouterr().err


def test_an_unforeseen_error_is_not_tried_again_at_once(jobs_app):
    number = ask_for("stumble")
    work_now(jobs_app)
    work_now(jobs_app)
    assert (seen(number).state, seen(number).attempts) == ("queued", 1)


def test_a_job_that_kills_its_worker_every_time_is_given_up(jobs_app):
    number = ask_for(steps=1)
    for attempt in range(MOST_ATTEMPTS):
        assert claimed().attempts == attempt + 1
        later(jobs_app, AFTER_THE_LEASE * (attempt + 1))
    assert claimed() is None
    assert seen(number).state == "failed"


def test_a_job_that_moves_on_between_kills_has_all_its_attempts_again(jobs_app):
    number = ask_for(steps=100)
    for step in range(MOST_ATTEMPTS * 2):
        assert claimed(f"holder {step}").attempts <= 2
        with transaction() as session:
            note_progress(session, number, f"holder {step}", step + 1, 100)
        later(jobs_app, AFTER_THE_LEASE * (step + 1))
    assert seen(number).state == "running"


def test_two_workers_asking_at_once_get_two_jobs(jobs_app):
    wanted = {ask_for(steps=1) for _ in range(8)}
    got: list[int] = []

    def take() -> None:
        with jobs_app.app_context():
            while found := claimed(threading.current_thread().name):
                got.append(found.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert sorted(got) == sorted(wanted)


def test_two_worker_processes_do_every_job_exactly_once(jobs_app, worker):
    numbers = [ask_for(steps=2, what=f"job {i}") for i in range(10)]
    first, second = worker("--once"), worker("--once")
    assert (first.wait(300), second.wait(300)) == (0, 0)
    assert {seen(number).state for number in numbers} == {"done"}
    assert [number_of_marks(f"job {i}") for i in range(10)] == [2] * 10


def test_a_job_is_carried_on_where_a_killed_worker_left_it(jobs_app, worker):
    number = ask_for(steps=60, pause=0.05)
    process = worker("--once")
    wait_until(lambda: seen(number).progress >= 5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = seen(number).progress
    assert left < 60
    work_now(jobs_app)
    assert seen(number).progress == left, "a job must stay with its worker until the lease ends"
    later(jobs_app, AFTER_THE_LEASE)
    work_now(jobs_app)
    assert seen(number).state == "done"
    steps = db.session.scalars(select(marks.c.step).order_by(marks.c.id)).all()
    assert steps == list(range(60)), "every step once, in order"


def test_a_worker_asked_to_end_finishes_its_step_and_hands_the_job_back(jobs_app, worker):
    number = ask_for(steps=200, pause=0.03)
    process = worker()
    wait_until(lambda: seen(number).progress >= 3)
    process.terminate()
    assert process.wait(180) == 0
    assert (seen(number).state, seen(number).attempts) == ("queued", 0)
    assert number_of_marks("count") == seen(number).progress


def test_a_worker_ends_when_whoever_started_it_is_gone(jobs_app, worker):
    process = worker("--until-stdin-closes")
    wait_until(is_a_worker_seen)
    process.stdin.close()
    assert process.wait(180) == 0


def test_a_short_job_does_not_wait_for_a_long_one(jobs_app, worker):
    long = ask_for(steps=400, pause=0.05)
    process = worker()
    wait_until(lambda: seen(long).progress >= 1)
    short = ask_for(steps=1, what="short")
    wait_until(lambda: seen(short).state == "done")
    assert seen(long).state == "running"
    process.terminate()
    process.wait(180)


def test_a_worker_that_lost_its_job_writes_nothing_more(jobs_app):
    number = ask_for(steps=5)
    slow = Progress(claimed("slow").id, "slow", 0, 5, threading.Event())
    later(jobs_app, AFTER_THE_LEASE)
    assert claimed("quick").id == number
    with pytest.raises(JobLost), slow.step(1, 5) as session:
        session.execute(insert(marks).values(what="late", step=0))
    assert number_of_marks("late") == 0
    with pytest.raises(JobLost), transaction() as session:
        finish(session, number, "slow")


def test_signs_of_life_keep_a_job(jobs_app):
    ask_for(steps=5)
    claimed("slow")
    later(jobs_app, LEASE * 0.9)
    with transaction() as session:
        keep(session, {"slow"})
    later(jobs_app, LEASE * 1.5)
    assert claimed("quick") is None


def test_a_job_that_is_over_is_forgotten_after_a_month(jobs_app):
    done, waiting = ask_for(steps=0), ask_for("stumble")
    work_now(jobs_app)
    later(jobs_app, timedelta(days=31))
    with transaction() as session:
        clear_away_old_jobs(session)
    assert job(done) is None
    assert seen(waiting).state == "queued"


def test_a_job_keeps_no_time_of_its_steps_once_it_is_over(jobs_app):
    ask_for(steps=1)
    work_now(jobs_app)
    assert db.session.scalar(select(func.count()).where(Job.lease_until.is_not(None))) == 0
