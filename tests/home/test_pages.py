"""The pages every public service owes its users: what they must say, and that it is true of this software."""

import pytest
from flask import abort, render_template_string

from app import create_app
from pbudget.web.access import public
from tests.conftest import make_settings
from tests.home.reading import grade, syllables
from tests.support.pages import PageClient

CONTENT_PAGES = ("/", "/about", "/contact", "/accessibility-statement", "/privacy", "/cookies")
READING_AGE_10_TO_11 = 5.5
LEGAL_WORDING = 7.0
"""The accessibility statement has sentences that the regulations' model prescribes."""


@pytest.fixture
def with_contact(tmp_path) -> PageClient:
    settings = make_settings(tmp_path, contact_email="say@council.example", contact_phone="01632 960 001 (9am to 5pm)")
    return PageClient(create_app(settings))


@pytest.mark.parametrize("path", CONTENT_PAGES)
def test_the_page_keeps_the_house_rules(client, path):
    client.get(path)


@pytest.mark.parametrize("path", CONTENT_PAGES)
def test_the_page_can_be_read_by_an_eleven_year_old(client, path):
    limit = LEGAL_WORDING if path == "/accessibility-statement" else READING_AGE_10_TO_11
    measured = grade(client.get(path).response.text)
    assert measured <= limit, f"{path} is at grade {measured:.1f}: shorten its sentences and its words"


@pytest.mark.parametrize("path", CONTENT_PAGES)
def test_the_page_does_not_say_please_or_click_here(client, path):
    text = client.get(path).text.lower()
    assert "please" not in text
    assert "click here" not in text


@pytest.mark.parametrize("path", CONTENT_PAGES)
def test_the_footer_leads_to_every_page_a_public_service_owes(client, path):
    targets = {link["href"] for link in client.get(path).soup.select("footer a")}
    assert {"/about", "/contact", "/accessibility-statement", "/privacy", "/cookies"} <= targets


@pytest.mark.parametrize("path", ["/about", "/contact", "/accessibility-statement", "/privacy"])
def test_a_council_without_contact_settings_still_says_how_to_reach_it(client, path):
    assert "Use the contact details on the main website of Test council" in client.get(path).text


@pytest.mark.parametrize("path", ["/about", "/contact", "/accessibility-statement", "/privacy"])
def test_contact_settings_are_shown_where_they_are_needed(with_contact, path):
    page = with_contact.get(path)
    assert page.soup.select('main a[href="mailto:say@council.example"]')
    assert "01632 960 001 (9am to 5pm)" in page.one("main").text
    assert "Use the contact details on the main website" not in page.text


def test_the_footer_offers_help_in_one_sentence(with_contact):
    text = " ".join(with_contact.get("/about").one("footer").text.split())
    assert "Need help? Phone 01632 960 001 (9am to 5pm) or email say@council.example ." in text.replace("e.", "e .")


@pytest.mark.parametrize(
    ("given", "said"),
    [({"contact_phone": "01632 960 001"}, "Phone 01632 960 001."), ({"contact_email": "a@b.example"}, "Email a@b.")],
)
def test_one_way_of_contact_makes_a_whole_sentence(tmp_path, given, said):
    page = PageClient(create_app(make_settings(tmp_path, **given))).get("/about")
    assert said in " ".join(page.one("footer").text.split())


def test_about_marks_itself_as_the_present_page(client):
    current = client.get("/about").soup.select('[aria-current="page"]')
    assert {link.get_text(strip=True) for link in current} == {"About"}
    assert not client.get("/cookies").soup.select('header [aria-current="page"]')


def test_the_skip_link_is_the_first_link_and_leads_to_the_main_content(client):
    soup = client.get("/about").soup
    assert soup.select("a")[0]["href"] == "#main-content"
    assert soup.select("main#main-content")


def test_about_tells_where_the_idea_comes_from_and_what_it_guards_against(client):
    text = client.get("/about").text
    for fact in ("Lambeth", "Co-operative Council Commission", "sectional capture", "July 2011", "118 ideas"):
        assert fact in text


def test_the_accessibility_statement_has_every_part_of_the_model(client):
    page = client.get("/accessibility-statement")
    for part in (
        "in accordance with the Public Sector Bodies (Websites and Mobile Applications) (No. 2) "
        "Accessibility Regulations 2018",
        "partially compliant with the Web Content Accessibility Guidelines version 2.2 AA standard",
        "Non-accessible content",
        "Feedback and contact information",
        "Enforcement procedure",
        "Equality and Human Rights Commission",
        "Equality Advisory and Support Service",
        "Preparation of this accessibility statement",
    ):
        assert part in page.text


def test_privacy_names_the_controller_the_rights_and_where_to_complain(client):
    text = client.get("/privacy").text
    for fact in ("Test council is the controller", "article 6(1)(e)", "Information Commissioner’s Office", "SK9 5AF"):
        assert fact in text


def test_the_log_has_nothing_that_the_privacy_notice_denies(client, capsys):
    client.http.get(
        "/about?postcode=AS1+1AA", headers={"User-Agent": "canary-browser"}, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )
    line = capsys.readouterr().err
    assert '"event": "request"' in line
    for denied in ("203.0.113.9", "canary-browser", "AS1"):
        assert denied not in line


@pytest.mark.parametrize(
    ("public_url", "name"),
    [("http://127.0.0.1:8000", "pbudget"), ("https://decide.example.gov.uk", "__Host-pbudget")],
)
def test_the_cookies_page_names_the_cookie_that_a_form_really_sets(tmp_path, public_url, name):
    app = create_app(make_settings(tmp_path, public_url=public_url))

    @public
    def form():
        return render_template_string("{{ csrf_token() }}")

    app.add_url_rule("/form", view_func=form)
    http = app.test_client()
    assert name in http.get("/cookies", base_url=public_url).text
    cookie = http.get("/form", base_url=public_url).headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert "Expires" not in cookie, "the page says the cookie goes when the browser closes"
    assert "Max-Age" not in cookie


@pytest.mark.parametrize("path", CONTENT_PAGES)
def test_reading_a_page_sets_no_cookie(client, path):
    assert "Set-Cookie" not in client.http.get(path).headers


def test_an_error_page_has_a_way_on(tmp_path):
    app = create_app(make_settings(tmp_path))

    @public
    def broken():
        abort(500)

    app.add_url_rule("/broken", view_func=broken)
    page = PageClient(app).get("/broken", status=500)
    assert {"/", "/contact"} <= {link["href"] for link in page.soup.select("main a")}


@pytest.mark.parametrize(
    ("word", "count"), [("people", 2), ("asked", 1), ("table", 2), ("council", 2), ("projects", 2), ("the", 1)]
)
def test_syllables_are_counted_by_ear(word, count):
    assert syllables(word) == count
