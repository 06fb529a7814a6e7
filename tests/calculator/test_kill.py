"""kill -9: no answer that a resident saw sent is lost, and none counts twice."""

import re
import signal
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from sqlalchemy import select

from app import create_app
from pbudget.calculator.actions import load_budget, open_budget
from pbudget.calculator.models import BudgetResponse
from pbudget.config import read_settings
from pbudget.db import db
from tests.browser.site import environ_of, run, serve
from tests.calculator.building import a_budget

ANSWERS, KILLS = 3, 2
TOKEN = re.compile(r'name="(csrf_token|token)" value="([^"]+)"')


def test_what_was_acknowledged_is_there_after_the_server_was_killed(tmp_path: Path):
    environ = environ_of(tmp_path)
    run(environ, "migrate")
    with in_app(environ):
        name = load_budget(a_budget(closes="14/03/2099"))
        open_budget(name, "test-officer")
        db.engine.dispose()
    reasons = [f"Test reason {kill}-{number}" for kill in range(KILLS) for number in range(ANSWERS)]
    for kill in range(KILLS):
        server, address = serve(environ)
        for number in range(ANSWERS):
            send_twice(f"{address}/budgets/{name}", reasons[kill * ANSWERS + number])
        server.send_signal(signal.SIGKILL)
        server.communicate()
    with in_app(environ):
        kept = db.session.scalars(select(BudgetResponse.reason)).all()
        db.session.remove()
        db.engine.dispose()
    assert sorted(kept) == sorted(reasons)


def in_app(environ: dict[str, str]):
    return create_app(read_settings(environ)).app_context()


def send_twice(page: str, reason: str) -> None:
    """Begin, choose and send one answer, and send it once more, as somebody does who is not sure."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    post(browser, f"{page}/begin", page, who="one")
    post(browser, f"{page}/parts/culture", f"{page}/parts/culture", **{"version": "1", "step.libraries": "-10"})
    for _ in range(2):
        answer = post(browser, f"{page}/check", f"{page}/check", unbalanced="yes", reason=reason)
        assert "Your budget is sent" in answer


def post(browser, path: str, shown: str, **fields: str) -> str:
    """Send the form of a page, with the tokens that stand on it."""
    tokens = dict(TOKEN.findall(browser.open(shown, timeout=90).read().decode()))
    sent = urlencode({**tokens, **fields}).encode()
    return browser.open(path, sent, timeout=90).read().decode()
