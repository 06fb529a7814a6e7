"""One page a ward for councillors."""

from contextlib import nullcontext

import pypdf
from playwright.sync_api import Browser

from pbudget.guard.live import report_round
from pbudget.results.counting import count_round
from tests.browser.conftest import browser_type_launch_args  # noqa: F401 - the Chromium of this machine
from tests.browser.patience import with_patience
from tests.guard.test_fifty_wards import WARDS, fifty_wards
from tests.guard.test_live import older_people_came, open_with_questions, voted
from tests.support.pages import PageClient
from tests.support.staff import sign_in


def officer(app) -> PageClient:
    """Signed in after the round was made: its clock is another."""
    reader = PageClient(app)
    sign_in(reader, "officer")
    return reader


def test_a_sheet_says_the_verdict_why_and_who_took_part(sqlite_app):
    vote = voted(sqlite_app, older_people_came())
    count_round(vote.id, "system")
    list(report_round(vote.id))
    client = officer(sqlite_app)
    reports = client.get(f"/staff/rounds/{vote.slug}/guard")
    assert f"/staff/rounds/{vote.slug}/sheets" in [link["href"] for link in reports.soup.select("main a")]
    (sheet,) = client.get(f"/staff/rounds/{vote.slug}/sheets").soup.select(".sheet")
    told = " ".join(sheet.get_text(" ").split())
    for words in ("Riverside: who took part", "At risk of capture", "cast 9% of ballots", "Nothing is decided yet"):
        assert words in told


def test_before_the_reports_the_page_says_so(sqlite_app):
    vote = open_with_questions(sqlite_app, older_people_came(20))
    page = officer(sqlite_app).get(f"/staff/rounds/{vote.slug}/sheets")
    assert "There is no report yet" in page.text and not page.soup.select(".sheet")


def test_fifty_wards_are_fifty_printed_pages(sqlite_app, browser: Browser, tmp_path):
    """Chromium prints what the server sent, with the styles beside it; nothing else is loaded."""
    vote = fifty_wards(sqlite_app)
    list(report_round(vote.id))
    context, site = with_patience(browser.new_context()), sqlite_app.test_client()
    page = context.new_page()

    def serve(route) -> None:
        path = route.request.url.removeprefix("http://sheets.test")
        with nullcontext(sheets) if path.endswith("/sheets") else site.get(path) as answer:
            route.fulfill(status=200, content_type=answer.content_type, body=answer.get_data())

    sheets = officer(sqlite_app).http.get(f"/staff/rounds/{vote.slug}/sheets")  # fifty sheets are no page for a phone
    page.route("**/*", serve)
    page.goto(f"http://sheets.test/staff/rounds/{vote.slug}/sheets")
    page.pdf(path=tmp_path / "sheets.pdf", format="A4", prefer_css_page_size=True)
    context.close()
    texts = [each.extract_text() for each in pypdf.PdfReader(tmp_path / "sheets.pdf").pages]
    assert len(texts) == WARDS, f"{len(texts)} pages"
    assert all(f"Ward {n:02}" in text for n, text in enumerate(texts, start=1))
