"""A ward whose name has no space to break at: the boundary command takes up to 120 characters of anything."""

import pytest

from tests.browser.looking import Condition, reading

UNBROKEN = "W" * 120
WHERE_IT_STANDS = "h1, .ward-beside p, .ward-neighbours a, .govuk-breadcrumbs__list-item:last-child"
RENAME = """([where, name]) =>
  document.querySelectorAll(where).forEach(each => { each.textContent = name })"""


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_a_ward_with_an_unbroken_name_is_not_scrolled_sideways(browser, filled_site, found, width):
    ward = next(iter(found.pages["wards.ward"]))
    with reading(browser, filled_site.address, Condition(f"{width} px", width=width)) as reader:
        reader.open(ward).evaluate(RENAME, [WHERE_IT_STANDS, UNBROKEN])
        assert not reader.sideways()
