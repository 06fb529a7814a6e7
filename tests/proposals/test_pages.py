"""Officers add proposals one at a time and by the table; what cannot be used is named by its row."""

import io

import pytest

from pbudget.db import db
from pbudget.proposals.queries import proposals_of
from pbudget.rounds.queries import set_up_by_slug
from tests.rounds.building import NOW, put_wards, ready_round, set_clock
from tests.support.pages import Page, PageClient
from tests.support.staff import sign_in

SPRING = "/staff/rounds/spring-vote-2027"
HERE = f"{SPRING}/proposals"


@pytest.fixture
def spring(sqlite_app) -> PageClient:
    """An officer with a round that has pots of £30,000 in two wards."""
    set_clock(sqlite_app, NOW)
    put_wards("Riverside", "Hilltop")
    client = PageClient(sqlite_app)
    sign_in(client, "officer")
    client.post("/staff/rounds/new", {"name": "Spring vote 2027", "place": "Testtown"}, status=303)
    client.post(f"{SPRING}/pots", {"where": "all:testtown", "amount": "30000"}, status=303)
    return client


def saved() -> list[tuple[str, int, str]]:
    db.session.rollback()
    found = proposals_of(set_up_by_slug("spring-vote-2027").id)
    return [(each.title, each.cost, each.reference) for pot in found.values() for each in pot]


def pot_value(client: PageClient, name: str) -> str:
    page = client.get(f"{HERE}/new")
    return next(option["value"] for option in page.soup.select("#pot option") if option.get_text() == name)


def send(client: PageClient, content: bytes, status: int) -> Page:
    return client.post(
        f"{HERE}/file",
        {"file": (io.BytesIO(content), "ideas.csv")},
        status=status,  # type: ignore[dict-item]
    )


def test_a_proposal_is_added_changed_and_removed(spring):
    typed = {"pot": pot_value(spring, "Riverside"), "title": "New benches", "cost": "£12,000", "description": ""}
    spring.post(f"{HERE}/new", typed, status=303)
    assert saved() == [("New benches", 1_200_000, "new-benches")]
    link = spring.get(HERE).one("tbody a")["href"]
    spring.post(link, {**typed, "title": "Better benches", "cost": "9.5"}, status=303)
    assert saved() == [("Better benches", 950, "new-benches")]
    spring.post(f"{link}/remove", {}, status=303, page=link)
    assert saved() == []


@pytest.mark.parametrize("title", ["=cmd()", "+1", "-10", "@sum", "", "x" * 121, "turned \u202e around"])
def test_a_title_that_would_start_a_formula_or_hide_something_is_refused_and_kept(spring, title):
    typed = {"pot": pot_value(spring, "Riverside"), "title": title, "cost": "12", "description": "By the river"}
    page = spring.post(f"{HERE}/new", typed, status=422)
    assert page.one("#title")["value"] == title
    assert "By the river" in page.one("#description").get_text()
    assert saved() == []


def test_a_table_is_shown_before_anything_is_saved(spring):
    table = "pot;title;cost\nRiverside;New benches;12,000\nx99000002;Trees;£2,500.50\n".encode("cp1252")
    page = send(spring, table, 200)
    assert "Check 2 proposals" in page.text
    assert saved() == []
    token, text = page.one("main input[name=csrf_token]")["value"], page.one("main input[name=table]")["value"]
    spring._fetch("POST", f"{HERE}/file/add", 303, data={"csrf_token": token, "table": text})
    assert sorted(saved()) == [("New benches", 1_200_000, "new-benches"), ("Trees", 250_050, "trees")]


def test_every_row_that_cannot_be_used_is_named_and_none_is_saved(spring):
    rows = [
        "pot,title,cost",
        "Riverside,Good,100",
        "Nowhere,Lost,5",
        "Riverside,=1+1,5",
        "Hilltop,Dear,lots",
        "Hilltop",
    ]
    page = send(spring, "\n".join(rows).encode(), 422)
    for says in (
        "Row 3: there is no pot “Nowhere”",
        "Row 4: The title must not start with =",
        "Row 5: Enter an amount",
    ):
        assert says in page.text
    assert "Row 6 has 1 cells and the heading 3" in page.text
    assert "Row 2" not in page.text
    assert saved() == []


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"\x89PNG\r\n", "picture"), (b"a,b\n1,2\n", "headings"), (b"pot,title,cost\n", "no rows")],
)
def test_a_file_that_is_no_such_table_is_refused(spring, content, says):
    assert says in send(spring, content, 422).one(".govuk-error-summary").get_text()


def test_costs_are_final_when_an_officer_says_so(spring):
    typed = {"pot": pot_value(spring, "Riverside"), "title": "New benches", "cost": "12", "description": ""}
    spring.post(f"{HERE}/new", typed, status=303)
    unticked = spring.post(f"{SPRING}/costs-final", {}, status=303, page=HERE).response.location
    assert "Tick the box" in spring.get(unticked).one(".govuk-error-summary").get_text()
    spring.post(f"{SPRING}/costs-final", {"final": "y"}, status=303, page=HERE)
    db.session.rollback()
    assert "proposals" in set_up_by_slug("spring-vote-2027").saved_tasks


def test_proposals_of_a_round_that_has_opened_are_settled(sqlite_app):
    ready = ready_round(sqlite_app)
    ready.open()
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=ready.a.id)
    page = client.get(f"/staff/rounds/{ready.slug}/proposals")
    assert "settled" in page.text
    first = next(iter(proposals_of(ready.id).values()))[0]
    here = f"/staff/rounds/{ready.slug}/proposals/{first.id}"
    assert "settled" in client.post(f"{here}/remove", {}, status=422, page=here).text


def long_table(rows: int) -> bytes:
    return ("pot,title,cost,description\n" + f"Riverside,Idea,100,{'x' * 1900}\n" * rows).encode()


def test_an_officers_table_may_be_longer_than_a_form_and_nobody_elses(spring, sqlite_app):
    table = long_table(200)
    assert len(table) > 5 * 64 * 1024
    form = spring.get(f"{HERE}/file")
    token = form.soup.find("input", {"name": "csrf_token"})["value"]
    sent = {"csrf_token": token, "file": (io.BytesIO(table), "ideas.csv")}
    checked = spring.http.post(f"{HERE}/file", data=sent)
    assert checked.status_code == 200
    added = spring.http.post(f"{HERE}/file/add", data={"csrf_token": token, "table": table.decode()})
    assert added.status_code == 303
    assert len(saved()) == 200
    endless = {"data": long_table(1500), "content_type": "multipart/form-data; boundary=x"}
    assert spring.http.post(f"{HERE}/file", **endless).status_code == 413
    sign_in(spring, "steward")
    assert spring.http.post(f"{HERE}/file", data={"file": (io.BytesIO(table), "ideas.csv")}).status_code == 413
