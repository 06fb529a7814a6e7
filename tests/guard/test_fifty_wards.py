"""Fifty wards in the background: killed with kill -9 in the middle, gone on with, and the same bytes as in one go."""

import json
import os
import secrets
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pbudget.config import ROOT
from pbudget.db import db, transaction
from pbudget.equality.actions import save_questions
from pbudget.equality.models import EqualityAnswer
from pbudget.equality.queries import plan_row
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import asked
from pbudget.equality.sealing import sealed
from pbudget.guard.models import GuardReport
from pbudget.guard.queries import REPORT
from pbudget.guard.tasks import ask_for_reports
from pbudget.jobs.models import Job
from pbudget.jobs.queries import jobs_of_round
from pbudget.jobs.worker import Worker
from pbudget.keys.actions import ids_of, load_key
from pbudget.keys.rules import guard_link_of, slot_of
from pbudget.kit.clock import SystemClock
from pbudget.ledger.actions import append_ballot
from pbudget.results.counting import count_round
from pbudget.rounds.models import Pot
from pbudget.rounds.opening import keys_folder
from pbudget.wards.actions import load_baseline
from pbudget.wards.models import Borough, Ward
from pbudget.wards.rules.baselines import read_baseline
from tests.results.closed_round import add_places, close
from tests.support.open_round import IDEAS, OpenRound, PotPlan, open_round
from tests.support.pages import PageClient
from tests.support.staff import sign_in

WARDS = 50
VOTES = 24
AGES = {"0-15": 200, "16-34": 500, "35+": 500}
CODES = [f"X99{n:06d}" for n in range(1, WARDS + 1)]


def fifty_wards(app) -> OpenRound:
    """A counted round of fifty wards, whose voters said how old they are."""
    with transaction() as session:
        borough = Borough(slug="testtown", name="Testtown", is_demo=True)
        session.add(borough)
        session.flush()
        session.add_all(Ward(code=code, name=f"Ward {code[-2:]}", borough_id=borough.id) for code in CODES)
    rows = [
        f"{code},Ward {code[-2:]},age,{group},{count},SYNTHETIC DEMO - NOT REAL,2021-03-21"
        for code in CODES
        for group, count in AGES.items()
    ]
    head = "ward_code,ward_name,dimension,group,count,source,date"
    load_baseline(
        read_baseline("\n".join([head, *rows]).encode(), demo=True), SystemClock(), name="Testtown", demo=True
    )
    pots = [PotPlan(code.lower(), f"Ward {code[-2:]}", n, amount=6_000_000) for n, code in enumerate(CODES)]
    vote = open_round(app, pots=pots, letters=1)
    with transaction() as session:
        save_questions(session, of_round(vote.id), asked(("age",), (), {"age": tuple(AGES)}, 16))
    add_places(vote, WARDS * VOTES)
    cast_everywhere(vote)
    close(vote)
    count_round(vote.id, "system")
    app.extensions["clock"] = SystemClock()
    return vote


def cast_everywhere(vote: OpenRound) -> None:
    folder, ids = keys_folder(), ids_of(keys_folder(), vote.slug)
    k_round, k_guard = (load_key(folder, vote.slug, name, ids) for name in ("round", "guard"))
    place = {"v": 1, "round": vote.slug, "channel": "online", "assurance": "code"}
    with transaction() as session:
        plan = plan_row(session, of_round(vote.id))
        assert plan
        for number, entry in enumerate(vote.entries):
            code, slot = CODES[number % WARDS], slot_of(k_round, f"roll:{entry}")
            choice = IDEAS[(number // WARDS) % len(IDEAS)][0]
            contests = {code.lower(): [choice]}
            append_ballot(
                session, vote.id, {**place, "slot": slot, "ward": code, "contests": contests}, secrets.token_hex(32)
            )
            link, age = guard_link_of(k_guard, slot), "16-34" if number % 3 else "35+"
            kept = sealed(k_guard, link, {"age": age})
            session.add(EqualityAnswer(plan_id=plan.id, guard_link=link, part=1, sealed=kept))


def kept() -> dict[str, tuple[str, ...]]:
    """What is kept of every report but the moment it was made, as bytes would be."""
    db.session.rollback()
    columns = (GuardReport.document, GuardReport.programme, GuardReport.verdict, GuardReport.input_hash)
    rows = db.session.execute(sa.select(Pot.slug, *columns).join(Pot, Pot.id == GuardReport.pot_id))
    return {slug: tuple(json.dumps(value, sort_keys=True) for value in values) for slug, *values in rows}


def reports_made() -> int:
    """How many there are: asked often, so that the worker is killed long before it is done."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(GuardReport)) or 0


def start_worker(app) -> subprocess.Popen:
    """`pbudget work`, as it stands beside the website."""
    settings = app.extensions["settings"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PBUDGET_")}
    environ |= {"PBUDGET_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url}
    program = ["nice", "-n", "10", sys.executable, "-c", "from pbudget.cli import main; main()", "work"]
    return subprocess.Popen(program, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)


def wait_until(true, process: subprocess.Popen, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert process.poll() is None, "the worker ended by itself"
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.01)


def test_killed_in_the_middle_and_gone_on_with_fifty_reports_are_the_same_bytes(app):
    vote = fifty_wards(app)
    ask_for_reports()
    worker = start_worker(app)
    try:
        wait_until(lambda: reports_made() >= 5, worker)
    finally:
        worker.kill()
        worker.wait()
    survived = kept()
    assert 5 <= len(survived) < WARDS, "it was killed in the middle"
    (job,) = (each for each in jobs_of_round(vote.id) if each.kind == REPORT)
    assert (job.state, job.total) == ("running", WARDS) and 0 < job.progress <= len(survived)
    client = PageClient(app)
    sign_in(client, "officer")
    assert f"{len(survived)} of 50 reports are made" in client.get(f"/staff/rounds/{vote.slug}/guard").text
    a_minute_goes_by()
    Worker(app).work_once()
    (job,) = (each for each in jobs_of_round(vote.id) if each.kind == REPORT)
    assert (job.state, job.progress, job.total) == ("done", WARDS, WARDS)
    resumed = kept()
    assert len(resumed) == WARDS and survived.items() <= resumed.items()
    with transaction() as session:
        session.execute(sa.delete(GuardReport))
        session.execute(sa.delete(Job).where(Job.kind == REPORT))
    ask_for_reports()
    Worker(app).work_once()
    assert kept() == resumed
    what_needs_a_look_comes_first(client, vote)


def what_needs_a_look_comes_first(client: PageClient, vote: OpenRound) -> None:
    with transaction() as session:
        last = session.scalar(sa.select(Pot.id).where(Pot.slug == CODES[-1].lower()))
        session.execute(sa.update(GuardReport).where(GuardReport.pot_id == last).values(verdict="watch"))
    page = client.get(f"/staff/rounds/{vote.slug}/guard")
    assert page.soup.select_one("main tbody th").get_text() == "Ward 50"


def a_minute_goes_by() -> None:
    """The lease of the killed worker runs out."""
    with transaction() as session:
        session.execute(sa.update(Job).values(lease_until=datetime.now(UTC) - timedelta(minutes=2)))
