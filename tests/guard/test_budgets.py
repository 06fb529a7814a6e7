"""Who answered a budget: made once it has closed, weighted figures beside those as sent, and nothing left behind."""

import secrets
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from pbudget.calculator.actions import ask_after_budget, close_budget, load_budget, open_budget
from pbudget.calculator.asking import guard_key_for, questions_of
from pbudget.calculator.models import BudgetResponse, BudgetYear
from pbudget.calculator.queries import BudgetView, budget_by_slug
from pbudget.db import database_now, db, transaction
from pbudget.equality.models import EqualityAnswer
from pbudget.equality.queries import plan_of, plan_row
from pbudget.equality.rules.consultations import guard_key_of_budget, of_budget
from pbudget.equality.sealing import sealed
from pbudget.guard.budgets import KEY_LOST, NO_FIGURES, WAIT_FOR_KEY, BudgetDocument, WeightedLine
from pbudget.guard.queries import report_on_answers
from pbudget.guard.tasks import destroy_keys_of_budgets, look_at_closed_budgets
from pbudget.keys.actions import create_guard_key
from pbudget.keys.files import KeysDestroyed
from pbudget.keys.rules import guard_link_of
from pbudget.kit.clock import SystemClock
from pbudget.rounds.opening import keys_folder
from pbudget.wards.actions import load_baseline
from pbudget.wards.rules.baselines import read_baseline
from tests.calculator.building import a_budget
from tests.guard.test_live import BASELINE
from tests.support.pages import PageClient

YOUNG, OLD, SILENT = ("16-34", "female"), ("35+", "male"), ("", "")
CUT, KEEP = {"libraries": -1000}, {}
PATH = "/budgets/test-budget/who-took-part"


def asked_about(*, figures: bool = True) -> BudgetView:
    """An open budget that asks for age and sex."""
    if figures:
        load_baseline(read_baseline(BASELINE.encode(), demo=True), SystemClock(), name="Testtown", demo=True)
    name = load_budget(a_budget(closes="14/03/2099 17:00"))
    ask_after_budget(name, ("age", "sex"), ("", ""), "test-officer")
    open_budget(name, "test-officer")
    return there()


def there() -> BudgetView:
    db.session.rollback()
    budget = budget_by_slug("test-budget")
    assert budget
    return budget


def send(budget: BudgetView, many: int, who: tuple[str, str], lines: dict[str, int], group: int | None = None) -> None:
    """So many answers of the same kind in one transaction, with what their senders said about themselves."""
    key = guard_key_for(budget, questions_of(budget))
    with transaction() as session:
        plan = plan_row(session, of_budget(budget.id))
        assert plan
        for _ in range(many):
            row = {"token": secrets.token_hex(16), "version": 1, "comments": {}, "channel": "online", "reason": ""}
            choices = {"lines": lines, "tax": 0, "schemes": {}}
            ids = {"id": secrets.token_hex(16), "budget_id": budget.id, "group_size": group}
            money = {"still_to_find": 0, "is_balanced": True, "sent_on": date(2027, 1, 1)}
            session.add(BudgetResponse(**ids, **row, **money, choices=choices))
            said = {name: value for name, value in zip(("age", "sex"), who, strict=True) if value}
            if said:
                link = guard_link_of(key, ids["id"])
                kept = sealed(key, link, said)
                session.add(EqualityAnswer(plan_id=plan.id, guard_link=link, part=1, sealed=kept))


def closed(budget: BudgetView) -> BudgetView:
    close_budget(budget.slug, "test-officer")
    return there()


@pytest.fixture
def skewed(app) -> BudgetView:
    """Residents are half young; a third of those who answered are, and they alone would cut the libraries."""
    budget = asked_about()
    send(budget, 40, YOUNG, CUT)
    send(budget, 80, OLD, KEEP)
    send(budget, 12, SILENT, KEEP)
    send(budget, 2, SILENT, KEEP, group=6)
    return closed(budget)


def responses() -> list[tuple[object, ...]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(BudgetResponse.__table__).order_by(BudgetResponse.id))]


def answers_left() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(EqualityAnswer)) or 0


def test_the_report_stands_beside_the_figures_and_changes_no_answer(skewed):
    before = responses()
    look_at_closed_budgets()
    document = report_on_answers(skewed.id).document
    libraries = document.weighted[0]
    assert (document.answers, document.people) == (134, 132)
    assert (libraries.cut, libraries.weighted_cut) == (30, 45)
    assert (libraries.median, libraries.weighted_median) == (0, 0)
    assert document.weighed_by == ("Age", "Sex")
    young = document.tables[0].rows[0]
    assert (young.group, young.participants, young.flag) == ("16-34", 40, "under")
    assert responses() == before


def test_the_page_has_the_lines_that_weighting_moves_most_and_no_more_than_fit():
    lines = tuple(WeightedLine(f"Line {n}", "", 0, 10, 10, 0, 10 + n % 7, 10) for n in range(120))
    listed = BudgetDocument(500, 500, "", weighted=lines).most_different
    assert [line.weighted_cut for line in listed] == [16] * 17 + [15] * 3


