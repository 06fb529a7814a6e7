from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from pbudget.audit.models import AuditEntry
from pbudget.calculator import actions, answering
from pbudget.calculator.models import BudgetDraft, BudgetResponse
from pbudget.calculator.queries import (
    budget_by_slug,
    closing_changes,
    draft_by_id,
    responses_of,
    responses_so_far,
    sent_of,
    versions_of,
)
from pbudget.db import db, transaction
from pbudget.kit.clock import FixedClock
from pbudget.kit.errors import BadInput
from tests.calculator.building import LIBRARIES, TAX, WORKED, a_budget, steps

CUT = {"step.libraries": ["-10"], "comment.libraries": ["Keep Saturdays."]}
ENOUGH = {"step.libraries": ["-25"], "step.parking-charges": ["10"], "step.council-tax": ["4.99"]}
AFTER = datetime(2099, 3, 14, 17, 0, tzinfo=UTC)


def answered(name: str, posted=CUT) -> str:
    draft = answering.begin_answer(name)
    answering.change_answer(name, draft, posted, 1)
    return draft


def token(draft: str) -> str:
    db.session.rollback()
    held = draft_by_id(draft)
    assert held
    return held.token


def send(name: str, draft: str, **said) -> None:
    answering.send_answer(name, draft, token(draft), **said)


def rows(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_budget_is_loaded_and_read_back_as_it_was(app: Flask):
    loaded = a_budget(closes="14/03/2099 17:00")
    name = actions.load_budget(loaded)
    there = budget_by_slug(name)
    assert there
    assert (there.content, there.version, there.standing) == (loaded, 1, "set-up")
    assert there.closes_at == AFTER


def test_the_same_budget_once_more_changes_nothing_and_another_is_the_next_version(app: Flask):
    name = actions.load_budget(a_budget())
    actions.load_budget(a_budget())
    actions.load_budget(a_budget(gap="5"))
    assert [version.number for version in versions_of(budget_by_slug(name).id)] == [2, 1]
    assert budget_by_slug(name).content.gap == 500


def test_a_version_is_never_changed_or_deleted(app: Flask):
    actions.load_budget(a_budget())
    for statement in ("UPDATE budget_version SET note = 'x'", "DELETE FROM budget_version"):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))


def test_words_can_change_while_it_is_open_and_figures_cannot(budget: str):
    present = budget_by_slug(budget).content
    with pytest.raises(actions.FiguresSettled):
        actions.load_budget(replace(present, gap=1))
    line = present.lines[0]
    said = replace(line, steps=(replace(line.steps[0], lost="New words"), *line.steps[1:]))
    actions.load_budget(replace(present, lines=(said, *present.lines[1:])))
    assert budget_by_slug(budget).version == 2


@pytest.mark.parametrize(
    ("rows", "changed", "says"),
    [
        (WORKED, {}, "not settled when it closes"),
        (WORKED, {"closes": "14/03/2020"}, "closing time has passed"),
        (WORKED, {"opens": "01/03/2099", "closes": "14/03/2099"}, "opens on 2099-03-01 at 17:00"),
        (
            [dict(row, signed_off_by_role="", signed_off_on="") for row in LIBRARIES] + TAX,
            {"closes": "14/03/2099"},
            "Nobody has signed off the words of Libraries",
        ),
    ],
)
def test_a_budget_that_is_not_ready_does_not_open(sqlite_app: Flask, rows, changed, says):
    name = actions.load_budget(a_budget(*rows, **changed))
    with pytest.raises(actions.NotReadyToOpen, match=says):
        actions.open_budget(name, "test-officer")
    with pytest.raises(answering.BudgetNotOpen):
        answering.begin_answer(name)


def test_an_answer_is_kept_as_it_is_given(budget: str):
    draft = draft_by_id(answered(budget))
    assert draft.choices.lines == {"libraries": -1000}
    assert draft.comments == {"libraries": "Keep Saturdays."}


def test_a_page_of_an_earlier_version_is_told_so_and_keeps_its_answers(budget: str):
    draft = answered(budget)
    present = budget_by_slug(budget).content
    actions.load_budget(replace(present, tax=replace(present.tax, floor_reason="New words")))
    changed = answering.change_answer(budget, draft, {"step.parking-charges": ["5"]}, 1)
    assert "changed this budget after you opened the page" in changed.problems[0].text
    assert changed.draft.choices.lines == {"libraries": -1000, "parking-charges": 500}
    assert answering.change_answer(budget, draft, {}, 2).problems == ()


def test_the_token_changes_with_the_answer_and_only_then(budget: str):
    draft = answered(budget)
    first = token(draft)
    answering.change_answer(budget, draft, CUT, 1)
    assert token(draft) == first
    answering.change_answer(budget, draft, ENOUGH, 1)
    assert token(draft) != first


def test_the_same_answer_sent_twice_counts_once_and_a_later_one_replaces_it(budget: str):
    draft = answered(budget)
    send(budget, draft, unbalanced=True, reason="I cannot decide")
    send(budget, draft, unbalanced=True, reason="I cannot decide")
    assert responses_so_far(budget_by_slug(budget).id) == 1
    answering.change_answer(budget, draft, {**ENOUGH, "step.libraries": ["-25"]}, 1)
    assert not sent_of(draft).choices.tax
    send(budget, draft, unbalanced=True, reason="Still")
    assert sent_of(draft).choices.tax == 499
    assert rows(BudgetResponse) == 1


def test_an_unbalanced_budget_is_sent_only_with_a_reason(budget: str):
    draft = answered(budget)
    for said in ({}, {"unbalanced": True}, {"unbalanced": True, "reason": "  "}):
        with pytest.raises(answering.ReasonMissing):
            send(budget, draft, **said)
    assert rows(BudgetResponse) == 0


