"""Finds every kind of page by following the site's own links from the front page."""

from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, RequestRedirect, Rule

from pbudget.db import db
from pbudget.desk.models import DeskPermit
from pbudget.rounds.models import Round
from pbudget.web.access import access_of
from tests.browser.site import Site

MOST_OF_A_KIND = 40
MACHINE_ROUTES = frozenset({"static", "health.health", "health.ready", "layout.brand", "layout.mark"})
"""Public routes that are no pages: nobody is meant to come to them by a link."""
STEPS_OF_SIGNING_IN = frozenset(
    {
        "accounts.authenticator_svg",
        "accounts.invitation",
        "accounts.set_up_authenticator",
        "accounts.sign_in_code",
        "accounts.sign_in_recovery_code",
        "accounts.signed_out",
    }
)
"""Public routes that answer only within a sign-in, or to a link that was sent; tests/accounts goes through them."""
LINKS_IN_EMAILS = frozenset({"reminders.stop"})
"""Public routes that answer only to a link in an e-mail; tests/rounds/test_reminders.py goes through them."""
AFTER_A_FORM = ("/staff/sign-in-again",)
"""Addresses without a name in them that staff come to by an act, and not by a link."""


@dataclass
class Walk:
    """What was found: the pages of each kind with their sizes, the files, the links that failed.

    A kind is a route; where an address has a word of a fixed list in it (`rule`, `dates`), each word is a kind.

    `linked` are the routes that a reader comes to from the front page by links alone.
    """

    pages: dict[str, dict[str, int]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    linked: set[str] = field(default_factory=set)

    def richest(self) -> list[str]:
        """The longest page of each kind."""
        return [max(sizes, key=sizes.__getitem__) for sizes in self.pages.values()]

    def extremes(self) -> list[str]:
        """The longest and the shortest page of each kind."""
        shortest = (min(sizes, key=sizes.__getitem__) for sizes in self.pages.values())
        return list(dict.fromkeys([*self.richest(), *shortest]))

    def routes(self) -> set[str]:
        """The names of the routes that were reached, pages and files."""
        return {kind.partition(" ")[0] for kind in (*self.pages, *self.files)}


def walk(site: Site, app: Flask) -> Walk:
    """Follow links from the front page, then from every other page that needs no name to be asked for."""
    found, seen, visits = Walk(), {"/"}, Counter[str]()
    follow(site, app, found, seen, visits)
    found.linked = found.routes()
    for path in sorted(plain_addresses(app) - seen):
        seen.add(path)
        follow(site, app, found, seen, visits, start=path)
    return found


def walk_of_staff(site: Site, app: Flask) -> Walk:
    """Follow links from the page where staff start, then from what a form leads to; staff pages alone."""
    found, seen, visits, among = Walk(), set[str](), Counter[str](), staff_routes(app)
    for start in ("/staff", *AFTER_A_FORM, *pages_after_a_form(app)):
        if start not in seen:
            seen.add(start)
            follow(site, app, found, seen, visits, start=start, among=among)
    return found


def pages_after_a_form(app: Flask) -> list[str]:
    """Addresses that officers come to by sending a form: a resident that was found, a file of the roll."""
    with app.app_context():
        found = db.session.execute(select(Round.slug, DeskPermit).join(DeskPermit, DeskPermit.round_id == Round.id))
        pages = [f"/staff/rounds/{slug}/desk/residents/{permit.roll_entry_id}" for slug, permit in found]
        slugs = dict(db.session.execute(select(Round.id, Round.slug)).all())
        db.session.remove()
    files = (app.extensions["settings"].instance / "uploads").glob("*.csv")
    sent = [path.stem.split("-", 1) for path in files]
    return pages + [f"/staff/rounds/{slugs[int(round_id)]}/roll/files/{name}" for round_id, name in sent]


def follow(
    site: Site,
    app: Flask,
    found: Walk,
    seen: set[str],
    visits: Counter[str],
    *,
    start: str = "/",
    among: Collection[str] = (),
) -> None:
    """Follow links breadth first, up to MOST_OF_A_KIND addresses of each kind; only to routes in `among`, if any."""
    queue = deque([(start, "the start")])
    while queue:
        path, source = queue.popleft()
        kind = kind_of(app, path)
        visits[kind] += 1
        if visits[kind] > MOST_OF_A_KIND or (among and kind.partition(" ")[0] not in among):
            continue
        for link in look_at(site, found, kind, path, source):
            if link not in seen:
                seen.add(link)
                queue.append((link, path))


def look_at(site: Site, found: Walk, kind: str, path: str, source: str) -> Iterable[str]:
    """Note one address under its kind and give the links on it."""
    answer = site.get(path)
    if answer.status != 200:
        found.broken.append(f"{path} (linked from {source}) answered {answer.status}")
        return ()
    if answer.kind != "text/html":
        found.files.setdefault(kind, []).append(path)
        return ()
    found.pages.setdefault(kind, {})[path] = len(answer.text)
    return links_in(answer.text, path)


def links_in(html: str, path: str) -> Iterable[str]:
    """Every address of this site that the page links to or shows a picture from, without fragments."""
    for tag in BeautifulSoup(html, "html.parser").select("a[href], img[src]"):
        target = urldefrag(urljoin(f"http://site{path}", tag.get("href") or tag["src"])).url
        parts = urlsplit(target)
        if parts.scheme == "http" and parts.netloc == "site":
            yield (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def kind_of(app: Flask, path: str) -> str:
    """The name of the route that answers an address, with the words of fixed lists in it; its path when none does."""
    try:
        rule, values = app.url_map.bind("site").match(urlsplit(path).path, return_rule=True)
    except (HTTPException, RequestRedirect):
        return path
    fixed = [str(value) for name, value in values.items() if isinstance(rule._converters[name], AnyConverter)]
    return " ".join([rule.endpoint, *fixed])


def public_rules(app: Flask) -> list[Rule]:
    """Every route that anyone may read by GET and that is a page or a file for people."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and access_of(app, rule.endpoint) == "public"
        and rule.endpoint not in MACHINE_ROUTES | STEPS_OF_SIGNING_IN | LINKS_IN_EMAILS
    ]


def staff_routes(app: Flask) -> set[str]:
    """The names of the routes that an officer may read by GET."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and {"officer", "staff"} & set((access_of(app, rule.endpoint) or "").split(","))
    }


def public_routes(app: Flask) -> set[str]:
    """Their names."""
    return {rule.endpoint for rule in public_rules(app)}


def plain_addresses(app: Flask) -> set[str]:
    """The addresses of those that need no name or number in them."""
    return {rule.rule for rule in public_rules(app) if not rule.arguments}
