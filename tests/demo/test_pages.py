"""Every page of Ashmere, reached by its links, keeps the house rules and says that it is a demonstration."""

from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from pbudget.demo.actions import fill_with_ashmere
from pbudget.demo.label import ASHMERE_NOTICE
from pbudget.kit.clock import SystemClock

STARTS = ("/", "/rounds", "/boroughs/", "/find-your-ward")


@pytest.fixture
def demo(client):
    fill_with_ashmere(client.app.extensions["settings"].instance, SystemClock())
    return client


def links(page, path: str) -> list[str]:
    found = [urldefrag(urljoin(path, anchor["href"])).url for anchor in page.soup.select("a[href]")]
    return [link for link in found if not urlsplit(link).netloc and not urlsplit(link).scheme]


def walk(client) -> dict[str, object]:
    seen, waiting = {}, list(STARTS)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen[path] = client.get(path, follow_redirects=True)
        if seen[path].response.mimetype == "text/html":
            waiting += links(seen[path], path)
    return seen


def test_every_page_keeps_the_house_rules_and_carries_the_notice(demo):
    pages = {path: page for path, page in walk(demo).items() if page.response.mimetype == "text/html"}
    assert len(pages) > 60, f"only {len(pages)} pages were found: {sorted(pages)}"
    missing = [path for path, page in pages.items() if ASHMERE_NOTICE not in page.text]
    assert not missing, f"without the notice: {missing}"


def test_a_tie_that_decides_money_is_told_on_the_page_of_its_contest(demo):
    page = demo.get("/rounds/ashmere-neighbourhood-budget-2025/foundry")
    assert "tie" in page.text.lower() or "same number" in page.text.lower()


def test_the_postcode_in_the_notice_leads_to_a_ward(demo):
    page = demo.post("/find-your-ward", {"postcode": "AL91 1AA"}, status=303)
    assert page.response.location.endswith("/wards/X99000001")