def test_a_balanced_budget_is_said_to_be(app: Flask):
    small = steps("service", "Libraries", (0, -10), group="Culture", gross="1000")
    name = actions.load_budget(a_budget(*small, *TAX, gap="100", closes="14/03/2099"))
    actions.open_budget(name, "test-officer")
    draft = answered(name)
    send(name, draft, reason="not needed")
    sent = sent_of(draft)
    assert (sent.is_balanced, sent.still_to_find, sent.reason) == (True, 0, "")


def test_what_changed_in_another_tab_is_not_sent(budget: str):
    draft = answered(budget)
    shown = token(draft)
    answering.change_answer(budget, draft, ENOUGH, 1)
    with pytest.raises(answering.AnswerNotAsShown):
        answering.send_answer(budget, draft, shown, "why", unbalanced=True)


def test_a_code_leads_back_to_its_draft_and_a_newer_one_replaces_it(budget: str):
    from pbudget.roll.rules.codes import parse_code

    draft, key = answered(budget), "a key"
    first, second = (answering.save_for_later(budget, draft, key) for _ in range(2))
    there = budget_by_slug(budget)
    found = [answering.draft_of_code(there.id, parse_code(code), key, db.session()) for code in (first, second)]
    assert found == [None, draft]
    assert answering.draft_of_code(there.id, parse_code(second), "another key", db.session()) is None


def test_nothing_is_read_or_sent_before_and_after_its_time(app: Flask, budget: str):
    draft = answered(budget)
    send(budget, draft, unbalanced=True, reason="Too hard")
    assert responses_of(budget_by_slug(budget)) == []
    app.extensions["clock"] = FixedClock(AFTER)
    with pytest.raises(answering.BudgetNotOpen):
        send(budget, draft, unbalanced=True, reason="Late")
    assert actions.close_budgets_that_are_over() == 1
    assert actions.close_budgets_that_are_over() == 0
    (found,) = responses_of(budget_by_slug(budget))
    assert found.reason == "Too hard"


def test_a_draft_can_be_printed_for_an_hour_after_the_close_and_is_then_deleted(app: Flask, budget: str):
    answered(budget)
    actions.close_budget(budget, "test-officer")
    db.session.rollback()
    closed_at = budget_by_slug(budget).closed_at
    for minutes, left in ((59, 1), (60, 0)):
        app.extensions["clock"] = FixedClock(closed_at + timedelta(minutes=minutes))
        answering.clear_idle_answers()
        db.session.rollback()
        assert rows(BudgetDraft) == left


def test_another_closing_time_is_a_version_that_says_why_and_keeps_every_page_good(app: Flask, budget: str):
    draft = answered(budget)
    shown = token(draft)
    actions.change_closing_time(budget, "2099-03-20T12:00", 1, "The post was late.", "test-officer")
    db.session.rollback()
    there = budget_by_slug(budget)
    assert there.closes_at == datetime(2099, 3, 20, 12, tzinfo=UTC)
    (said,) = closing_changes(there)
    words = "It closes at midday on Friday 20 March 2099 instead of 5pm on Saturday 14 March 2099."
    assert said.note == f"{words} Why: The post was late."
    answering.send_answer(budget, draft, shown, "Too hard", unbalanced=True)
    assert answering.change_answer(budget, draft, {}, 1).problems == ()
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.subject == budget)).all()
    assert "budget closing time changed" in acts
    app.extensions["clock"] = FixedClock(AFTER)
    assert actions.close_budgets_that_are_over() == 0


@pytest.mark.parametrize(
    ("closes", "version", "reason", "says"),
    [
        ("2020-03-20T12:00", 1, "Why", "still to come"),
        ("2099-03-14T17:00", 1, "Why", "closes then already"),
        ("2099-03-20T12:00", 1, "  ", "Say why"),
        ("2099-03-20T12:00", 2, "Why", "Somebody else changed"),
    ],
)
def test_a_closing_time_that_cannot_be_is_refused(sqlite_budget: str, closes, version, reason, says):
    with pytest.raises(BadInput, match=says):
        actions.change_closing_time(sqlite_budget, closes, version, reason, "test-officer")


def test_a_file_does_not_move_the_close_of_an_open_budget(sqlite_budget: str):
    actions.load_budget(a_budget(closes="20/03/2099"))
    there = budget_by_slug(sqlite_budget)
    assert (there.version, there.content.closes) == (1, "2099-03-14T17:00")


def test_the_database_itself_takes_no_answer_after_the_close(app: Flask, budget: str):
    draft = answered(budget)
    send(budget, draft, unbalanced=True, reason="Too hard")
    actions.close_budget(budget, "test-officer")
    with pytest.raises(DBAPIError, match="the budget is not open"), transaction() as session:
        session.execute(text("UPDATE budget_response SET choices = '{}'"))


def test_what_officers_do_is_in_the_audit_log(budget: str):
    actions.close_budget(budget, "test-officer")
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.subject == budget).order_by(AuditEntry.seq))
    assert list(acts) == ["budget loaded", "budget opened", "budget closed"]


def test_a_draft_nobody_saved_goes_after_a_week(app: Flask, budget: str):
    left, saved = answered(budget), answered(budget)
    answering.save_for_later(budget, saved, "a key")
    app.extensions["clock"] = FixedClock(datetime(2098, 1, 1, tzinfo=UTC))
    assert answering.clear_idle_answers() == 1
    assert draft_by_id(saved)
    assert draft_by_id(left) is None
