"""Every staff page that links or forms lead an officer to, in the same conditions as the pages of residents."""

import pytest

from tests.browser.looking import Condition, reading
from tests.browser.test_every_page import CONDITIONS
from tests.browser.walk import staff_routes

PHONE, *FURTHER = CONDITIONS


def test_every_staff_route_is_looked_at(found_by_staff, site_app):
    unseen = staff_routes(site_app) - found_by_staff.routes()
    assert not unseen, f"Nothing leads an officer to {sorted(unseen)}: link to it, or `filled_site` lacks its data"


def test_no_link_of_a_staff_page_is_broken(found_by_staff):
    assert not found_by_staff.broken, "\n".join(found_by_staff.broken)


@pytest.mark.parametrize(
    "condition", [PHONE, *(pytest.param(c, marks=pytest.mark.full) for c in FURTHER)], ids=lambda c: c.name
)
def test_no_staff_page_is_scrolled_sideways_has_a_grave_axe_finding_or_a_fault(
    browser, staff_site, found_by_staff, condition
):
    findings = []
    with reading(browser, staff_site.address, condition, staff_site.cookie) as reader:
        for path in found_by_staff.richest() if condition is PHONE else found_by_staff.extremes():
            assert reader.open(path).url == staff_site.address + path
            findings += reader.sideways() + reader.grave_findings()
    assert not findings, "\n".join(findings)
    assert not reader.troubles, "\n".join(reader.troubles)


@pytest.mark.full
def test_no_staff_page_is_scrolled_sideways_without_scripts(browser, staff_site, found_by_staff):
    sideways = []
    condition = Condition("320 px without scripts", width=320, scripts=False)
    with reading(browser, staff_site.address, condition, staff_site.cookie) as reader:
        for path in found_by_staff.extremes():
            reader.open(path)
            sideways += reader.sideways()
    assert not sideways, "\n".join(sideways)
    assert not reader.troubles, "\n".join(reader.troubles)
