"""Two officers decide on the reports; what they decide is never changed, and certifying destroys the answers."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from pbudget.db import db, transaction
from pbudget.equality.models import EqualityAnswer
from pbudget.guard.deciding import destroy_guard_keys
from pbudget.guard.live import report_round
from pbudget.guard.models import GuardDecision
from pbudget.guard.queries import decisions_on
from pbudget.guard.rules.decisions import held_until
from pbudget.results.counting import count_round
from pbudget.rounds.acts import ActNotPossible
from pbudget.rounds.approving import approve, request_approval
from pbudget.rounds.models import Round
from pbudget.rounds.opening import keys_folder
from tests.guard.test_live import older_people_came, open_with_questions, outcome_rows, voted
from tests.ledger.test_sql_attacks import attack
from tests.rounds.building import officer
from tests.support.open_round import OpenRound
from tests.support.pages import PageClient
from tests.support.staff import sign_in


@pytest.fixture
def vote(app) -> OpenRound:
    """A counted round with its report."""
    made = voted(app, older_people_came(20))
    count_round(made.id, "system")
    list(report_round(made.id))
    return made


@pytest.fixture
def decide(vote):
    a, b = officer("Officer A"), officer("Officer B")

    def does(decision: str, reason: str = "Test reason.") -> None:
        asked = request_approval(vote.id, "decide", {"decision": decision, "reason": reason}, a)
        approve(asked, b, fresh=True)
        db.session.rollback()

    return does


def answers() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(EqualityAnswer))


def test_a_certified_round_has_no_answers_and_no_guard_key_left_and_the_result_as_it_was(vote, decide):
    before = outcome_rows()
    assert answers() == 20
    decide("certify", "The report says not enough data; the ward councillors agree.")
    assert answers() == 0
    destroy_guard_keys()
    keys = keys_folder() / vote.slug
    assert not (keys / "guard.key").exists()
    assert (keys / "round.key").exists() and (keys / "signing.key").exists()
    assert outcome_rows() == before
    with pytest.raises(ActNotPossible, match="certified"):
        decide("hold")


def test_keys_of_a_round_that_is_held_stay(vote, decide):
    decide("hold")
    destroy_guard_keys()
    assert (keys_folder() / vote.slug / "guard.key").exists()
    assert answers() == 20
    assert decisions_on(vote.id)[0].held_until == date(2027, 3, 30)  # Good Friday and Easter Monday between


def test_held_for_ten_working_days_of_england():
    assert held_until(date(2027, 12, 24)) == date(2028, 1, 12)
    assert held_until(date(2027, 3, 1)) == date(2027, 3, 15)


def test_after_holding_it_can_still_be_certified_and_both_are_read(vote, decide):
    decide("hold", "The ward councillors look.")
    decide("certify", "They have looked.")
    assert [each.decision for each in decisions_on(vote.id)] == ["hold", "certify"]
    with transaction() as session:
        session.scalars(sa.select(Round).where(Round.id == vote.id)).one().phase = "published"
    page = PageClient(vote.app).get(f"/rounds/{vote.slug}/riverside/who-took-part")
    assert page.text.index("They have looked.") < page.text.index("The ward councillors look.")


def test_annulling_ends_the_round(vote, decide):
    decide("annul", "The rule applies.")
    assert db.session.scalars(sa.select(Round.phase).where(Round.id == vote.id)).one() == "annulled"


@pytest.mark.parametrize("statement", ["UPDATE guard_decision SET reason = 'x'", "DELETE FROM guard_decision"])
def test_a_decision_is_never_changed(vote, decide, statement):
    decide("hold")
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(sa.text(statement))
    db.session.rollback()
    with pytest.raises(DatabaseError, match="append-only"):
        attack(statement, vote.id)
    assert len(db.session.scalars(sa.select(GuardDecision)).all()) == 1


def test_nothing_is_decided_before_the_reports_are_made(app):
    made = voted(app, older_people_came(20))
    asking = officer("Officer A")
    with pytest.raises(ActNotPossible, match="reports are not made"):
        request_approval(made.id, "decide", {"decision": "certify", "reason": "Test."}, asking)


def test_an_officer_reads_the_report_before_it_is_public_and_asks_for_a_decision(vote):
    client = PageClient(vote.app)
    sign_in(client, "officer")
    page = client.get(f"/staff/rounds/{vote.slug}/guard")
    assert "Not enough data" in page.text and "There are too few ballots or answers" in page.text
    assert "20 votes were cast" in client.get(f"/staff/rounds/{vote.slug}/guard/riverside").text
    asked = client.post(f"/staff/rounds/{vote.slug}/guard", {"decision": "certify", "reason": "It stands."}, 303)
    assert "It stands." in client.get(asked.response.location).text


def test_a_decision_without_a_reason_is_asked_for_one(vote):
    client = PageClient(vote.app)
    sign_in(client, "officer")
    page = client.post(f"/staff/rounds/{vote.slug}/guard", {"decision": "certify", "reason": " "}, 422)
    assert "Give the reason" in page.text


def links(page) -> dict[str, str]:
    return {each.get_text(): each["href"] for each in page.soup.select("main a")}


def test_officers_come_from_the_round_to_the_reports_and_the_outreach_by_links(vote):
    vote.change(opened_at=vote.opens_at)
    client = PageClient(vote.app)
    sign_in(client, "officer")
    round_page = links(client.get(f"/staff/rounds/{vote.slug}"))
    reports = client.get(round_page["Who took part, and what follows"])
    assert "20 votes were cast" in client.get(links(reports)["Riverside"]).text
    outreach = client.get(round_page["Who is missing, and what we did"])
    assert "Equality impact pack" in client.get(links(outreach)["Equality impact pack, to print"]).text
    steps = links(client.get(f"/staff/rounds/{vote.slug}/result"))
    assert steps["Who took part, and what follows"] == round_page["Who took part, and what follows"]


def test_while_voting_is_open_officers_find_the_outreach_and_no_report(app):
    made = open_with_questions(app, older_people_came(20))
    made.change(opened_at=made.opens_at)
    client = PageClient(app)
    sign_in(client, "officer")
    found = links(client.get(f"/staff/rounds/{made.slug}"))
    assert "Who is missing, and what we did" in found and "Who took part, and what follows" not in found
