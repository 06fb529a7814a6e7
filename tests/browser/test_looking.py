"""The checks notice what they are there for: each fault is put into a page on its way to the browser."""

import pytest
from playwright.sync_api import Page

from tests.browser.looking import Condition, reading
from tests.browser.test_keyboard import tab_through


@pytest.fixture
def reader(browser, filled_site):
    with reading(browser, filled_site.address, Condition("a page with a fault", width=390)) as opened:
        yield opened


def spoil(page: Page, css: str) -> None:
    """Send this style sheet in place of the site's own."""
    page.route("**/css/site.css*", lambda route: route.fulfill(content_type="text/css", body=css))


def test_a_sound_page_has_nothing_to_report(reader):
    reader.open("/about")
    assert (reader.grave_findings(), reader.sideways(), reader.troubles) == ([], [], [])


def test_pale_text_is_a_grave_finding(reader):
    spoil(reader.page, "main p { color: #b0b0b0 !important }")
    reader.open("/about")
    assert any("color-contrast" in finding for finding in reader.grave_findings())


def test_a_heading_wider_than_the_screen_sticks_out(reader):
    spoil(reader.page, "h1 { width: 600px }")
    reader.open("/about")
    assert any("<h1" in what for what in reader.sideways())


def test_a_focus_that_cannot_be_seen_is_noticed(reader):
    spoil(reader.page, "* { outline: 0 !important; box-shadow: none !important; background: none !important }")
    page = reader.open("/cookies")
    assert not all(stop["changed"] for stop in tab_through(page))


def test_a_style_the_security_policy_refuses_is_noticed(reader):
    page = reader.open("/about")
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    assert any("Content Security Policy" in trouble for trouble in reader.troubles), reader.troubles


@pytest.mark.parametrize("answer", [404, None])
def test_a_script_that_does_not_come_is_noticed(reader, answer):
    def refuse(route):
        return route.fulfill(status=answer) if answer else route.abort("failed")

    reader.page.route("**/js/enabled.js*", refuse)
    with reader.page.expect_event("response" if answer else "requestfailed", lambda it: "enabled.js" in it.url):
        reader.open("/about")
    assert any("enabled.js" in trouble for trouble in reader.troubles)


def test_a_chromium_that_is_not_there_is_named_with_what_to_do(monkeypatch):
    from tests.browser.chromium import NoChromium, chromium_path

    monkeypatch.setenv("PBUDGET_CHROMIUM", "/no/such/chromium")
    with pytest.raises(NoChromium, match=r"/no/such/chromium, which is not there\. Name one that is"):
        chromium_path("/none")
    monkeypatch.delenv("PBUDGET_CHROMIUM")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoChromium, match=r"run `python3 app\.py test`"):
        chromium_path("/none")
