import io

import pytest

from pbudget.calculator import actions
from pbudget.calculator.queries import BudgetView, budget_by_slug
from pbudget.calculator.rules.sheet import read_budget
from pbudget.db import db
from pbudget.wards.actions import import_boundaries
from pbudget.wards.queries import ward_ids
from pbudget.wards.rules.boundaries import read_boundaries
from tests.calculator.answers import send_many, send_one
from tests.calculator.building import TAX, WORKED, a_budget, as_csv, steps, year_rows
from tests.support.pages import LARGEST_PAGE, PageClient
from tests.support.staff import sign_in
from tests.wards.building import FIRST, SECOND, two_wards

CLOSES = {"closes": "14/03/2099 17:00"}


@pytest.fixture
def officer(client: PageClient) -> PageClient:
    sign_in(client, "officer")
    return client


@pytest.fixture
def name(sqlite_app) -> str:
    loaded = actions.load_budget(a_budget(**CLOSES))
    actions.open_budget(loaded, "test-officer")
    return loaded


def there(name: str) -> BudgetView | None:
    """The budget as it is now, whatever this test has read before."""
    db.session.rollback()
    return budget_by_slug(name)


def upload(client: PageClient, content: bytes, status: int):
    token = client.get("/staff/budgets/file").one('main input[name="csrf_token"]')["value"]
    data = {"csrf_token": token, "file": (io.BytesIO(content), "budget.csv")}
    return client._fetch("POST", "/staff/budgets/file", status, data=data, content_type="multipart/form-data")


def test_a_file_is_checked_shown_and_then_loaded(officer: PageClient):
    page = upload(officer, as_csv([*year_rows(**CLOSES), *WORKED], ";", "cp1252"), 200)
    assert "Nothing is loaded yet" in page.text
    assert there("test-budget") is None
    sent = {field["name"]: field["value"] for field in page.soup.select("main form input[type=hidden]")}
    officer._fetch("POST", "/staff/budgets/file/add", 303, data=sent)
    assert there("test-budget").content == a_budget(**CLOSES)


def test_a_file_with_problems_is_refused_by_row_numbers(officer: PageClient):
    page = upload(officer, as_csv([*year_rows(gap="lots"), *WORKED[:-1], dict(WORKED[-1], step="x")]), 422)
    assert "Row 5: the value “lots” is no amount" in page.text
    assert "The file has 2 problems. Nothing has been loaded" in page.one(".govuk-error-summary").get_text()
    assert "The file is empty" in upload(officer, b"", 422).text


def test_words_are_changed_signed_off_and_kept_as_a_version(officer: PageClient):
    name = actions.load_budget(a_budget(**CLOSES))
    page = f"/staff/budgets/{name}/words/libraries"
    fields = {f["name"]: f.get("value") or f.get_text() for f in officer.get(page).soup.select("main [name]")}
    wrong = officer.post(page, {**fields, "signed_off_on.0": "soon", "lost.2": "x" * 1501}, 422)
    assert wrong.one('.govuk-error-summary a[href="#signed_off_on.0"]')
    officer.post(page, {**fields, "lost.2": "Two of nine libraries close"}, 303)
    saved = there(name)
    assert (saved.version, saved.content.lines[0].steps[2].lost) == (2, "Two of nine libraries close")
    late = officer.post(page, {**fields, "version": "1", "lost.2": "Another"}, 422)
    assert "Somebody else changed this budget" in late.text


def test_words_are_shown_as_residents_read_them_before_they_are_saved(officer: PageClient):
    name = actions.load_budget(a_budget(**CLOSES))
    page = f"/staff/budgets/{name}/words/libraries"
    asked = officer.get(page)
    assert "With the words that are saved" in asked.one("#preview").get_text()
    where = asked.one("button[formaction]")["formaction"].partition("#")[0]
    fields = {f["name"]: f.get("value") or f.get_text() for f in asked.soup.select("main form [name]")}
    shown = officer.post(where, {**fields, "lost.2": "Two of nine libraries close"}, 200, page=page)
    assert "Lost: Two of nine libraries close" in shown.one("#preview").get_text()
    assert shown.one('[name="lost.2"]').get_text() == "Two of nine libraries close", "what was typed is gone"
    assert there(name).version == 1
    officer.post(where, {**fields, "lost.2": "x" * 1501}, 422, page=page)


def test_a_budget_is_opened_and_closed_by_an_officer(officer: PageClient):
    name = actions.load_budget(a_budget())
    page = f"/staff/budgets/{name}"
    assert "It is not settled when it closes" in officer.get(page).text
    token = officer.get("/staff/budgets/file").one('main input[name="csrf_token"]')["value"]
    refused = officer._fetch("POST", f"{page}/open", 422, data={"csrf_token": token})
    assert "It is not settled when it closes" in refused.one(".govuk-error-summary").get_text()
    actions.load_budget(a_budget(**CLOSES))
    officer.post(f"{page}/open", {}, 303, page=page)
    assert there(name).standing == "open"
    officer.post(f"{page}/close", {}, 303)
    assert there(name).standing == "closed"


def test_a_new_year_is_a_copy_with_inflation_to_be_signed_off_anew(officer: PageClient, name: str):
    page = f"/staff/budgets/{name}/copy"
    for wrong in ({"title": "", "year": "2028"}, {"title": "Test budget", "year": "2028"}, {"title": "B", "year": ""}):
        assert "a title of its own" in officer.post(page, wrong, 422).text
    officer.post(page, {"title": "Budget 2028", "year": "2028 to 2029", "rate": "3"}, 303)
    copy = there("budget-2028")
    assert copy.content.lines[0].gross == 463_500_000
    assert copy.standing == "set-up"
    page = "/staff/budgets/budget-2028"
    assert "Nobody has signed off the words of Libraries" in officer.get(page).text
    for wrong in ("", "soon", "14/03/2099 25:00"):
        assert officer.post(f"{page}/closing-time", {"closes": wrong}, 422).one("#closes-error")
    officer.post(f"{page}/closing-time", {"closes": "14/03/2099"}, 303)
    assert there("budget-2028").content.closes == "2099-03-14T17:00"


