"""Every kind of page, found by its links, in every condition: nothing grave, nothing sideways, nothing broken."""

import re

import pytest

from tests.browser.looking import MISSING, Condition, reading
from tests.browser.walk import public_routes

CODE_NOW = re.compile(r"\b\d{3} \d{3}\b")
"""A test account's one-time code: another one every half minute."""
CONDITIONS = (
    Condition("320 px", width=320),
    Condition("390 px", width=390),
    Condition("1440 px"),
    Condition("forced colours", forced_colours=True),
    Condition("200 % text", text_size=200),
)
WIDTHS = (320, 390, 1440)
"""One window is made wider while it shows a page: what a page looks like does not depend on how wide it was before."""
NARROW = (
    Condition("320 px", width=320),
    Condition("320 px without scripts", width=320, scripts=False),
    Condition("640 px, 200 % text", width=640, text_size=200),
)


def test_every_public_route_is_looked_at(found, site_app):
    unseen = public_routes(site_app) - found.routes()
    assert not unseen, f"Nothing on the site leads to {sorted(unseen)}: link to it, or `filled_site` lacks its data"


def test_every_public_route_can_be_reached_by_links_from_the_front_page(found, site_app):
    unlinked = public_routes(site_app) - found.linked
    assert not unlinked, f"No link from the front page leads to {sorted(unlinked)}: link to it"


def test_no_link_is_broken(found):
    assert not found.broken, "\n".join(found.broken)


@pytest.mark.parametrize(
    ("condition", "widths"),
    [(Condition("three widths"), WIDTHS), *((each, [each.width]) for each in CONDITIONS[len(WIDTHS) :])],
    ids=lambda given: given.name if isinstance(given, Condition) else f"{len(given)}",
)
def test_no_page_has_a_grave_axe_finding_or_a_fault_while_it_loads(browser, filled_site, found, condition, widths):
    findings = []
    with reading(browser, filled_site.address, condition) as reader:
        for path in [*found.richest(), MISSING]:
            reader.at_width(widths[0])
            reader.open(path)
            for width in widths:
                reader.at_width(width)
                findings += reader.grave_findings()
    assert not findings, "\n".join(findings)
    assert not reader.troubles, "\n".join(reader.troubles)


@pytest.mark.parametrize("condition", NARROW, ids=lambda c: c.name)
def test_no_page_has_to_be_scrolled_sideways(browser, filled_site, found, condition):
    sideways = []
    with reading(browser, filled_site.address, condition) as reader:
        for path in [*found.extremes(), MISSING]:
            reader.open(path)
            sideways += reader.sideways()
    assert not sideways, "\n".join(sideways)
    assert not reader.troubles, "\n".join(reader.troubles)


def test_every_page_says_the_same_without_scripts(browser, filled_site, found):
    with (
        reading(browser, filled_site.address, Condition("scripts")) as scripted,
        reading(browser, filled_site.address, Condition("no scripts", scripts=False)) as plain,
    ):
        for path in found.extremes():
            said = [lines_of(reader.open(path).inner_text("main")) for reader in (scripted, plain)]
            assert said[0] == said[1], f"{path} says something else without scripts"


def lines_of(text: str) -> list[str]:
    """What a page says, without the button that shows a password (which needs scripts) and codes of the moment."""
    return [line for line in CODE_NOW.sub("", text).splitlines() if line.strip() not in ("", "Show")]


def test_the_navigation_is_all_there_on_a_phone_without_scripts(browser, filled_site):
    with reading(browser, filled_site.address, Condition("phone", width=320, scripts=False)) as reader:
        page = reader.open("/")
        links = page.locator(".govuk-service-navigation__link")
        assert links.count() >= 2
        for number in range(links.count()):
            assert links.nth(number).is_visible(), f"{links.nth(number).inner_text()} cannot be seen without scripts"
