"""The desk's pages as an officer meets them, without scripts, and what nobody else may see."""

import re

import pytest

from pbudget.db import db
from pbudget.desk.queries import permits_of
from pbudget.roll.identify import identify
from pbudget.roll.queries import desk_totals
from tests.desk.building import POSTCODE, Desk, add_place, open_desk
from tests.support.open_round import CLOSES, NOON
from tests.support.pages import Page, PageClient
from tests.support.staff import sign_in

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}\b")


@pytest.fixture
def desk(sqlite_app) -> Desk:
    return open_desk(sqlite_app)


@pytest.fixture
def officer(desk) -> PageClient:
    client = PageClient(desk.vote.app)
    sign_in(client, staff_id=desk.a.id)
    return client


def find(client: PageClient, desk: Desk, status: int = 200, **typed: str) -> Page:
    return client.post(desk.path, {"reference": "", "postcode": "", "typed": "", **typed}, status)


def resident(desk: Desk, entry: str = "") -> str:
    return f"{desk.path}/residents/{entry or desk.entry}"


def shown(client: PageClient, path: str, data: dict, status: int) -> Page:
    """Send a form with its press and its token, as a browser would."""
    form = client.get(path).soup
    fields = {each["name"]: each["value"] for each in form.select("input[type=hidden]") if each.get("value")}
    return client._fetch("POST", path, status, data={**fields, **data})


def test_a_resident_is_found_by_postcode_and_part_of_the_name_or_address(desk, officer):
    page = find(officer, desk, postcode="se17ab", typed="resident 2")
    assert "1 resident found" in page.text
    assert "Test resident 2, 2 Test Road, Testham, SE1 7AB" in page.text
    assert "1 resident found" in find(officer, desk, postcode=POSTCODE, typed="3 test road").text
    assert "Test resident 2" not in find(officer, desk, reference=desk.vote.codes[0][:4]).text


def test_nobody_found_says_what_to_try(desk, officer):
    assert "Nobody found" in find(officer, desk, postcode="SE1 7AA", typed="resident").text
    assert "Nobody found" in find(officer, desk, reference="0000").text


def test_the_list_of_everybody_is_never_shown(desk, officer):
    for number in range(11):
        add_place(desk.vote, name=f"Test resident 1{number}", postcode=POSTCODE)
    page = find(officer, desk, postcode=POSTCODE, typed="resident")
    assert "More than 10 found" in page.text
    assert "Test resident 1" not in page.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Enter the letter’s reference, or a full postcode"),
        ({"postcode": "SE1"}, "Enter the letter’s reference, or a full postcode"),
        ({"postcode": POSTCODE}, "Enter part of the name"),
        ({"postcode": POSTCODE, "typed": "a"}, "Enter part of the name"),
        ({"reference": "7Q4"}, "has 4 characters"),
    ],
)
def test_too_little_to_look_for_says_what_to_enter(desk, officer, typed, says):
    assert says in find(officer, desk, 422, **typed).text


def test_several_adults_at_one_address_are_told_apart_by_their_letters(desk, officer):
    here = {"address": "7 Test Road\nTestham", "postcode": POSTCODE}
    _, first = add_place(desk.vote, code=True, **here)
    _, second = add_place(desk.vote, code=True, place=2, **here)
    page = find(officer, desk, postcode=POSTCODE, typed="7 test road")
    assert "2 residents found" in page.text
    assert f"letter {first.selector}" in page.text
    assert f"letter {second.selector}" in page.text
    assert "Resident 2, 7 Test Road" in page.text


def test_one_officer_reads_a_new_code_out(desk, officer):
    page = shown(officer, resident(desk) + "/code", {"points": ["photo", "bill"]}, 200)
    (code,) = set(CODE.findall(page.text))
    assert identify(desk.vote.id, code, "192.0.2.7").id == desk.entry
    assert "kept nowhere" in page.text
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.one("address").get_text("|", strip=True) == "Test resident 1|1 Test Road|Testham|SE1 7AB"


def test_the_same_form_sent_twice_shows_the_same_code(desk, officer):
    path = resident(desk) + "/code"
    soup = officer.get(path).soup
    fields = {each["name"]: each["value"] for each in soup.select("input[type=hidden]") if each.get("value")}
    data = {**fields, "points": ["photo", "bill"]}
    pages = [officer._fetch("POST", path, 200, data=data) for _ in range(2)]
    assert len({CODE.search(page.text)[0] for page in pages}) == 1
    assert desk_totals(desk.vote.id).reissued == 1


def test_one_point_of_identity_is_not_enough_and_keeps_what_was_ticked(desk, officer):
    page = shown(officer, resident(desk) + "/code", {"points": ["photo"]}, 422)
    assert "Select at least 2 ways" in page.text
    assert page.one("input[value=photo]").has_attr("checked")


