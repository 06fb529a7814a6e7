"""The officers' pages, walked as an officer would, without scripts."""

import pytest

from pbudget.db import db
from pbudget.rounds.queries import pots_of, set_up_by_slug
from tests.rounds.building import NOW, put_wards, ready_round, set_clock
from tests.support.pages import PageClient
from tests.support.staff import sign_in

SPRING = "/staff/rounds/spring-vote-2027"


@pytest.fixture
def officer_client(sqlite_app) -> PageClient:
    """An officer's client on a site with two wards."""
    set_clock(sqlite_app, NOW)
    put_wards("Riverside", "Hilltop")
    client = PageClient(sqlite_app)
    sign_in(client, "officer")
    return client


@pytest.fixture
def spring(officer_client) -> PageClient:
    """The same with a round called Spring vote 2027."""
    officer_client.post("/staff/rounds/new", {"name": "Spring vote 2027", "place": "Testtown"}, status=303)
    return officer_client


def add_pots(client: PageClient, amount: str = "30,000") -> None:
    client.post(f"{SPRING}/pots", {"where": "all:testtown", "amount": amount}, status=303)


def test_no_round_yet_says_what_to_do(officer_client):
    assert "There is no round yet" in officer_client.get("/staff/rounds").text


def test_a_new_round_is_a_list_of_tasks_that_are_not_done(spring):
    page = spring.get(SPRING)
    assert "Not started" in page.text
    assert "Done" in page.text
    assert page.soup.select_one("a[href$='/ask/open']") is None


def test_a_second_round_of_the_same_name_is_refused_and_keeps_what_was_typed(spring):
    page = spring.post("/staff/rounds/new", {"name": "Spring vote 2027", "place": "Elsewhere"}, status=422)
    assert "round with this name already" in page.text
    assert page.one("#place")["value"] == "Elsewhere"


def dates(closing: str = "14 3 2027 5pm", opening: str = "1 3 2027 9am") -> dict[str, str]:
    names = ("day", "month", "year", "time")
    typed = {"opens": opening.split(), "closes": closing.split()}
    return {
        f"{field}-{box}": value for field, values in typed.items() for box, value in zip(names, values, strict=True)
    }


def test_dates_are_said_with_weekday_and_zone(spring):
    spring.post(f"{SPRING}/dates", dates(), status=303)
    page = spring.get(f"{SPRING}/dates")
    assert "5pm on Sunday 14 March 2027 (GMT)" in page.text
    assert page.one("#closes-time")["value"] == "5pm"


@pytest.mark.parametrize(
    ("closing", "says", "box"),
    [
        ("28 3 2027 1:30am", "There is no 1:30am on 28 March 2027", "#closes-time"),
        ("31 10 2027 1:30am", "comes twice on 31 October 2027", "#closes-time"),
        ("31 2 2027 5pm", "Enter a real date", "#closes-day"),
        ("1 3 2027 9am", "must close after it opens", "#closes-day"),
    ],
)
def test_a_date_that_cannot_be_is_asked_about_and_kept(spring, closing, says, box):
    page = spring.post(f"{SPRING}/dates", dates(closing), status=422)
    assert says in page.one(".govuk-error-summary").get_text()
    assert page.one(".govuk-error-summary a")["href"] == box
    assert page.one("#closes-time")["value"] == closing.split()[3]


def test_one_choice_makes_a_pot_for_every_ward(spring):
    add_pots(spring)
    page = spring.get(f"{SPRING}/pots")
    assert "£60,000" in page.text
    assert "Every ward" not in page.one("#where").get_text()
    spring.post(f"{SPRING}/pots", {"where": "whole", "amount": "5000"}, status=303)
    assert "All of Testtown" in spring.get(f"{SPRING}/pots").text


def test_a_pot_is_changed_and_removed(spring):
    add_pots(spring)
    spring.post(f"{SPRING}/pots/riverside", {"name": "By the river", "amount": "12.50"}, status=303)
    round_id = set_up_by_slug("spring-vote-2027").id
    assert {(pot.name, pot.amount) for pot in pots_of(round_id)} == {("By the river", 1250), ("Hilltop", 3_000_000)}
    spring.post(f"{SPRING}/pots/riverside/remove", {}, status=303, page=f"{SPRING}/pots/riverside")
    db.session.rollback()
    assert [pot.name for pot in pots_of(round_id)] == ["Hilltop"]


