"""How a page is opened and what is noticed about it while it loads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.browser.patience import with_patience

AXE = Axe().axe_script
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
GRAVE = {"serious", "critical"}


@dataclass(frozen=True)
class Condition:
    """The circumstances in which a page is read."""

    name: str
    width: int = 1440
    forced_colours: bool = False
    text_size: int = 100
    scripts: bool = True


class Reader:
    """A browser tab in one condition that keeps a list of everything that went wrong."""

    def __init__(self, page: Page, address: str, condition: Condition) -> None:
        self.page, self.address, self.condition = page, address, condition
        self.troubles: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        page.on("requestfailed", self._request_failed)
        page.on("response", self._response)

    def open(self, path: str) -> Page:
        """Go to an address of the site and set the text's size."""
        self.path = path
        self.page.goto(self.address + path)
        if self.condition.text_size != 100:
            size = f"{self.condition.text_size}%"
            self.page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        return self.page

    def at_width(self, width: int) -> None:
        """Make the window this wide, as somebody does who turns a tablet round."""
        self.page.set_viewport_size({"width": width, "height": 900})

    def grave_findings(self) -> list[str]:
        """Serious and critical axe findings on the open page, a line each."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE)
        width = self.page.evaluate("innerWidth")
        return [
            f"{self.path} [{self.condition.name}, {width} px] {finding['id']} ({finding['impact']}) at "
            f"{node['target'][0]}: {finding['help']}\n    {node['html'][:200]}"
            for finding in self.page.evaluate(VIOLATIONS)
            if finding["impact"] in GRAVE
            for node in finding["nodes"]
        ]

    def sideways(self) -> list[str]:
        """What sticks out when the page has to be scrolled sideways; empty when it has not."""
        return [f"{self.path} [{self.condition.name}] sticks out: {what}" for what in self.page.evaluate(STICKS_OUT)]

    def _note(self, trouble: str) -> None:
        self.troubles.append(f"{self.path} [{self.condition.name}] {trouble}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 404" not in message.text:  # _response reports those it should
            self._note(f"console: {message.text}")

    def _request_failed(self, request: Request) -> None:
        if request.failure != LEFT_EARLY:
            self._note(f"request failed: {request.url} ({request.failure})")

    def _response(self, response: Response) -> None:
        wanted_missing = response.url == self.address + MISSING
        if response.status >= 400 and not wanted_missing:
            self._note(f"{response.url} answered {response.status}")


LEFT_EARLY = "net::ERR_ABORTED"  # the reader went to the next page before the icon had come
MISSING = "/this-page-does-not-exist"
STICKS_OUT = """() => {
  const root = document.documentElement, limit = root.clientWidth;
  if (root.scrollWidth <= limit) return [];
  const out = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > limit + 0.5);
  return out.slice(-3).map(e => e.outerHTML.slice(0, 160) + " up to " + Math.round(e.getBoundingClientRect().right)
    + " of " + limit).concat(out.length ? [] : ["something that cannot be seen, " + root.scrollWidth + " wide"]);
}"""


@contextmanager
def reading(browser: Browser, address: str, condition: Condition, cookie: str = "") -> Iterator[Reader]:
    """A reader in a context of its own, closed afterwards; signed in with a cookie (`name=value`)."""
    context = browser.new_context(
        viewport={"width": condition.width, "height": 900},
        forced_colors="active" if condition.forced_colours else "none",
        java_script_enabled=condition.scripts,
    )
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": address}])
    try:
        yield Reader(with_patience(context).new_page(), address, condition)
    finally:
        context.close()
