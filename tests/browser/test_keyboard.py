"""With a keyboard alone: the skip link first, every control reached, and the reader always sees where they are."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import Condition, reading

MOST_TABS = 80

CONTROLS = """() => {
  const seen = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter(e => e.type !== "hidden" && !e.disabled && e.checkVisibility());
  const hidden = seen.filter(e => e.closest("[aria-hidden=true]")), open = seen.filter(e => !hidden.includes(e));
  const repeated = e => open.some(other => other.getAttribute("href") === e.getAttribute("href"));
  const alike = e => other => other.type === "radio" && other.name === e.name && other.form === e.form;
  const stops = open.filter((e, place) => e.type !== "radio" || open.findIndex(alike(e)) === place);
  return stops.length + hidden.filter(e => !repeated(e)).length;
}"""
"""How many controls there are. An area of a map that repeats a link of the table beside it is not one more; the radios
of a question are one stop, and the arrows go from one to the next."""

FOCUSED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const looks = () => { const s = getComputedStyle(it);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor, s.borderTopColor].join(); };
  const box = it.getBoundingClientRect(), focused = looks();
  const lines = it.getClientRects(), line = lines[0] || box;
  const top = document.elementFromPoint(line.left + line.width / 2, line.top + line.height / 2);
  const drawing = it.closest("svg") || it;  // the middle of a bent area can lie in its neighbour
  it.blur();
  return { name: it.outerHTML.slice(0, 120), changed: focused !== looks(),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    covered: !top || !(drawing.contains(top) || top.contains(it)) };
}"""


def tab_through(page, most: int = MOST_TABS) -> list[dict]:
    """Press Tab until the page is left; what had the focus each time."""
    stops: list[dict] = []
    while len(stops) < most:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    return stops


def test_the_first_tab_shows_a_link_that_skips_to_the_main_content(browser, filled_site):
    with reading(browser, filled_site.address, Condition("keyboard", width=320)) as reader:
        page = reader.open("/about")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
        box = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        assert box["height"] > 20
        assert box["width"] > 100
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("width", [320, 1440])
def test_tab_reaches_every_control_and_the_focus_can_be_seen(browser, filled_site, found, width):
    faults = []
    with reading(browser, filled_site.address, Condition("keyboard", width=width)) as reader:
        for path in found.richest():
            page = reader.open(path)
            controls = page.evaluate(CONTROLS)
            stops = tab_through(page)
            if len(stops) < min(controls, MOST_TABS):
                faults.append(f"{path}: Tab reaches {len(stops)} of {controls} controls")
            faults += [f"{path}: {s['name']} looks the same with the focus" for s in stops if not s["changed"]]
            faults += [f"{path}: {s['name']} is out of sight" for s in stops if not s["inside"]]
            faults += [f"{path}: {s['name']} is covered" for s in stops if s["covered"]]
    assert not faults, "\n".join(faults)


def test_the_menu_of_a_phone_opens_and_closes_from_the_keyboard(browser, filled_site):
    with reading(browser, filled_site.address, Condition("keyboard", width=320)) as reader:
        page = reader.open("/about")
        toggle = page.locator(".govuk-service-navigation__toggle")
        if not toggle.count():
            pytest.fail("The service navigation has no menu button: it has fewer than two places")
        toggle.focus()
        page.keyboard.press("Enter")
        expect(toggle).to_have_attribute("aria-expanded", "true")
        expect(page.locator(".govuk-service-navigation__list")).to_be_visible()
        page.keyboard.press("Enter")
        expect(toggle).to_have_attribute("aria-expanded", "false")