def test_where_two_officers_are_needed_the_first_asks_the_second_and_then_shows_the_code(desk, officer):
    desk.cast()
    page = shown(officer, resident(desk) + "/code", {"points": ["photo", "bill"]}, 303)
    waiting = page.response.location
    asked = officer.get(waiting)
    assert "Test resident 1, 1 Test Road" in asked.text
    assert not CODE.search(asked.text)
    desk.approve(waiting.rpartition("/")[2])
    assert "Another officer has approved a code for Test resident 1" in officer.get(desk.path).text
    (permit,) = permits_of(desk.vote.id, desk.a.id, NOON)
    db.session.rollback()
    path = f"{desk.path}/approved/{permit.id}"
    (code,) = set(CODE.findall(shown(officer, path, {}, 200).text))
    assert identify(desk.vote.id, code, "192.0.2.7").id == desk.entry
    assert "This code cannot be shown" in officer.get(path, 410).text
    over = officer.get(waiting)
    assert "Test resident 1" not in over.text
    assert "next checkpoint" in over.text


def test_an_auditor_reads_that_it_was_asked_for_and_not_for_whom(desk, officer):
    desk.cast()
    waiting = shown(officer, resident(desk) + "/code", {"points": ["photo", "bill"]}, 303).response.location
    auditor = PageClient(desk.vote.app)
    sign_in(auditor, "auditor")
    page = auditor.get(waiting)
    assert "Give a resident a new code" in page.text
    assert "Test resident 1" not in page.text


def test_nothing_before_the_form_is_sent_differs_when_a_resident_has_voted(desk, officer):
    def pages() -> list[str]:
        found = find(officer, desk, postcode=POSTCODE, typed="resident 1")
        paths = (resident(desk), resident(desk) + "/code", resident(desk) + "/ward")
        return [found.text, *(officer.get(path).text for path in paths)]

    before = pages()
    desk.cast()
    assert pages() == before


def test_a_resident_is_added_and_their_code_shown(desk, officer):
    said = {"name": "Test resident 77", "address": "9 Test Road\n\n Testham ", "postcode": "se17ab"}
    path = desk.path + "/add"
    data = {**said, "ward": "X99000002", "points": ["photo", "bill"]}
    waiting = shown(officer, path, data, 303).response.location
    page = officer.get(waiting)
    assert "Test resident 77, 9 Test Road, Testham, SE1 7AB" in page.text
    assert "Hilltop" in page.text
    desk.approve(waiting.rpartition("/")[2])
    (permit,) = permits_of(desk.vote.id, desk.a.id, NOON)
    db.session.rollback()
    code = CODE.search(shown(officer, f"{desk.path}/approved/{permit.id}", {}, 200).text)[0]
    assert identify(desk.vote.id, code, "192.0.2.7").ward_id == desk.vote.wards[1]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"address": ""}, "Enter the address"),
        ({"postcode": "SE1"}, "Enter a full postcode"),
        ({"ward": ""}, "Select a ward"),
        ({"points": []}, "Select at least 2"),
        ({"points": ["photo"]}, "Select at least 2"),
        ({"address": "\n".join("abcdefg")}, "6 lines or fewer"),
        ({"name": "Test resident 1", "address": "1 Test Road\nTestham"}, "on the roll already"),
    ],
)
def test_what_cannot_be_added_says_why_and_keeps_what_was_typed(desk, officer, wrong, says):
    data = {"name": "Test resident 77", "address": "9 Test Road", "postcode": POSTCODE, "ward": "X99000001"}
    page = shown(officer, desk.path + "/add", {**data, "points": ["photo", "bill"], **wrong}, 422)
    assert says in page.text
    assert page.one("#name")["value"] == wrong.get("name", "Test resident 77")


def test_a_ward_is_corrected_by_two_officers(desk, officer):
    path = resident(desk) + "/ward"
    data = {"ward": "X99000002", "points": ["bill", "name-and-address"]}
    waiting = shown(officer, path, data, 303).response.location
    assert "Riverside" in officer.get(waiting).text
    desk.approve(waiting.rpartition("/")[2])
    assert "Hilltop" in officer.get(resident(desk)).text


def test_after_voting_the_desk_says_so_and_offers_nothing(desk, officer):
    desk.vote.move_clock(CLOSES)
    sign_in(officer, staff_id=desk.a.id)
    for path in (desk.path, resident(desk), resident(desk) + "/code", resident(desk) + "/ward", desk.path + "/add"):
        assert "Voting is over" in officer.get(path).text, path


def test_a_round_without_a_roll_and_an_unknown_resident_have_no_page(desk, officer):
    officer.get(resident(desk, "f" * 32), 404)
    officer.get("/staff/rounds/no-such-round/desk", 404)
    desk.vote.change(assurance="open")
    officer.get(desk.path, 404)


def test_looking_somebody_up_is_in_the_audit_log_and_who_it_was_is_not(desk, officer):
    find(officer, desk, postcode=POSTCODE, typed="resident 2")
    page = officer.get("/staff/audit")
    assert "roll looked up" in page.text.lower()
    assert "resident 2" not in page.text
