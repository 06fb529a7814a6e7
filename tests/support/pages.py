"""A test client that holds every page it fetches to the house rules."""

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from pbudget.db import db
from pbudget.hubs.queries import KEPT as HELP_KEPT
from pbudget.hubs.queries import help_known
from pbudget.publicity.queries import KEPT as ELECTION_KEPT
from pbudget.publicity.queries import period_for_pages

LARGEST_PAGE = 40 * 1024
MOST_QUERIES = 8


@dataclass
class Page:
    """A fetched page: its status, its parsed HTML, its bytes and how many statements it took."""

    response: TestResponse
    queries: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.response.status_code

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.response.data, "html.parser")

    @property
    def text(self) -> str:
        """Everything a reader reads, with single spaces."""
        return " ".join(self.soup.get_text(" ").split())

    def one(self, selector: str) -> Tag:
        found = self.soup.select(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector!r}; expected one"
        return found[0]


class PageClient:
    """Fetches like a browser without scripts and refuses any page that breaks a house rule."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http: FlaskClient = app.test_client()

    def get(self, path: str, status: int = 200, **kwargs) -> Page:
        return self._fetch("GET", path, status, **kwargs)

    def post(self, path: str, data: dict[str, str], status: int = 302, page: str | None = None) -> Page:
        """Fill in the form at `page` (default: the same address) and send it, CSRF token included."""
        form = self.get(page or path)
        token = form.soup.find("input", {"name": "csrf_token"})
        assert token, f"The form at {page or path} has no CSRF token: put {{{{ form.csrf_token }}}} into it"
        return self._fetch("POST", path, status, data={**data, "csrf_token": token["value"]})

    def _fetch(self, method: str, path: str, status: int, **kwargs) -> Page:
        self._know_what_every_page_says()
        with self.app.app_context(), counted_queries() as queries:
            response = self.http.open(path, method=method, **kwargs)
        page = Page(response, queries)
        assert page.status == status, f"{method} {path} answered {page.status}, expected {status}: {page.text[:300]}"
        if (
            response.mimetype == "text/html"
            and not 300 <= page.status < 400
            and "HX-Request" not in kwargs.get("headers", {})
        ):
            check_house_rules(self.app, page, path)
        return page

    def _know_what_every_page_says(self) -> None:
        """Have the process know help and election, as it does after its first page: a page's own statements count."""
        if {HELP_KEPT, ELECTION_KEPT} <= set(self.app.extensions):
            return
        with self.app.app_context():
            help_known()
            period_for_pages()


class counted_queries:  # noqa: N801 - reads as a phrase in `with`
    """Collects every statement that runs inside the block."""

    def __enter__(self) -> list[str]:
        self.statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", self._note)
        self.engine = db.engine
        return self.statements

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _conn, _cursor, statement, _params, _context, _many) -> None:
        self.statements.append(statement)


def check_house_rules(app: Flask, page: Page, path: str) -> None:
    """Every rule of design.md section 5, with how to mend a breach."""
    soup = page.soup
    _check_heading_and_title(soup, path)
    _check_ids_and_labels(soup, path)
    _check_forms(soup, path)
    _check_no_inline_code(soup, path)
    _check_links(app, soup, path)
    size = len(page.response.data)
    assert size <= LARGEST_PAGE, f"{path} is {size} bytes; a resident's page has at most {LARGEST_PAGE}"
    looked = page.response.request.method == "GET"  # an act writes as much as it has to
    assert not looked or len(page.queries) <= MOST_QUERIES, (
        f"{path} ran {len(page.queries)} statements; join or batch them"
    )


def _check_heading_and_title(soup: BeautifulSoup, path: str) -> None:
    headings = soup.find_all("h1")
    assert len(headings) == 1, f"{path} has {len(headings)} h1 elements; a page has one"
    heading = " ".join(headings[0].get_text(" ").split())
    title = " ".join(soup.title.get_text().split())
    failed = soup.select_one(".govuk-error-summary") is not None
    expected = f"Error: {heading}" if failed else heading
    assert title.startswith(expected), f"{path}: the title {title!r} does not start with {expected!r}"
    assert soup.html.get("lang"), f"{path}: <html> has no lang"


def _check_ids_and_labels(soup: BeautifulSoup, path: str) -> None:
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    twice = {i for i in ids if ids.count(i) > 1}
    assert not twice, f"{path}: ids used twice: {twice}"
    labelled = {label.get("for") for label in soup.find_all("label")}
    for control in soup.select("input:not([type=hidden]):not([type=submit]), select, textarea"):
        named = control.get("id") in labelled or control.get("aria-label") or control.get("aria-labelledby")
        assert named, f"{path}: {control.get('name')} has no label"
    for image in soup.find_all("img"):
        assert image.has_attr("alt"), f"{path}: an image has no alt text"
    for table in soup.find_all("table"):
        assert table.caption, f"{path}: a table has no caption"


def _check_forms(soup: BeautifulSoup, path: str) -> None:
    for form in soup.find_all("form"):
        method = (form.get("method") or "").lower()
        assert method in {"get", "post"}, f"{path}: a form does not name its method"
        if method == "post":
            assert form.find("input", {"name": "csrf_token"}), f"{path}: a POST form has no CSRF token"


def _check_no_inline_code(soup: BeautifulSoup, path: str) -> None:
    for tag in soup.find_all(["script", "style"]):
        assert tag.get("src") or tag.get("nonce"), f"{path}: an inline {tag.name} has no nonce"
    for tag in soup.find_all(True):
        inline = [a for a in tag.attrs if a == "style" or a.startswith("on") or a.startswith("hx-on")]
        assert not inline, f"{path}: <{tag.name}> carries {inline}; the policy forbids inline code"


def _check_links(app: Flask, soup: BeautifulSoup, path: str) -> None:
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    router = app.url_map.bind("localhost")
    for link in soup.find_all(["a", "link", "script", "img", "form"]):
        target = link.get("href") or link.get("src") or link.get("action")
        if target is None:
            continue
        address = urlsplit(target)
        if address.scheme in {"http", "https", "mailto", "tel"}:
            continue
        if not address.path:
            assert not address.fragment or address.fragment in ids, f"{path}: nothing has the id of {target}"
            continue
        assert resolves(router, address.path, link), f"{path}: {target} leads nowhere"


def resolves(router, path: str, link: Tag) -> bool:
    """Whether a route answers the address."""
    method = (link.get("method") or "get").upper() if link.name == "form" else "GET"
    try:
        router.match(path, method=method)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True