def test_with_the_report_every_answer_about_people_and_the_key_to_them_are_destroyed(skewed):
    assert answers_left() == 120
    place = keys_folder() / guard_key_of_budget(skewed.slug)
    destroy_keys_of_budgets()
    assert (place / "guard.key").exists(), "before the report the key is still needed"
    look_at_closed_budgets()
    assert answers_left() == 0
    assert plan_of(of_budget(skewed.id)).are_destroyed
    destroy_keys_of_budgets()
    assert not (place / "guard.key").exists()
    with pytest.raises(KeysDestroyed):
        create_guard_key(keys_folder(), place.name)


def test_the_report_is_made_once(skewed):
    look_at_closed_budgets()
    first = report_on_answers(skewed.id)
    look_at_closed_budgets()
    db.session.rollback()
    assert report_on_answers(skewed.id) == first


def test_a_missing_key_is_waited_for_and_nothing_is_destroyed_meanwhile(skewed):
    key = keys_folder() / guard_key_of_budget(skewed.slug) / "guard.key"
    kept = key.read_bytes()
    key.unlink()
    look_at_closed_budgets()
    assert report_on_answers(skewed.id) is None
    assert answers_left() == 120
    key.write_bytes(kept)
    key.chmod(0o600)
    look_at_closed_budgets()
    assert report_on_answers(skewed.id).document.weighted


def test_a_key_that_was_lost_for_good_leaves_a_report_that_says_so(skewed):
    (keys_folder() / guard_key_of_budget(skewed.slug) / "guard.key").unlink()
    with transaction() as session:
        session.execute(
            sa.update(BudgetYear).values(closed_at=database_now(session) - WAIT_FOR_KEY - timedelta(hours=1))
        )
    look_at_closed_budgets()
    document = report_on_answers(skewed.id).document
    assert document.cautions == (KEY_LOST,)
    assert not document.tables
    assert not document.weighted
    assert answers_left() == 0


def test_without_figures_of_residents_the_report_says_so(app):
    budget = asked_about(figures=False)
    send(budget, 12, YOUNG, CUT)
    closed(budget)
    look_at_closed_budgets()
    assert report_on_answers(budget.id).document.cautions == (NO_FIGURES,)


def test_with_few_answers_nothing_is_weighed_and_no_small_group_is_shown(app):
    budget = asked_about()
    send(budget, 4, YOUNG, CUT)
    send(budget, 60, OLD, KEEP)
    closed(budget)
    look_at_closed_budgets()
    document = report_on_answers(budget.id).document
    assert not document.weighted
    assert not document.lines
    assert [row.participants for row in document.tables[0].rows] == [None, None, 0]


def test_nothing_is_weighed_by_a_group_that_is_not_shown(app):
    budget = asked_about()
    send(budget, 40, YOUNG, CUT)
    send(budget, 80, OLD, KEEP)
    send(budget, 3, SILENT, KEEP)  # so few that the young are left out of the table too
    closed(budget)
    look_at_closed_budgets()
    document = report_on_answers(budget.id).document
    assert [row.participants for row in document.tables[0].rows] == [None, 80, None]
    assert not document.weighted


def test_nobody_answered(app):
    budget = closed(asked_about())
    look_at_closed_budgets()
    document = report_on_answers(budget.id).document
    assert (document.answers, document.weighted) == (0, ())
    assert not any(table.rows for table in document.tables)


def test_a_link_is_made_with_the_key_alone(skewed):
    links = set(db.session.scalars(sa.select(EqualityAnswer.guard_link)))
    ids = db.session.scalars(sa.select(BudgetResponse.id)).all()
    key = guard_key_for(skewed, questions_of(skewed))
    assert links <= {guard_link_of(key, each) for each in ids}
    assert not links & {guard_link_of(bytes(32), each) for each in ids}
    assert not any(each in link for each in ids for link in links)


def test_the_page_and_the_file_show_nothing_before_the_close_and_everything_once_it_is_made(
    sqlite_app, client: PageClient
):
    budget = asked_about()
    send(budget, 40, YOUNG, CUT)
    send(budget, 80, OLD, KEEP)
    assert "Nobody sees what people chose before" in client.get(PATH).text
    client.get(f"{PATH}.csv", 404)
    closed(budget)
    assert "These figures are being made" in client.get(PATH).text
    assert client.get("/budgets/test-budget/results").one(f'a[href="{PATH}"]')
    client.get(f"{PATH}.csv", 404)
    look_at_closed_budgets()
    db.session.rollback()
    page = client.get(PATH)
    assert "This is advice, not a result" in page.text
    assert "Self-selected responses, not a survey" in page.text
    assert "33% weighted 50%" in page.text
    said = client.http.get(f"{PATH}.csv").text
    assert "Libraries,Culture,0,'-5,33,50,0,0" in said
    assert "Self-selected responses, not a survey" in said


def test_a_budget_that_asks_nothing_has_no_such_page(sqlite_app, client: PageClient):
    name = load_budget(a_budget(closes="14/03/2099 17:00"))
    open_budget(name, "test-officer")
    close_budget(name, "test-officer")
    client.get(PATH, 404)
    assert not client.get("/budgets/test-budget/results").soup.select(f'a[href="{PATH}"]')
    look_at_closed_budgets()
    assert not list(keys_folder().glob("budget.*"))
