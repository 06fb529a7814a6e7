from dataclasses import replace

import pytest

from pbudget.calculator import actions
from pbudget.calculator.queries import budget_by_slug, responses_so_far
from tests.calculator.building import LIBRARIES, PARKING, SCHOOL, TAX, a_budget, steps
from tests.support.pages import Page, PageClient

FIXED = steps(
    "service", "Elections", (0,), group="Culture", gross="300000", min_change="0", floor_reason="The law asks for it."
)
WHOLE = (*LIBRARIES, *FIXED, *PARKING, *TAX, *SCHOOL)
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def name(sqlite_app) -> str:
    loaded = actions.load_budget(a_budget(*WHOLE, closes="14/03/2099 17:00"))
    actions.open_budget(loaded, "test-officer")
    return loaded


@pytest.fixture
def begun(client: PageClient, name: str) -> str:
    client.post(f"/budgets/{name}/begin", {"who": "one"}, 303, page=f"/budgets/{name}")
    return f"/budgets/{name}"


def choose(client: PageClient, page: str, status: int = 200, **kwargs) -> Page:
    sent = {name.replace("__", ".").replace("_", "-"): value for name, value in kwargs.items()}
    return client.post(page, {"version": "1", **sent}, status)


def test_the_front_page_and_the_list_lead_to_the_budget(client: PageClient, name: str):
    for page in ("/", "/budgets"):
        assert client.get(page).one(f'a[href="/budgets/{name}"]')


def test_a_budget_in_preparation_is_shown_to_nobody(client: PageClient, sqlite_app):
    name = actions.load_budget(a_budget())
    client.get(f"/budgets/{name}", 404)
    client.get("/budgets/none", 404)
    assert name not in client.get("/budgets").text


def test_every_page_of_an_answer_keeps_the_house_rules(client: PageClient, begun: str):
    for page in ("", "/parts/culture", "/parts/highways", "/parts/council-tax", "/parts/borrowing", "/parts/all"):
        assert len(client.get(begun + page).queries) <= 5
    for page in ("/check", "/where-you-live", "/summary", "/saved", "/come-back", "/receipt?band=A", "/sent", "/ended"):
        client.get(begun + page)


def test_an_exercise_on_spending_alone_never_speaks_of_council_tax(client: PageClient, sqlite_app):
    name = actions.load_budget(a_budget(*LIBRARIES, closes="14/03/2099 17:00"))
    actions.open_budget(name, "test-officer")
    client.post(f"/budgets/{name}/begin", {"who": "one"}, 303, page=f"/budgets/{name}")
    for page in ("", "/parts/culture", "/parts/all", "/check"):
        assert "ouncil tax" not in client.get(f"/budgets/{name}{page}").text
    client.get(f"/budgets/{name}/receipt", 404)
    client.get(f"/budgets/{name}/parts/council-tax", 404)


def test_a_label_carries_service_value_and_consequence(client: PageClient, begun: str):
    page = client.get(f"{begun}/parts/culture")
    assert "£4 million a year" in page.one("#line-libraries legend").get_text()
    radio = page.one('#line-libraries input[value="-10"]')
    label = page.one(f'label[for="{radio["id"]}"]').get_text()
    assert label == "10% less, saves £400,000"
    words = " ".join(page.one(f"#{radio['aria-describedby']}").get_text(" ").split())
    assert "Lost: Libraries loses at -10" in words
    assert "Gained: Libraries gains at -10" in words


def test_a_fixed_line_is_shown_and_says_why(client: PageClient, begun: str):
    line = client.get(f"{begun}/parts/culture").one("#line-elections")
    assert "Cannot be changed here. The law asks for it." in line.get_text()
    assert not line.select("input")


def test_update_without_scripts_shows_the_new_balance(client: PageClient, begun: str):
    page = choose(client, f"{begun}/parts/culture", step__libraries="-10", update="1")
    assert "£5,800,000 still to find" in page.text
    assert "Libraries: £400,000 less to find" in page.text
    assert page.one('#line-libraries input[value="-10"]').has_attr("checked")


