from datetime import date

from pbudget.calculator.asking import questions_of
from pbudget.calculator.outcome import outcome_of
from pbudget.calculator.queries import budget_by_slug, responses_of, responses_so_far
from pbudget.calculator.rules.balance import Choices, balance_of
from pbudget.calculator.rules.sheet import read_budget
from pbudget.calculator.rules.sheet_written import rows_of
from pbudget.calculator.rules.standing import parts_not_signed_off
from pbudget.db import db
from pbudget.demo.ashmere.budget import THIS_YEAR, budget_csv
from pbudget.demo.budget import complete_budgets
from pbudget.guard.queries import report_on_answers
from pbudget.kit.clock import SystemClock
from pbudget.kit.spreadsheets import csv_bytes
from tests.home.reading import grade

BUDGET = read_budget(budget_csv(THIS_YEAR, date(2027, 3, 14)))


def test_ashmeres_budget_has_what_a_real_one_has():
    assert len(BUDGET.lines) == 40
    assert len(BUDGET.groups) == 8
    assert len(BUDGET.schemes) == 3
    assert [line.name for line in BUDGET.lines if line.is_fixed and not line.floor_reason] == []
    assert sum(line.is_fixed for line in BUDGET.lines) == 4
    assert parts_not_signed_off(BUDGET) == []


def test_it_can_be_downloaded_and_loaded_again():
    assert read_budget(csv_bytes(rows_of(BUDGET))) == BUDGET


def test_every_step_but_no_change_says_what_it_does():
    silent = [
        f"{line.name} {step.change}"
        for line in BUDGET.lines
        for step in line.steps
        if step.change and not (step.lost or step.gained)
    ]
    assert silent == []


def test_it_can_be_balanced_without_the_largest_cuts_and_not_by_council_tax_alone():
    assert not balance_of(BUDGET, Choices(tax=BUDGET.warned_limit)).is_balanced
    smallest = {
        line.key: max(step.change for step in line.steps if step.change < 0)
        for line in BUDGET.lines
        if line.kind == "service" and not line.is_fixed
    }
    assert balance_of(BUDGET, Choices(smallest, 299)).is_balanced


def test_its_words_are_plain_english():
    words = [text for line in BUDGET.lines for step in line.steps for text in (step.lost, step.gained) if text]
    assert grade(f"<main>{''.join(f'<p>{text}</p>' for text in words)}</main>") <= 6


def test_one_is_open_one_closed_one_in_preparation_and_making_them_again_changes_nothing(sqlite_app):
    for _ in range(2):
        complete_budgets(SystemClock())
        db.session.rollback()
    this, last = (budget_by_slug(f"ashmere-budget-{years}") for years in ("2027-to-2028", "2026-to-2027"))
    assert (this.standing, this.version, this.is_demo, responses_so_far(this.id)) == ("open", 1, True, 25)
    assert (last.standing, last.version, last.is_demo) == ("closed", 1, True)
    coming = budget_by_slug("ashmere-budget-2028-to-2029")
    assert (coming.standing, coming.version, coming.is_demo) == ("set-up", 1, True)
    outcome = outcome_of(last)
    assert outcome.results.answers == 150
    assert 0 < outcome.results.balanced < 150
    assert report_on_answers(last.id).document.people == 145
    assert questions_of(last).are_destroyed
    assert questions_of(this).takes_answers
    assert outcome.results.pairs
    assert responses_of(this) == []
