"""A held result: nobody publishes it meanwhile, and when the days are over it is published once, with a caveat."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from pbudget.audit.models import AuditEntry
from pbudget.db import db, transaction
from pbudget.guard.holding import HoldNotEnded, end_hold, end_holds
from pbudget.guard.live import report_round
from pbudget.guard.queries import decisions_on
from pbudget.guard.rules.decisions import has_run_out, is_held
from pbudget.ledger.queries import acts, verify_ledger
from pbudget.outbox.models import Message
from pbudget.publicity.actions import set_period
from pbudget.results.counting import count_round
from pbudget.results.models import Publication, Recount
from pbudget.results.officer_acts import subject_of_publication
from pbudget.rounds.acts import ActNotPossible
from pbudget.rounds.approving import approve, request_approval
from pbudget.rounds.models import Pot
from tests.guard.test_live import older_people_came, outcome_rows, voted
from tests.results.closed_round import give_up_reports
from tests.rounds.building import officer, phase_of
from tests.support.pages import PageClient
from tests.support.staff import sign_in

LAST_DAY = date(2027, 3, 30)
OVER = datetime(2027, 3, 31, 8, tzinfo=UTC)
"""9am in London, the day after the tenth working day."""


@pytest.fixture
def held(app):
    """A counted round whose result two officers hold."""
    vote = voted(app, older_people_came(20))
    count_round(vote.id, "system")
    list(report_round(vote.id))
    vote.change(opened_at=vote.opens_at)
    vote.staff = officer("Officer A"), officer("Officer B")
    decide(vote, "hold", "The ward councillors look.")
    return vote


def decide(vote, decision: str, reason: str = "Test reason.") -> None:
    asked = request_approval(vote.id, "decide", {"decision": decision, "reason": reason}, vote.staff[0])
    approve(asked, vote.staff[1], fresh=True)
    db.session.rollback()


def publications(vote) -> list[str]:
    """The caveats of everything that was published, from the ledger; empty text where there is none."""
    db.session.rollback()
    return [each.body.get("caveat", "") for each in acts(vote.id) if each.kind == "publish"]


def audit_lines() -> list[str]:
    db.session.rollback()
    return [act for act in db.session.scalars(sa.select(AuditEntry.act)) if act.startswith("result published")]


def test_a_hold_lasts_to_the_end_of_its_last_day():
    days = [LAST_DAY - timedelta(days=1), LAST_DAY, LAST_DAY + timedelta(days=1)]
    assert [is_held("hold", LAST_DAY, day) for day in days] == [True, True, False]
    assert [has_run_out("hold", LAST_DAY, day) for day in days] == [False, False, True]
    assert not is_held("certify", None, days[0])
    assert not has_run_out("certify", None, days[2])


def test_while_it_is_held_nobody_publishes_it(held):
    assert decisions_on(held.id)[0].held_until == LAST_DAY
    with pytest.raises(ActNotPossible, match="held for the ward councillors until 30 March 2027"):
        subject_of_publication(held.id, {})
    end_holds()
    assert (phase_of(held.id), publications(held)) == ("closed", [])


def test_when_the_days_are_over_it_is_published_once_with_a_caveat(held):
    before = outcome_rows()
    held.change(witnesses=[{"role": "Test witness 1", "email": "witness1@test.example"}])
    held.move_clock(OVER)
    end_holds()
    end_holds()
    assert end_hold(held.id) is False
    (caveat,) = publications(held)
    assert "held until 30 March 2027" in caveat
    assert (phase_of(held.id), audit_lines()) == ("published", ["result published after it was held"])
    assert outcome_rows() == before
    assert verify_ledger(held.id).ok
    (mail,) = [each for each in db.session.scalars(sa.select(Message)) if each.to == "witness1@test.example"]
    assert "published it by itself" in mail.text
    for page in ("", "/result", "/riverside"):
        read = PageClient(held.app).get(f"/rounds/{held.slug}{page}")
        assert "Published with a caveat. It was held until 30 March 2027" in read.text, page


def test_between_the_end_of_a_hold_and_the_morning_nobody_publishes_it_without_its_caveat(held):
    held.move_clock(datetime(2027, 3, 30, 23, 1, tzinfo=UTC))  # a minute past midnight in London
    with pytest.raises(ActNotPossible, match="was held until 30 March 2027 and nobody decided"):
        subject_of_publication(held.id, {})
    client, page = PageClient(held.app), f"/staff/rounds/{held.slug}/result"
    sign_in(client, "officer")
    refused = client.post(f"{page}/publish", {"reason": ""}, 422, page=page)
    assert "publishes it with a caveat at 9 in the morning" in refused.text
    end_holds()
    assert ["held until 30 March 2027" in caveat for caveat in publications(held)] == [True]


def test_reports_that_could_not_be_made_are_said_to_be_and_keep_no_result_back(app):
    vote = voted(app, older_people_came(20))
    count_round(vote.id, "system")
    with pytest.raises(ActNotPossible, match="0 of 1 reports on who took part are made"):
        subject_of_publication(vote.id, {})
    give_up_reports(vote)
    client = PageClient(app)
    sign_in(client, "officer")
    page = client.get(f"/staff/rounds/{vote.slug}/guard").text
    assert "The reports could not be made: Not made in this test. The result can be published without them" in page
    assert subject_of_publication(vote.id, {})["outcome"]


def test_on_its_last_day_it_is_still_held(held):
    held.move_clock(datetime(2027, 3, 30, 22, 59, tzinfo=UTC))
    end_holds()
    assert publications(held) == []


def test_whoever_decides_in_time_ends_the_hold_and_there_is_no_caveat(held):
    decide(held, "certify", "They have looked.")
    publish = request_approval(held.id, "publish", {}, held.staff[0])
    assert subject_of_publication(held.id, {})["outcome"]
    approve(publish, held.staff[1], fresh=True)
    assert (phase_of(held.id), publications(held)) == ("published", [""])
    assert "caveat" not in PageClient(held.app).get(f"/rounds/{held.slug}").text
    held.move_clock(OVER)
    end_holds()
    assert publications(held) == [""]


def test_it_is_held_once_and_not_after_it_is_published(held):
    with pytest.raises(ActNotPossible, match="held once already"):
        decide(held, "hold")
    held.move_clock(OVER)
    end_holds()
    with pytest.raises(ActNotPossible, match="published already"):
        decide(held, "hold")


def test_an_annulled_round_is_not_published(held):
    decide(held, "annul", "The rule applies.")
    held.move_clock(OVER)
    end_holds()
    assert (phase_of(held.id), publications(held)) == ("annulled", [])


class Killed(BaseException):
    """The process ends here."""


def test_killed_before_the_commit_nothing_has_happened_and_it_is_done_the_next_time(held):
    held.move_clock(OVER)

    def kill(session):
        if session.scalar(sa.select(sa.func.count()).select_from(Publication)):
            raise Killed

    sa.event.listen(db.session, "before_commit", kill)
    try:
        with pytest.raises(Killed):
            end_holds()
    finally:
        sa.event.remove(db.session, "before_commit", kill)
    assert (phase_of(held.id), publications(held), audit_lines()) == ("closed", [], [])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Publication)) == 0
    end_holds()
    assert (len(publications(held)), len(audit_lines())) == (1, 1)


def test_what_keeps_it_from_being_published_is_said_to_the_officers(held):
    with transaction() as session:
        pot = session.scalars(sa.select(Pot.id).where(Pot.round_id == held.id)).one()
        session.add(Recount(pot_id=pot, made_on=LAST_DAY, made_by="auditor", agrees=False, note="Test."))
    held.move_clock(OVER)
    with pytest.raises(HoldNotEnded, match=r"Spring vote 2027: it was held long enough.*A recount differs"):
        end_holds()
    assert (phase_of(held.id), publications(held)) == ("closed", [])


def test_before_an_election_it_waits(held):
    set_period(OVER.date(), OVER.date() + timedelta(days=5), "Test election", held.staff[0].id)
    held.move_clock(OVER)
    end_holds()
    assert publications(held) == []
    held.move_clock(OVER + timedelta(days=6))
    end_holds()
    assert len(publications(held)) == 1


def test_officers_read_until_when_and_what_then(held):
    client = PageClient(held.app)
    sign_in(client, "officer")
    page = client.get(f"/staff/rounds/{held.slug}/guard")
    assert "Until the end of 30 March 2027 the result cannot be published" in page.text
    assert "with a caveat" in page.text