def test_continue_goes_through_every_part_to_the_check(client: PageClient, begun: str):
    seen, page = [], None
    there = client.http.get(f"{begun}/parts/culture")
    assert there.status_code == 200
    place = client.get(f"{begun}/parts/all").soup.select(".calculator__group")
    first = place[0].get_text().split("£")[0].strip().lower()
    address = f"{begun}/parts/{first}"
    while "/parts/" in address:
        seen.append(address.rsplit("/", 1)[1])
        page = choose(client, address, 303, **{"continue": "1"})
        address = page.response.location
    assert sorted(seen) == ["borrowing", "council-tax", "culture", "highways"]
    assert seen[2:] == ["council-tax", "borrowing"]
    assert address.endswith("/check")


def test_what_is_refused_is_named_and_the_rest_is_kept(client: PageClient, begun: str):
    page = choose(
        client,
        f"{begun}/parts/all",
        422,
        step__libraries="other",
        box__libraries="-90",
        step__parking_charges="10",
        comment__libraries="x" * 501,
    )
    assert page.one('.govuk-error-summary a[href="#b-libraries"]').get_text() == (
        "Libraries: enter a change from -25% to 10%"
    )
    assert page.one("#b-libraries")["value"] == "-90"
    assert page.one('.govuk-error-summary a[href="#c-libraries"]')
    assert "£6,000,000 still to find" in page.text
    assert client.get(f"{begun}/parts/culture").one("#b-libraries")["value"] == ""


def test_the_fragment_says_the_balance_and_what_a_typed_number_means(client: PageClient, begun: str):
    page = f"{begun}/parts/culture"
    token = client.get(page).one('form.calculator input[name="csrf_token"]')["value"]
    sent = {"csrf_token": token, "version": "1", "step.libraries": "other", "box.libraries": "-12.5"}
    fragment = client._fetch("POST", page, 200, data=sent, **HTMX)
    assert "£5,700,000 still to find" in fragment.text
    assert "12.5% less: saves £500,000. At -10%: Lost: Libraries loses at -10" in fragment.text
    assert "<html" not in fragment.response.text
    assert len(fragment.queries) <= 5, fragment.queries
    refused = client._fetch("POST", page, 422, data={**sent, "box.libraries": "-99"}, **HTMX)
    assert "Libraries: enter a change from -25% to 10%" in refused.text
    assert "£5,700,000 still to find" in refused.text


def test_council_tax_is_said_for_ones_own_band_and_the_limit_warns(client: PageClient, begun: str):
    page = choose(client, f"{begun}/parts/council-tax", band="C", step__council_tax="2.99")
    assert "A Band C home pays £47.84 a year more. That is £0.92 a week." in page.text
    assert "needs a referendum" not in page.text
    low = replace(budget_by_slug(begun.rsplit("/", 1)[1]).content, core_limit=200, care_limit=0)
    assert low.warned_limit == 200


def test_a_rise_above_the_limit_warns_and_does_not_stop(client: PageClient, sqlite_app):
    name = actions.load_budget(a_budget(core_limit="2", care_limit="0", closes="14/03/2099"))
    actions.open_budget(name, "test-officer")
    client.post(f"/budgets/{name}/begin", {}, 303, page=f"/budgets/{name}")
    page = choose(client, f"/budgets/{name}/parts/council-tax", step__council_tax="2.99")
    assert "A rise above 2% needs a referendum" in page.text
    assert "£3,509,000 still to find" in page.text


def test_a_page_made_before_the_council_changed_a_word_keeps_what_it_says(client: PageClient, begun: str):
    name = begun.rsplit("/", 1)[1]
    present = budget_by_slug(name).content
    actions.load_budget(replace(present, tax=replace(present.tax, floor_reason="New words")))
    page = choose(client, f"{begun}/parts/culture", 422, step__libraries="-10")
    assert "The council changed this budget after you opened the page. Your answers are kept." in page.text
    assert "£5,800,000 still to find" in page.text