def test_an_amount_that_is_none_is_refused(spring):
    page = spring.post(f"{SPRING}/pots", {"where": "whole", "amount": "a lot"}, status=422)
    assert "Enter an amount in pounds" in page.text
    assert page.one("#amount")["value"] == "a lot"


def test_ballots_of_wards_and_of_everybody_are_chosen_apart(spring):
    add_pots(spring)
    spring.post(f"{SPRING}/pots", {"where": "whole", "amount": "5000"}, status=303)
    chosen = {"wards-ballot_type": "approval", "wards-most_choices": "5", "whole-ballot_type": "points"}
    page = spring.post(f"{SPRING}/ballot", chosen, status=422)
    assert "how many points" in page.text
    spring.post(f"{SPRING}/ballot", {**chosen, "whole-most_points": "10"}, status=303)
    found = {pot.name: (pot.ballot_type, pot.most_choices, pot.most_points) for pot in _pots()}
    assert found["Riverside"] == ("approval", 5, None)
    assert found["All of Testtown"] == ("points", None, 10)


def _pots():
    return pots_of(set_up_by_slug("spring-vote-2027").id)


def test_the_rules_offered_fit_the_ballots_and_say_what_follows(spring):
    add_pots(spring)
    spring.post(f"{SPRING}/ballot", {"wards-ballot_type": "ranked"}, status=303)
    page = spring.get(f"{SPRING}/rule")
    values = [radio["value"] for radio in page.soup.select("input[name=rule]")]
    assert "phragmen" not in values
    assert "equal-shares-points" in values
    assert "Everyone who voted gets an equal share of the pot" in page.text
    typed = {"rule": "equal-shares", "ties": "lot", "lot": "", "minimum": "20", "unawarded": "It stays."}
    assert "Enter the words for the lot" in spring.post(f"{SPRING}/rule", typed, status=422).text
    spring.post(f"{SPRING}/rule", {**typed, "lot": "lottery of 27 February"}, status=303)
    assert {(pot.rule.ties, pot.rule.minimum_score) for pot in _pots()} == {("lot:lottery of 27 February", 20)}


def test_witnesses_have_a_role_and_an_address_each(spring):
    page = spring.post(f"{SPRING}/witnesses", {"role_1": "Monitoring officer", "email_2": "nobody"}, status=422)
    assert "Enter the e-mail address of this witness" in page.text
    assert "Enter the role of this witness" in page.text
    assert page.one("#role_1")["value"] == "Monitoring officer"
    rows = {f"role_{n}": f"Witness {n}" for n in (1, 2, 3)} | {f"email_{n}": f"w{n}@test.example" for n in (1, 2, 3)}
    spring.post(f"{SPRING}/witnesses", rows, status=303)
    assert len(set_up_by_slug("spring-vote-2027").witnesses) == 3


@pytest.mark.parametrize("task", ["name", "voters", "annul", "publish", "documents", "keys"])
def test_every_other_task_has_a_page(spring, task):
    spring.get(f"{SPRING}/{task}")


def test_an_auditor_looks_and_changes_nothing(spring):
    sign_in(spring, "auditor")
    page = spring.get(f"{SPRING}/dates")
    assert not page.soup.select("main button[type=submit]")
    spring.http.post(f"{SPRING}/dates", data=dates())
    assert set_up_by_slug("spring-vote-2027").opens_at is None


