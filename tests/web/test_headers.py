"""Security headers, each by its exact value."""

import pytest
from flask_wtf.csrf import generate_csrf

from app import create_app
from pbudget.web.access import public
from pbudget.web.layout import asset_url
from tests.conftest import make_settings

EXPECTED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@pytest.mark.parametrize("path", ["/about", "/no-such-page", "/health", "/brand.css"])
@pytest.mark.parametrize("header", sorted(EXPECTED))
def test_every_response_carries_the_security_header(client, path, header):
    response = client.http.get(path)
    assert response.headers.get(header) == EXPECTED[header]


def test_plain_http_sends_no_hsts_and_an_ordinary_cookie_name(sqlite_app):
    response = sqlite_app.test_client().get("/about")
    assert "Strict-Transport-Security" not in response.headers
    assert sqlite_app.config["SESSION_COOKIE_NAME"] == "pbudget"
    assert sqlite_app.config["SESSION_COOKIE_SECURE"] is False


def test_https_sends_hsts_for_a_year_and_a_host_cookie(tmp_path):
    app = create_app(make_settings(tmp_path, public_url="https://decide.example.gov.uk"))
    response = app.test_client().get("/about", base_url="https://decide.example.gov.uk")
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-pbudget"
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_a_page_sets_no_cookie_unless_it_has_a_form_to_protect(client):
    assert "Set-Cookie" not in client.http.get("/about").headers


def test_a_static_file_may_be_kept_for_a_year_and_a_page_is_checked_each_time(client, sqlite_app):
    with sqlite_app.test_request_context():
        address = asset_url("css/site.css")
    with client.http.get(address) as file:
        assert "max-age=31536000" in file.headers["Cache-Control"]
    assert client.http.get("/about").headers["Cache-Control"] == "no-cache"


def test_a_page_that_has_not_changed_is_not_sent_again(client):
    first = client.http.get("/about")
    again = client.http.get("/about", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_same_page_twice_is_byte_for_byte_the_same(client):
    assert client.http.get("/about").data == client.http.get("/about").data


def test_a_page_with_a_form_is_stored_nowhere(sqlite_app):
    sqlite_app.add_url_rule("/form", view_func=public(lambda: f"<input name=csrf_token value={generate_csrf()}>"))
    response = sqlite_app.test_client().get("/form")
    assert "Cookie" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_a_redirect_never_repeats_what_a_host_header_claims(client):
    response = client.http.get("/boroughs", headers={"Host": "evil.example"})
    assert (response.status_code, response.headers["Location"]) == (308, "/boroughs/")