def test_it_is_sent_with_a_reason_and_can_be_changed(client: PageClient, begun: str):
    name = begun.rsplit("/", 1)[1]
    page = client.get(f"{begun}/check")
    sent = {"token": page.one('input[name="token"]')["value"]}
    assert "tick the box to send it as it is" in client.post(f"{begun}/check", sent, 422).text
    wrong = client.post(f"{begun}/check", {**sent, "unbalanced": "yes"}, 422)
    assert "Say in a few words why" in wrong.one(".govuk-error-summary").get_text()
    for _ in range(2):
        client.post(f"{begun}/check", {**sent, "unbalanced": "yes", "reason": "I would not cut this"}, 303)
    assert responses_so_far(budget_by_slug(name).id) == 1
    assert "Sent without balancing" in client.get(f"{begun}/sent").text
    choose(client, f"{begun}/parts/culture", step__libraries="-10")
    assert "You have changed it since" in client.get(f"{begun}/sent").text
    page = client.post(f"{begun}/check", {**sent, "unbalanced": "yes", "reason": "x"}, 409)
    assert "Nothing was sent. Check it again" in page.text


def test_a_saved_budget_is_opened_again_in_another_browser(client: PageClient, begun: str):
    choose(client, f"{begun}/parts/culture", step__libraries="-10")
    client.post(f"{begun}/save", {}, 303, page=f"{begun}/check")
    code = client.get(f"{begun}/saved").one(".return-code").get_text()
    other = PageClient(client.app)
    for typed, says in (
        ("", "Enter the code"),
        ("7Q4K-9XTM-2BXPP", "Nothing is saved under this code"),
        ("abc", "13 characters"),
    ):
        assert says in other.post(f"{begun}/come-back", {"code": typed}, 422).text
    other.post(f"{begun}/come-back", {"code": code.lower()}, 303)
    assert "10% less, saves £400,000" in other.get(f"{begun}/check").text
    client.post(f"{begun}/leave", {}, 303, page=f"{begun}/check")
    client.get(f"{begun}/check", 410)


def test_a_group_says_how_many_it_is(client: PageClient, name: str):
    page = f"/budgets/{name}"
    for size in ("", "1", "101", "two"):
        wrong = client.post(f"{page}/begin", {"who": "group", "size": size}, 422, page=page)
        assert "from 2 to 100" in wrong.one(".govuk-error-summary").get_text()
    client.post(f"{page}/begin", {"who": "group", "size": "7"}, 303, page=page)
    assert "a group of 7 people. It counts as one answer" in client.get(f"{page}/check").text


def test_the_order_of_the_groups_is_the_answers_own(client: PageClient, name: str):
    orders = set()
    for _ in range(12):
        browser = PageClient(client.app)
        browser.post(f"/budgets/{name}/begin", {}, 303, page=f"/budgets/{name}")
        read = [
            tuple(h.get_text() for h in browser.get(f"/budgets/{name}/parts/all").soup.find_all("h2")) for _ in "12"
        ]
        assert read[0] == read[1]
        orders.add(read[0])
    assert len(orders) == 2


def test_after_the_close_nothing_is_taken_and_the_page_says_so(client: PageClient, begun: str):
    name = begun.rsplit("/", 1)[1]
    token = client.get(f"{begun}/check").one('form.send input[name="csrf_token"]')["value"]
    actions.close_budget(name, "test-officer")
    late = client._fetch("POST", f"{begun}/parts/culture", 409, data={"csrf_token": token, "step.libraries": "-10"})
    assert "What you just sent has not been recorded" in late.text
    assert "You did not send this in time. It does not count." in late.text
    assert late.one(".changes__row dt").get_text() == "Libraries"
    assert "£5,800,000 still to find" in late.text
    assert "You had changed nothing" in client.get(begun).text
    assert "It takes no more answers" in client.get(begun).text
    assert "It takes no more answers" in client.get(f"{begun}/check").text


def test_the_receipt_adds_up(client: PageClient, name: str):
    page = client.get(f"/budgets/{name}/receipt?band=D")
    assert "A Band D home pays £4.93 a day" in page.text
    client.get(f"/budgets/{name}/receipt?band=Z")
