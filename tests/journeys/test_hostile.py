"""Every form an officer can send, filled with what an enemy would send: a page that says no, never an error of ours."""

from collections.abc import Mapping

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask

from pbudget.rounds.queries import round_by_slug
from tests.rounds.building import NOW, Ready, ready_round
from tests.support.open_round import open_round
from tests.support.pages import PageClient
from tests.support.staff import sign_in

SCRIPT = '"><script>alert(1)</script>'
HOSTILE = {
    "script": SCRIPT,
    "turned round": "\u202egnittes\u2066 \u200f",
    "zalgo": "Z" + "\u0301\u0316\u0320\u0353" * 60,
    "nul": "a\x00b",
    "controls": "a\x1b[31mb\x07\r\nX-Header: 1",
    "not text": b"\xed\xa0\x80\xff",
    "long": "W" * 20_000,
    "ten megabytes": "W" * 10_000_000,
    "digits": "9" * 5_000,
    "other digits": "²١٢",
    "negative": "-1",
    "spaces": " \t\u00a0\u200b",
}
OFTEN_FORGOTTEN = ("script", "nul", "digits", "other digits")
PAGES = (
    "new", "{0}", "{0}/name", "{0}/dates", "{0}/pots", "{0}/pots/riverside", "{0}/ballot", "{0}/rule",
    "{0}/proposals", "{0}/proposals/new", "{0}/proposals/1", "{0}/proposals/file", "{0}/voters", "{0}/questions",
    "{0}/roll", "{0}/codes", "{0}/witnesses", "{0}/annul", "{0}/publish", "{0}/documents", "{0}/keys",
    "{0}/ask/extend", "{0}/ask/withdraw", "{0}/ask/correct", "{0}/ask/close", "{0}/ask/annul", "{0}/returned-letters",
)  # fmt: skip
REFUSED_OR_DONE = {200, 303, 400, 404, 409, 413, 422, 429}
HUGE = 10**25


@pytest.fixture
def rounds(app: Flask) -> list[str]:
    """A round being set up and one that is open, by their names in addresses."""
    ready: Ready = ready_round(app, assurance="code")
    return [ready.slug, open_round(app, now=NOW, opened_at=NOW, is_demo=True).slug]


@pytest.fixture
def officer(app: Flask, rounds: list[str]) -> PageClient:
    client = PageClient(app)  # after the rounds: making them sets the clock
    sign_in(client, "officer")
    return client


def test_no_form_of_an_officer_breaks_or_repeats_what_an_enemy_sends(officer, rounds):
    assert forms_tried(officer, rounds[0], {label: HOSTILE[label] for label in OFTEN_FORGOTTEN}) >= 22


@pytest.mark.full
@pytest.mark.parametrize(("which", "fewest"), [(0, 22), (1, 8)], ids=["being set up", "open"])
def test_no_form_breaks_whatever_is_sent(officer, rounds, which, fewest):
    assert forms_tried(officer, rounds[which], HOSTILE) >= fewest


def forms_tried(client: PageClient, slug: str, texts: Mapping[str, object]) -> int:
    """How many forms there were; every one of them stood it."""
    broken, forms = [], 0
    for page in PAGES:
        path = "/staff/rounds/" + page.format(slug)
        for form in forms_at(client, path):
            forms += 1
            broken += [f"{path}: {fault}" for fault in faults(client, path, form, texts)]
    assert not broken, "\n".join(broken)
    return forms


def forms_at(client: PageClient, path: str) -> list[Tag]:
    """The forms in the main part of a page; none where the page is not for this round."""
    return BeautifulSoup(client.http.get(path).data, "html.parser").select("main form[method=post]")


def faults(client: PageClient, path: str, form: Tag, texts: Mapping[str, object]) -> list[str]:
    """What went wrong when every field of the form was filled with each hostile text in turn."""
    token = form.select_one("[name=csrf_token]")["value"]
    names = {field["name"] for field in form.select("[name]")} - {"csrf_token"}
    found = []
    for label, text in texts.items():
        data = {**dict.fromkeys(names, text), "csrf_token": token}
        answer = client.http.post(str(form.get("action") or path), data=data)
        if answer.status_code not in REFUSED_OR_DONE:
            found.append(f"{form.get('action')}: {label} was answered with {answer.status_code}")
        if b"<script>alert" in answer.data:
            found.append(f"{form.get('action')}: {label} came back as it was")
    return found


def test_what_an_enemy_saved_is_text_on_every_page_that_shows_it(officer, rounds):
    slug, name = rounds[0], f"{SCRIPT} \u202eabc {{{{ 7 * 7 }}}}"
    officer.post(f"/staff/rounds/{slug}/name", {"name": name, "place": SCRIPT}, 303)
    for path in ("/", "/rounds", f"/rounds/{slug}", f"/staff/rounds/{slug}", "/staff/rounds", "/staff/audit"):
        page = officer.get(path)
        assert b"<script>alert" not in page.response.data
        assert "\u202e" not in page.text
    assert "{{ 7 * 7 }}" in officer.get(f"/rounds/{slug}").text
    assert round_by_slug(slug).name == name.replace("\u202e", "")


@pytest.mark.parametrize(
    "path", ["proposals/{id}", "letters/{id}", "letters/{id}/void", "letters/1?part={id}", "proposals/new?pot={id}"]
)
def test_a_number_that_no_database_holds_is_not_found(officer, rounds, path):
    answer = officer.http.get(f"/staff/rounds/{rounds[0]}/{path.format(id=HUGE)}")
    assert answer.status_code in (200, 404), answer.status_code


@pytest.mark.parametrize("name", ["New", "!!!", "новый"])
def test_a_name_that_makes_no_address_of_its_own_is_refused(officer, rounds, name):
    page = officer.post("/staff/rounds/new", {"name": name, "place": "Testtown"}, 422)
    assert "needs more in it" in page.text
