"""After a budget is sent: optional questions, kept apart from it, asked of one person and of no group."""

import pytest
import sqlalchemy as sa

from pbudget.calculator import actions
from pbudget.calculator.asking import guard_key_for, questions_of
from pbudget.calculator.models import BudgetResponse
from pbudget.calculator.queries import budget_by_slug, sent_of
from pbudget.db import db
from pbudget.equality.models import EqualityAnswer
from pbudget.equality.queries import open_answers
from pbudget.equality.rules.consultations import of_budget
from tests.calculator.building import a_budget
from tests.support.pages import PageClient
from tests.support.staff import sign_in

PATH = "/budgets/test-budget"
STAFF = "/staff/budgets/test-budget/questions"


@pytest.fixture
def asking(sqlite_app) -> str:
    name = actions.load_budget(a_budget(closes="14/03/2099 17:00"))
    actions.ask_after_budget(name, ("age", "sex", "disability"), ("", ""), "test-officer")
    actions.open_budget(name, "test-officer")
    return name


def begin(client: PageClient, **who: str) -> None:
    client.post(f"{PATH}/begin", {"who": "one", **who}, 303, page=PATH)


def send(client: PageClient) -> None:
    token = client.get(f"{PATH}/check").one('input[name="token"]')["value"]
    client.post(f"{PATH}/check", {"token": token, "unbalanced": "yes", "reason": "Test reason"}, 303)


def give(client: PageClient, page: int, status: int = 303, **answers: str):
    fields = {name.replace("_", "-"): value for name, value in answers.items()}
    return client.post(f"{PATH}/questions/{page}", fields, status, page="/staff/sign-in")


def answers_now() -> list[dict[str, str]]:
    db.session.rollback()
    budget = budget_by_slug("test-budget")
    ids = db.session.scalars(sa.select(BudgetResponse.id)).all()
    return list(open_answers(guard_key_for(budget, questions_of(budget)), of_budget(budget.id), ids).by_slot.values())


def test_after_sending_the_page_asks_and_says_when_it_is_destroyed(client: PageClient, asking):
    begin(client)
    assert "about you?" not in client.get(f"{PATH}/sent").text
    assert give(client, 1, age="16-24").response.location.endswith("/sent"), "nothing is asked before it is sent"
    send(client)
    said = client.get(f"{PATH}/sent").text
    assert "Can you answer 3 questions about you?" in said
    assert "destroyed as soon as the budget has closed" in said
    assert answers_now() == []


def test_a_person_answers_answers_again_and_takes_it_back(client: PageClient, asking):
    begin(client)
    send(client)
    assert "Your budget is sent, whatever you answer here" in client.get(f"{PATH}/questions/1").text
    assert give(client, 1, age="16-24", sex="female").response.location.endswith("/questions/2")
    assert give(client, 2, disability="prefer-not-to-say").response.location.endswith("/sent")
    give(client, 1, age="25-34")
    assert answers_now() == [{"age": "25-34", "disability": "prefer-not-to-say"}]
    assert not client.get(f"{PATH}/questions/1").soup.select("input[checked]")
    assert "Choose one of the answers on the page" in give(client, 1, 422, age="0-15").text
    page = client.post(f"{PATH}/questions/take-back", {}, 200, page=f"{PATH}/sent")
    assert "Your answers are gone" in page.text
    assert answers_now() == []
    assert "Can you answer 3 questions" in client.get(f"{PATH}/sent").text


def test_a_budget_sent_again_keeps_one_set_of_answers(client: PageClient, asking):
    begin(client)
    send(client)
    give(client, 1, age="16-24")
    client.post(f"{PATH}/parts/culture", {"version": "1", "step.libraries": "-10"}, 200)
    send(client)
    give(client, 1, age="25-34")
    assert answers_now() == [{"age": "25-34"}]


def test_a_group_at_one_table_is_asked_nothing(client: PageClient, asking):
    begin(client, who="group", size="6")
    send(client)
    assert "about you?" not in client.get(f"{PATH}/sent").text
    client.get(f"{PATH}/questions/1", 303)
    give(client, 1, age="16-24")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EqualityAnswer)) == 0


def test_a_page_that_is_not_there_says_that_the_questions_have_closed(client: PageClient, asking):
    begin(client)
    send(client)
    for page in (0, 3, 99):
        assert "These questions have closed" in client.get(f"{PATH}/questions/{page}", 410).text


def test_once_the_budget_has_closed_nothing_is_given_or_taken_back(client: PageClient, asking):
    begin(client)
    send(client)
    give(client, 1, age="16-24")
    actions.close_budget(asking, "test-officer")
    give(client, 1, 409, age="25-34")
    client.post(f"{PATH}/questions/take-back", {}, 409, page="/staff/sign-in")
    assert answers_now() == [{"age": "16-24"}]


def test_without_the_key_the_budget_counts_and_the_person_reads_that_nothing_was_saved(client, asking, sqlite_app):
    begin(client)
    send(client)
    folder = sqlite_app.extensions["settings"].keys_folder
    (folder / "budget.test-budget" / "guard.key").unlink()
    page = give(client, 1, 503, age="16-24")
    assert "Your answers have not been saved" in page.text
    assert "Your budget is sent all the same" in page.text
    sent = db.session.scalars(sa.select(BudgetResponse.id)).one()
    assert sent_of(sent)


def test_an_officer_chooses_until_it_opens_and_not_after(client: PageClient, sqlite_app):
    sign_in(client, "officer")
    name = actions.load_budget(a_budget(closes="14/03/2099 17:00"))
    assert client.get("/staff/budgets/test-budget").one(f'a[href="{STAFF}"]')
    own = {"own_title": "Do you rent or own your home?", "own_answers": "Rent\nOwn"}
    assert "Give 2 to 20 answers" in client.post(STAFF, {"asked": "age", **own, "own_answers": "Rent"}, 422).text
    client.post(STAFF, {"asked": "age", **own}, 303)
    assert "Do you rent or own your home?" in client.get(STAFF).text
    assert client.get(STAFF).one('input[name="asked"][value="age"]').has_attr("checked")
    actions.open_budget(name, "test-officer")
    assert client.get(STAFF).one("main fieldset[disabled]")
    page = client.post(STAFF, {"asked": "sex"}, 422, page="/staff/budgets/test-budget/words/libraries")
    assert "so the questions stay as they are" in page.text


def test_a_budget_without_questions_makes_no_key_and_asks_nothing(client: PageClient, sqlite_app):
    name = actions.load_budget(a_budget(closes="14/03/2099 17:00"))
    actions.open_budget(name, "test-officer")
    begin(client)
    send(client)
    assert "about you?" not in client.get(f"{PATH}/sent").text
    give(client, 1, 410, age="16-24")
    assert not list(sqlite_app.extensions["settings"].keys_folder.glob("budget.*"))
