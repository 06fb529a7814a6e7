"""Puts into the site what only time and two officers bring about: a result, a tie, requests, work half done.

Run as `python -m tests.browser.published_round` in the environment of the site.
"""

import io
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from app import create_app
from pbudget.accounts.models import Staff
from pbudget.db import db, transaction
from pbudget.desk.models import DeskPermit
from pbudget.guard.live import report_round
from pbudget.jobs.actions import enqueue
from pbudget.jobs.worker import Worker
from pbudget.results.counting import count_round
from pbudget.results.officer_acts import carry_out_publication, subject_of_publication
from pbudget.results.tasks import COUNT
from pbudget.roll.models import RollEntry
from pbudget.roll.uploads import keep_upload
from pbudget.rounds.approving import request_approval
from pbudget.rounds.models import Round
from pbudget.tally.rules.rule import Rule
from pbudget.wards.models import Ward
from pbudget.web.access import StaffView
from tests.results.closed_round import add_places, voted_round
from tests.support.open_round import OPENS, OpenRound, PotPlan, moments_around, open_round

SLUG = "published-here"
SOMEBODY = "Test resident 1,1 Test Road,SE1 7AB"


def main() -> None:
    app = create_app()
    with app.app_context():
        vote = voted_round(
            app,
            [["skate"], ["skate", "swings"], []],
            slug=SLUG,
            name="Test round published here",
            pots=(PotPlan("riverside", "Riverside"), PotPlan("hilltop", "Hilltop", ward=1)),
            is_demo=True,
            opened_at=OPENS,
        )
        put_place_in_second_ward(vote)
        count_round(vote.id, "system")
        list(report_round(vote.id))
        subject = subject_of_publication(vote.id, {})
        with transaction() as session:
            carry_out_publication(session, vote.id, subject)
        put_tie(app)
        put_young_peoples_vote(app)
        put_work_half_done()


def put_place_in_second_ward(vote: OpenRound) -> None:
    """Somebody of another ward who could vote and did not: turnout is compared across wards."""
    add_places(vote, len(vote.entries) + 1)
    with transaction() as session:
        moved = update(RollEntry).where(RollEntry.id == vote.entries[-1])
        session.execute(moved.values(ward_id=vote.wards[1]))


def put_tie(app: Flask) -> None:
    """A round whose count waits for a lot."""
    drawn = PotPlan("riverside", "Riverside", rule=Rule(ties="drawn"))
    level = [["skate"], ["pocket"], ["swings"], ["swings"]]
    last_week = moments_around(datetime.now(UTC) - timedelta(days=8))
    given = {"name": "Test round with a tie", "is_demo": True, "opened_at": last_week["opens_at"], **last_week}
    vote = voted_round(app, level, slug="with-a-tie", pots=[drawn], now=last_week["opens_at"], **given)
    with transaction() as session:
        enqueue(session, COUNT, {"round": vote.id, "actor": "system"}, vote.id)
    Worker(app).work_once()
    del app.extensions["clock"]


def put_work_half_done() -> None:
    """A request that waits, a code that may be given, letters, and a file of the roll nobody has confirmed."""
    session = db.session()
    officer = session.scalars(select(Staff).where(Staff.is_demo, Staff.email.startswith("officer-1"))).one()
    voting = session.scalars(select(Round).where(Round.assurance == "code", Round.phase == "open")).one()
    entry = session.scalars(select(RollEntry.id).where(RollEntry.round_id == voting.id)).first()
    preparing = session.scalars(select(Round).where(Round.phase == "set-up")).first()
    ward = session.scalars(select(Ward).order_by(Ward.id)).first()
    keep_upload(preparing.id, io.BytesIO(f"name,address,postcode,ward\n{SOMEBODY},{ward.code}\n".encode()))
    with transaction() as writing:
        until = datetime.now(UTC) + timedelta(days=1)
        said = {"officer": officer.id, "identity": ["photo", "address"], "expires_at": until}
        writing.add(DeskPermit(id=f"{7:032x}", round_id=voting.id, roll_entry_id=entry, **said))
    asks = StaffView(officer.id, officer.label, frozenset({"officer"}), frozenset(), officer.created_at, "console")
    request_approval(voting.id, "close", {"reason": "The hall is needed. Everybody has voted."}, asks)


def put_young_peoples_vote(app: Flask) -> None:
    """A vote of 11 to 17 year-olds that is open now, each begun by a link to an e-mail address."""
    open_round(
        app,
        "young-peoples-vote",
        name="Test young people’s vote",
        pots=(PotPlan("riverside", "Riverside"),),
        assurance="open",
        contact_point="email",
        youngest_age=11,
        oldest_age=17,
        is_demo=True,
        opened_at=datetime.now(UTC),
        now=None,
        **moments_around(datetime.now(UTC)),
    )


if __name__ == "__main__":
    main()
