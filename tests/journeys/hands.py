"""Two ways of using a page: pointing at things, and a keyboard alone, whose reader must always see where they are.

hands.press("button", "Continue")            click it; or Tab to it, look at it, and press Enter
hands.type("Your voting code", "7Q4K…")      click into it and type; or Tab to it and type
"""

from pathlib import Path

from playwright.sync_api import Locator, Page

MOST_TABS = 150
WHERE = """wanted => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const lines = it.getClientRects(), line = lines[0] || it.getBoundingClientRect();
  const middle = (Math.max(line.top, 0) + Math.min(line.bottom, innerHeight)) / 2;  // of the part on the screen
  const top = document.elementFromPoint(line.left + line.width / 2, middle);
  const label = it.labels && it.labels[0];
  const seen = top && (it.contains(top) || top.contains(it) || (label && label.contains(top)));
  const group = it.type === "radio" && wanted.type === "radio" && it.name === wanted.name;
  return { here: it === wanted || group, inside: line.bottom > 0 && line.top < innerHeight, seen: Boolean(seen),
    name: it.outerHTML.slice(0, 140) };
}"""
LOOKS = """it => { const of = e => { const s = getComputedStyle(e), t = getComputedStyle(e, "::before");
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor, t.boxShadow, t.outlineWidth,
      t.borderWidth].join(); };
  const marked = [it, ...(it.labels || [])], focused = marked.map(of).join();
  it.blur(); const plain = marked.map(of).join(); it.focus({ preventScroll: true });
  return focused !== plain; }"""


class FocusLost(AssertionError):
    """With a keyboard alone the reader cannot get there, or cannot see where they are."""


class Hands:
    """What both ways share: finding things by the names a person reads."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, role: str, name: str, *, within: str = "main") -> None:
        """Press the button or link with this name."""
        self._press(self._found(role, name, within))

    def type(self, label: str, text: str, *, group: str = "") -> None:
        """Type into the field with this label, in place of what is there; `group` is the legend around it."""
        self._type(self._labelled(label, group), text)

    def tick(self, label: str, *, group: str = "") -> None:
        """Choose the radio or tick the box with this label, if it is not yet."""
        control = self._labelled(label, group)
        if not control.is_checked():
            self._tick(control)

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a list."""
        self._choose(self._labelled(label, ""), option)

    def attach(self, label: str, file: Path) -> None:
        """Choose a file."""
        with self.page.expect_file_chooser() as chooser:
            self._open(self._labelled(label, ""))
        chooser.value.set_files(file)

    def download(self, role: str, name: str) -> Path:
        """Press what sends a file; where the file is."""
        with self.page.expect_download() as got:
            self.press(role, name)
        return Path(got.value.path())

    def _labelled(self, label: str, group: str) -> Locator:
        around = self.page.locator("main")
        inner = around.get_by_role("group", name=group, exact=True) if group else around
        return inner.get_by_label(label, exact=True)

    def _found(self, role: str, name: str, within: str) -> Locator:
        return self.page.locator(within).get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]

    def _open(self, control: Locator) -> None:
        self._press(control)


class Pointing(Hands):
    """A mouse, or a finger."""

    def _press(self, control: Locator) -> None:
        control.click()

    def _type(self, control: Locator, text: str) -> None:
        control.fill(text)

    def _tick(self, control: Locator) -> None:
        control.check()

    def _choose(self, control: Locator, option: str) -> None:
        control.select_option(label=option)


class Keys(Hands):
    """Tab, Shift+Tab, Enter, Space, arrows and letters; nothing is done to an element that has not got the focus."""

    def _press(self, control: Locator) -> None:
        self._go_to(control)
        control.press("Enter")  # where the focus is already; unlike `keyboard`, this returns when the next page comes

    def _type(self, control: Locator, text: str) -> None:
        self._go_to(control)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)

    def _tick(self, control: Locator) -> None:
        self._go_to(control)
        for _ in range(20):
            if control.is_checked():
                return
            at_it = control.evaluate("it => it === document.activeElement")
            self.page.keyboard.press("Space" if at_it else "ArrowDown")
        raise FocusLost(f"the arrows do not reach {control}")

    def _choose(self, control: Locator, option: str) -> None:
        self._go_to(control)
        self.page.keyboard.press("Home")
        for _ in range(200):
            if control.evaluate("it => it.selectedOptions[0].label.trim()") == option:
                return
            self.page.keyboard.press("ArrowDown")
        raise FocusLost(f"the arrows do not reach {option!r}")

    def _open(self, control: Locator) -> None:
        self._go_to(control)
        self.page.keyboard.press("Space")

    def _go_to(self, control: Locator) -> None:
        """Tab until the control has the focus; everything on the way must be seen while it has it."""
        wanted = control.element_handle()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(WHERE, wanted)
            if stop is None:
                continue  # the end of the page: the next Tab begins again at its top
            if not (stop["inside"] and stop["seen"]):
                raise FocusLost(f"{self.page.url}: {stop['name']} has the focus and cannot be seen")
            if stop["here"]:
                if not self.page.evaluate(f"({LOOKS})(document.activeElement)"):
                    raise FocusLost(f"{self.page.url}: {stop['name']} looks the same with the focus")
                return
        raise FocusLost(f"{self.page.url}: Tab does not reach {control}")