def test_a_budget_is_downloaded_as_the_file_it_could_have_come_from(officer: PageClient, name: str):
    officer.get(f"/staff/budgets/{name}")
    assert read_budget(officer.http.get(f"/staff/budgets/{name}/budget.csv").data) == a_budget(**CLOSES)


def test_another_closing_time_of_an_open_budget_is_read_by_everybody_with_its_reason(officer: PageClient, name: str):
    page = f"/staff/budgets/{name}/closing-time"
    said = {"closes": "14/03/2098", "version": "1"}
    assert "Say why" in officer.post(page, said, 422).one("#reason-error").get_text()
    officer.post(page, said | {"reason": "Test reason"}, 303)
    notice = officer.get(f"/budgets/{name}").one(".warning-line").get_text()
    assert notice.endswith(
        "It closes at 5pm on Friday 14 March 2098 instead of 5pm on Saturday 14 March 2099. Why: Test reason"
    )
    actions.close_budget(name, "test-officer")
    assert "Why: Test reason" in officer.get(f"/budgets/{name}").text
    assert "Once it has closed it stays" in officer.post(page, said | {"reason": "Test reason"}, 422).text


def test_nobody_reads_what_was_chosen_before_the_close(officer: PageClient, name: str):
    for posted in ({"step.libraries": ["-10"]}, {"step.libraries": ["10"]}):
        before = {page: officer.get(page).soup.main.get_text() for page in sealed_pages(name)}
        send_one(name, {**posted, "comment.libraries": ["Test comment"]})
        after = {page: officer.get(page).soup.main.get_text() for page in sealed_pages(name)}
        pages = {page for page in after if after[page] != before[page]}
        assert pages <= {f"/staff/budgets/{name}"}, "only the number of answers may change"
    officer.get(f"/budgets/{name}/results.csv", 404)
    assert "before the budget closes" in officer.get(f"/budgets/{name}/results").text


def sealed_pages(name: str) -> list[str]:
    return [f"/staff/budgets/{name}", f"/staff/budgets/{name}/comments", f"/budgets/{name}/results", "/budgets"]


@pytest.fixture
def closed(name: str) -> str:
    import_boundaries(read_boundaries(two_wards()), "Ashmere")
    wards = ward_ids()
    send_many(name, 60, [wards[FIRST]] * 5 + [None, None, None, None, wards[SECOND]])
    send_one(name, {"step.libraries": ["-10"]}, group=7)
    actions.close_budget(name, "test-officer")
    return name


def test_results_say_what_was_chosen_and_by_whom_it_was_not(officer: PageClient, closed: str):
    page = officer.get(f"/budgets/{closed}/results")
    assert "61 budgets were sent" in page.text
    assert "Self-selected responses, not a survey." in page.text
    assert "7 people; each group counts as one budget" in page.text
    assert "Council tax: " in page.text
    lists = [each.get_text() for each in page.soup.select(".govuk-grid-column-one-half")]
    assert all("Libraries" in each and "Parking" not in each for each in lists)
    wards = page.soup.find("caption", string="Where the answers came from").parent
    rows = {row.th.get_text(strip=True): row.td.get_text(strip=True) for row in wards.select("tbody tr")}
    assert "fewer than 10" in rows.values()
    assert not wards.select(f'a[href$="ward={SECOND}"]')
    officer.get(f"/budgets/{closed}/results?ward={SECOND}", 404)
    officer.get(f"/budgets/{closed}/results?ward=nowhere", 404)
    officer.get(f"/budgets/{closed}/results?channel=online")
    for part in ("culture", "council-tax", "all"):
        assert "Self-selected responses, not a survey." in officer.get(f"/budgets/{closed}/results/{part}").text
        officer.get(f"/budgets/{closed}/results/{part}?ward={FIRST}")
        officer.get(f"/budgets/{closed}/results/{part}?ward={SECOND}", 404)
    officer.get(f"/budgets/{closed}/results/none", 404)
    text = officer.http.get(f"/budgets/{closed}/results.csv").text
    assert "Libraries,Culture,61" in text
    comments = officer.get(f"/staff/budgets/{closed}/comments").text
    assert "Test comment 55" in comments
    assert "Test reason" in comments
    assert "Test comment" not in page.text


def test_only_officers_change_a_budget_and_auditors_read(client: PageClient, name: str):
    sign_in(client, "auditor")
    client.get("/staff/budgets")
    assert "Close it now" not in client.get(f"/staff/budgets/{name}").text
    client.get(f"/staff/budgets/{name}/close", 403)


def test_the_page_of_a_budget_with_120_lines_stays_light(officer: PageClient):
    names = [f"An invented service with a name of some length {n}" for n in range(120)]
    lines = [row for name in names for row in steps("service", name, (5, 0, -5), group="Group", gross="1,200,000")]
    loaded = actions.load_budget(a_budget(*lines, *TAX, **CLOSES))
    page = officer.get(f"/staff/budgets/{loaded}")
    assert len(page.response.data) < LARGEST_PAGE
    assert len(page.soup.select('a[href*="/words/"]')) == 121
    assert len(page.queries) <= 8
