"""Error pages: every status has one, none needs the database, htmx gets a fragment."""

import pytest
from flask import abort
from sqlalchemy.exc import OperationalError

from app import create_app
from pbudget.kit.errors import BadInput
from pbudget.web.access import public
from pbudget.web.errors import ERROR_TEXTS
from tests.conftest import make_settings
from tests.support.pages import PageClient


@pytest.fixture
def failing(tmp_path) -> PageClient:
    """An application whose database cannot be opened, with a route for every failure."""
    settings = make_settings(tmp_path, "sqlite:////nowhere/at/all.sqlite", testing=False)
    app = create_app(settings)

    @public
    def fail(code: int):
        abort(code)

    @public
    def bad_input():
        raise BadInput("Row 3: “twelve” is not a number. Use digits.")

    @public
    def database():
        raise OperationalError("SELECT secret", {"name": "canary"}, Exception("database is locked"))

    @public
    def bug():
        raise ValueError("canary@example.org")

    app.add_url_rule("/fail/<int:code>", view_func=fail)
    for view in (bad_input, database, bug):
        app.add_url_rule(f"/{view.__name__}", view_func=view)
    return PageClient(app)


def fetch(client: PageClient, path: str, **headers: str):
    return client.http.get(path, headers=headers)


@pytest.mark.parametrize("code", sorted(ERROR_TEXTS))
def test_each_status_has_a_page_that_says_what_to_do_without_a_database(failing, code):
    page = fetch(failing, f"/fail/{code}")
    assert page.status_code == code
    text = page.get_data(as_text=True)
    assert ERROR_TEXTS[code].heading in text
    assert f"<title>{ERROR_TEXTS[code].heading}" in text
    assert ERROR_TEXTS[code].paragraphs[-1] in text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("code", sorted(ERROR_TEXTS))
def test_htmx_gets_the_message_without_the_page_around_it(failing, code):
    fragment = fetch(failing, f"/fail/{code}", **{"HX-Request": "true"}).get_data(as_text=True)
    assert ERROR_TEXTS[code].paragraphs[0] in fragment
    assert "<html" not in fragment


def test_bad_input_says_where_and_what_to_do(failing):
    page = fetch(failing, "/bad_input")
    assert page.status_code == 422
    assert "Row 3: “twelve” is not a number. Use digits." in page.get_data(as_text=True)


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(failing):
    page = fetch(failing, "/database")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "60"
    assert b"SELECT" not in page.data


def test_a_bug_shows_a_calm_page_and_logs_no_value(failing, capsys):
    page = fetch(failing, "/bug")
    assert page.status_code == 500
    assert b"canary" not in page.data
    log = capsys.readouterr().err
    assert '"error": "ValueError"' in log
    assert "canary" not in log


def test_a_page_that_is_not_there_keeps_the_house_rules(client):
    client.get("/no-such-page", status=404)


def test_a_wrong_method_names_the_right_ones(client):
    page = client.http.post("/about")
    assert page.status_code in {400, 405}


def test_a_body_over_the_limit_is_refused(failing):
    failing.app.config["WTF_CSRF_ENABLED"] = True
    page = failing.http.post("/about", data={"text": "x" * 70_000})
    assert page.status_code in {413, 405, 400}


@pytest.mark.parametrize("asked", ["bytes=99999999999-", "bytes=5-1", "bytes=abc", "bytes=-0"])
def test_a_part_of_a_file_that_cannot_be_is_refused_and_never_an_error_of_ours(failing, asked):
    page = fetch(failing, "/static/css/site.css", Range=asked)
    assert page.status_code == 416
    assert "Download the whole file again" in page.text
