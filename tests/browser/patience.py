"""How long a browser is waited for, and for what: a slow machine is no failure, and nobody presses half a page.

After a click that leads to another page Playwright goes on as soon as the new page has begun to come. Its scripts have
not run by then: a press would send the form in the plain way, a focus would be set that a script moves again, a list
would be read of which half is there. So whatever is done to a page, or read from it at once, waits until all of it
has loaded, in every test and in every place.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

PATIENCE = 90_000
"""Milliseconds for anything a browser is waited for. A machine that is busy with something else may take them all."""
OF_ELEMENTS = (
    "all_inner_texts",
    "check",
    "click",
    "count",
    "dblclick",
    "element_handle",
    "evaluate",
    "fill",
    "focus",
    "get_attribute",
    "inner_text",
    "input_value",
    "is_checked",
    "is_visible",
    "press",
    "select_option",
)
OF_PAGES = ("evaluate", "inner_text", "pdf")


def be_patient() -> None:
    """From now on, in this process: see above. Playwright's own looking again (`expect`) has the time as well."""
    expect.set_options(timeout=PATIENCE)
    for kind, names in ((Locator, OF_ELEMENTS), (Page, OF_PAGES)):
        for name in names:
            setattr(kind, name, once_loaded(getattr(kind, name)))


def once_loaded(act: Callable[..., Any]) -> Callable[..., Any]:
    """The same act, begun when the page with all its scripts has loaded."""
    if hasattr(act, "__wrapped__"):
        return act

    @wraps(act)
    def patient(of: Locator | Page, *arguments: Any, **options: Any) -> Any:
        loaded(of.page if isinstance(of, Locator) else of)
        return act(of, *arguments, **options)

    return patient


def loaded(page: Page) -> Page:
    """The page, once all of it is there and its scripts have run: before keys are pressed or the line is cut."""
    page.wait_for_load_state("load")
    return page


def with_patience(context: BrowserContext) -> BrowserContext:
    """The context, whose pages are waited for as long as it takes."""
    context.set_default_timeout(PATIENCE)
    return context
