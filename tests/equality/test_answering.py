"""A voter answers after the vote, answers again, leaves, takes the answers back. The vote is never touched."""

import sqlalchemy as sa

from pbudget.db import db, transaction
from pbudget.equality.actions import destroy_answers, take_no_more_answers
from pbudget.equality.models import EqualityAnswer
from pbudget.equality.queries import open_answers, plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds
from pbudget.ledger.models import LedgerEntry
from pbudget.rounds.models import Round
from tests.ballots.voter import Voter


def answers_in(vote) -> dict[str, dict[str, str]]:
    db.session.rollback()
    ids = KeyIds(**db.session.scalars(sa.select(Round.key_ids).where(Round.id == vote.id)).one())
    key = load_key(vote.app.extensions["settings"].keys_folder, vote.slug, "guard", ids)
    slots = db.session.scalars(sa.select(LedgerEntry.slot).where(LedgerEntry.kind == "ballot")).all()
    return open_answers(key, of_round(vote.id), set(slots)).by_slot


def ledger_now() -> list[tuple[object, ...]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(LedgerEntry.__table__).order_by(LedgerEntry.seq))]


def give(voter: Voter, page: int, status: int = 303, **answers: str):
    fields = {name.replace("_", "-"): value for name, value in answers.items()}
    token = voter.get("/staff/sign-in").one("input[name=csrf_token]")["value"]
    address = f"{voter.vote.path}/questions/{page}"
    return voter._fetch("POST", address, status, data={"csrf_token": token, **fields})


def test_after_the_vote_the_page_asks_says_what_for_and_when_it_is_destroyed(voter):
    said = voter.at("/recorded").text
    assert "Can you answer 4 questions about you?" in said
    assert "destroyed when the result is certified" in said


def test_a_voter_answers_every_page_and_lands_on_the_reference(voter):
    assert give(voter, 1, age="16-24", sex="female").response.location.endswith("/questions/2")
    assert give(voter, 2, ethnic_group="prefer-not-to-say").response.location.endswith("/questions/3")
    assert give(voter, 3, disability="not-limited").response.location.endswith("/recorded")
    assert list(answers_in(voter.vote).values()) == [
        {"age": "16-24", "sex": "female", "ethnic-group": "prefer-not-to-say", "disability": "not-limited"}
    ]
    assert "What you answered is saved" in voter.at("/recorded").text


def test_a_page_left_blank_keeps_nothing_and_goes_on(voter):
    give(voter, 1)
    assert answers_in(voter.vote) == {}


def test_answering_a_page_again_replaces_that_page_only(voter):
    give(voter, 1, age="16-24", sex="female")
    give(voter, 3, disability="not-limited")
    give(voter, 1, age="25-34")
    assert list(answers_in(voter.vote).values()) == [{"age": "25-34", "disability": "not-limited"}]
    give(voter, 1)
    assert list(answers_in(voter.vote).values()) == [{"disability": "not-limited"}]


def test_answers_are_never_shown_again(voter):
    give(voter, 1, age="16-24", sex="female")
    assert not voter.at("/questions/1").soup.select("input[checked]")


def test_the_ledger_is_the_same_before_and_after(voter):
    before = ledger_now()
    give(voter, 1, age="16-24", sex="female")
    assert ledger_now() == before


def test_a_second_vote_with_the_same_code_keeps_one_set_of_answers(voter):
    give(voter, 1, age="16-24")
    again = Voter(voter.vote.app, voter.vote).begin().fill("riverside", "pocket")
    again.cast()
    give(again, 1, age="25-34")
    assert list(answers_in(voter.vote).values()) == [{"age": "25-34"}]


def test_an_answer_that_was_not_offered_is_refused_and_keeps_what_was_there(voter):
    give(voter, 1, age="16-24")
    page = give(voter, 1, 422, age="0-15")
    assert "Choose one of the answers on the page" in page.text
    assert list(answers_in(voter.vote).values()) == [{"age": "16-24"}]


def test_nobody_answers_without_having_voted(vote):
    stranger = Voter(vote.app, vote)
    stranger.at("/questions/1", 410)
    stranger.begin()  # in the middle of voting
    stranger.at("/questions/1", 410)
    give(stranger, 1, 410, age="16-24")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EqualityAnswer)) == 0


def test_a_page_that_is_not_there_says_that_the_questions_have_closed(voter):
    for page in (0, 4, 99):
        assert "These questions have closed" in voter.at(f"/questions/{page}", 410).text


def test_answers_are_taken_back_with_the_reference(voter):
    give(voter, 1, age="16-24", sex="female")
    address = f"/rounds/{voter.vote.slug}/your-answers"
    page = voter.post(address, {"reference": voter.tracker()}, 200)
    assert "Your answers are gone" in page.text
    assert answers_in(voter.vote) == {}
    assert "Your answers are gone" in voter.post(address, {"reference": voter.tracker()}, 200).text


def test_a_reference_that_cannot_be_is_told_from_one_that_nobody_has(voter):
    address = f"/rounds/{voter.vote.slug}/your-answers"
    assert "Enter your reference" in voter.post(address, {"reference": " "}, 422).text
    assert "Check your reference" in voter.post(address, {"reference": "7Q4K"}, 422).text


def test_once_the_report_is_made_nothing_is_given_or_taken_back(voter):
    give(voter, 1, age="16-24")
    tracker = voter.tracker()
    with transaction() as session:
        take_no_more_answers(session, of_round(voter.vote.id))
    give(voter, 1, 410, age="25-34")
    voter.post(
        f"/rounds/{voter.vote.slug}/your-answers",
        {"reference": tracker},
        410,
        page=f"/rounds/{voter.vote.slug}/check-reference",
    )
    assert list(answers_in(voter.vote).values()) == [{"age": "16-24"}]
    assert "questions about you?" not in voter.at("/recorded").text
    assert "take your answers back" not in voter.get(f"/rounds/{voter.vote.slug}/check-reference").text


def test_the_page_of_references_leads_to_taking_answers_back(voter):
    assert "take your answers back" in voter.get(f"/rounds/{voter.vote.slug}/check-reference").text


def test_destroying_leaves_no_row(voter):
    give(voter, 1, age="16-24")
    with transaction() as session:
        destroy_answers(session, of_round(voter.vote.id))
    assert db.session.scalars(sa.select(EqualityAnswer)).all() == []
    assert not plan_of(of_round(voter.vote.id)).takes_answers


def test_a_round_that_asks_nothing_says_nothing_of_questions(app):
    from tests.support.open_round import open_round

    vote = open_round(app, "no-questions")
    browser = Voter(app, vote).begin().fill("riverside", "skate")
    browser.cast()
    assert "questions about you" not in browser.at("/recorded").text
    browser.at("/questions/1", 410)


def test_no_answer_stands_readable_in_the_table(voter):
    give(voter, 1, age="16-24", sex="female")
    stored = db.session.scalars(sa.select(EqualityAnswer)).one()
    assert b"16-24" not in stored.sealed and b"female" not in stored.sealed
    slots = db.session.scalars(sa.select(LedgerEntry.slot).where(LedgerEntry.kind == "ballot")).all()
    assert stored.guard_link not in slots


def test_without_the_guard_key_the_vote_stands_and_the_page_says_so(voter):
    key = voter.vote.app.extensions["settings"].keys_folder / voter.vote.slug / "guard.key"
    key.unlink()
    page = give(voter, 1, 503, age="16-24")
    assert "Your vote is recorded all the same" in page.text