def test_the_keys_are_made_once_and_a_copy_opens_with_the_passphrase_only(spring, tmp_path):
    from pbudget.keys.actions import restore_escrow

    spring.post(f"{SPRING}/keys", {}, status=303)
    ids = set_up_by_slug("spring-vote-2027").key_ids
    spring.post(f"{SPRING}/keys", {"csrf": ""}, status=303)
    assert set_up_by_slug("spring-vote-2027").key_ids == ids
    words = {"passphrase": "nine green bottles", "again": "nine green bottle"}
    assert "not the same" in spring.post(f"{SPRING}/keys/copy", words, status=422, page=f"{SPRING}/keys").text
    short = {"passphrase": "short", "again": "short"}
    assert "15 characters" in spring.post(f"{SPRING}/keys/copy", short, status=422, page=f"{SPRING}/keys").text
    words["again"] = words["passphrase"]
    file = spring.post(f"{SPRING}/keys/copy", words, status=200, page=f"{SPRING}/keys").response.data
    assert restore_escrow(tmp_path / "elsewhere", file, words["passphrase"]).as_json() == ids
    assert "One more officer needs a copy" in spring.get(f"{SPRING}/keys").text


def test_two_officers_open_a_round_through_the_pages(sqlite_app):
    ready = ready_round(sqlite_app)
    a, b = PageClient(sqlite_app), PageClient(sqlite_app)
    sign_in(a, staff_id=ready.a.id)
    sign_in(b, staff_id=ready.b.id)
    here = f"/staff/rounds/{ready.slug}"
    asked = a.post(f"{here}/ask/open", {}, status=303).response.location
    assert "You asked for this yourself" in a.get(asked).text
    assert "waits for another officer" in b.get(here).text
    seen = b.get(asked)
    assert "Riverside: £30,000, 2 proposals" in seen.text
    b.post(f"{asked}/approve", {}, status=303, page=asked)
    assert "Approved and done" in b.get(asked).text
    assert "Voting opens at 9am on Monday 1 March 2027 (GMT)" in a.get(here).text
    assert b.get("/staff/approvals").one(".events__status").get_text() == "Done"


def test_an_approver_whose_sign_in_is_old_is_asked_again(sqlite_app):
    from datetime import timedelta

    from pbudget.rounds.approving import request_approval

    ready = ready_round(sqlite_app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=ready.b.id, confirmed_at=NOW - timedelta(minutes=16))
    page = client.get(f"/staff/approvals/{asked}")
    assert page.soup.find("form", {"action": f"/staff/approvals/{asked}/approve"}) is None
    assert "confirm that it is you" in page.text
    sent = client.post(f"/staff/approvals/{asked}/approve", {}, status=303, page=f"/staff/approvals/{asked}")
    assert "/staff/sign-in-again" in sent.response.location


def test_a_request_whose_subject_changed_cannot_be_approved_on_the_page(sqlite_app):
    from pbudget.rounds.approving import request_approval
    from pbudget.rounds.setting_up import save_columns

    ready = ready_round(sqlite_app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    save_columns(ready.id, "annul", {"annul_rule": "Never."}, ready.a.id)
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=ready.b.id)
    page = client.post(f"/staff/approvals/{asked}/approve", {}, status=409, page=f"/staff/approvals/{asked}")
    assert "Something changed after this was asked for" in page.one(".govuk-error-summary").get_text()


def test_a_request_is_refused_with_a_reason(sqlite_app):
    from pbudget.rounds.approving import request_approval

    ready = ready_round(sqlite_app)
    asked = f"/staff/approvals/{request_approval(ready.id, 'open', {}, ready.a)}"
    client = PageClient(sqlite_app)
    sign_in(client, staff_id=ready.b.id)
    assert "Enter the reason" in client.post(f"{asked}/refuse", {"reason": ""}, status=422, page=asked).text
    client.post(f"{asked}/refuse", {"reason": "Wrong dates."}, status=303, page=asked)
    assert "Wrong dates." in client.get(asked).text


def test_rule_and_ballots_wait_for_a_pot(spring):
    typed = {"rule": "greedy", "ties": "id", "lot": "", "minimum": "0", "unawarded": "It stays."}
    back = spring.post(f"{SPRING}/rule", typed, status=303).response.location
    assert "Add a pot and choose the ballots first" in spring.get(back).text
    spring.post(f"{SPRING}/ballot", {}, status=422)
    assert set_up_by_slug("spring-vote-2027").saved_tasks == ["name"]
