"""Measures one choice in the calculator: 40 lines are sent, the balance comes back; alone, and with 50 people at once.

    .venv/bin/python -m bench.calculator                     # 900 choices in turns, SQLite
    .venv/bin/python -m bench.calculator --database postgresql://…    # an empty database of its own

The budget is Ashmere's, all of it on one page, sent as htmx sends it: every radio and box of 40 lines, tax and schemes.
Each choice changes the answer, so each writes. Fifty people read for two seconds on average before each choice, which
is quick. "No reading" is fifty who choose again the moment they have their answer, so that fifty choices wait at any
time: more than fifty people do. The bare page answers with as many bytes behind the same server in the same run.
Targets: at most 5 statements, 15 ms of the server's processor for a choice, and 500 ms for 95 of 100 with fifty people,
reading or not. The exit status is 1 when one is missed.
"""

import statistics
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from flask import Flask

from bench.serving import (
    Measured,
    Request,
    Served,
    cookie_of,
    csrf_of,
    fire,
    line_of,
    measured_in_a_folder,
    pbudget_app,
    ratio_of,
    slow_answer,
)

TURNS = 3
PEOPLE, READING_SECONDS = 50, 2.0
WARM_UP = 100
MOST_STATEMENTS, MOST_CPU, MOST_SECONDS = 5, 0.015, 0.5


def bare_app(size: int) -> Flask:
    """The least that answers a POST with this many bytes."""
    app = Flask("bare")

    @app.post("/choose")
    def choose() -> str:
        return "x" * size

    return app


def posted(token: str, turn: int) -> str:
    """Every control of the page with everything on it; libraries change from turn to turn."""
    from pbudget.calculator.rules.choices import BOX, STEP, parts_of
    from pbudget.calculator.rules.sheet import read_budget
    from pbudget.demo.ashmere.budget import THIS_YEAR, budget_csv

    fields = {"csrf_token": token, "version": "1", "band": "C"}
    for key in parts_of(read_budget(budget_csv(THIS_YEAR, datetime.now(UTC).date()))):
        fields |= {STEP + key: "", BOX + key: "", f"comment.{key}": ""}
    return urlencode(fields | {STEP + "libraries": ("-10", "10")[turn % 2]})


def prepare(people: int) -> tuple[list[list[Request]], int, int]:
    """Two rounds of a choice by everybody, the size of an answer in bytes, and how many statements one takes."""
    from pbudget import schema
    from pbudget.calculator.actions import load_budget, open_budget
    from pbudget.calculator.answering import begin_answer
    from pbudget.calculator.rules.sheet import read_budget
    from pbudget.calculator.sessions import DRAFT
    from pbudget.demo.ashmere.budget import THIS_YEAR, budget_csv
    from tests.support.pages import counted_queries

    app = pbudget_app()
    with app.app_context():
        schema.upgrade()
        closes = (datetime.now(UTC) + timedelta(days=30)).date()
        name = load_budget(read_budget(budget_csv(THIS_YEAR, closes)))
        open_budget(name, "bench")
        token, kept = csrf_of(app)
        cookies = [cookie_of(app, kept, begin_answer(name), DRAFT) for _ in range(people)]
        bodies = [posted(token, turn) for turn in range(2)]
        path = f"/budgets/{name}/parts/all"
        rounds = [[Request(path, body, cookie, by_htmx=True) for cookie in cookies] for body in bodies]
        client = app.test_client()
        client.set_cookie(*cookies[0].split("=", 1))
        headers = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
        with counted_queries() as statements:
            answer = client.post(path, data=bodies[1], headers=headers)
        assert answer.status_code == 200, answer.text
        return rounds, len(answer.data), len([each for each in statements if not each.startswith("BEGIN")])


def measure(choices: int, _database: str) -> int:
    """Turn about; print the figures; the exit status."""
    rounds, size, statements = prepare(PEOPLE)
    wanted = [request for turn in range(choices // TURNS // PEOPLE) for request in rounds[turn % 2]]
    plain = [Request("/choose", "", "")] * len(wanted)
    bare_turns: list[Measured] = []
    alone: list[Measured] = []
    crowd: list[Measured] = []
    rush: list[Measured] = []
    with Served(bare_app, size) as bare, Served(pbudget_app) as ours:
        fire(bare, plain[:WARM_UP])
        fire(ours, [*rounds[0], *rounds[1]])
        for _turn in range(TURNS):
            bare_turns.append(fire(bare, plain))
            alone.append(fire(ours, wanted, at_once=1))
            crowd.append(fire(ours, wanted, at_once=PEOPLE, pause=READING_SECONDS))
            rush.append(fire(ours, wanted, at_once=PEOPLE))
    cpu = statistics.median(turn.cpu for turn in alone)
    slow, rushed = slow_answer(crowd), slow_answer(rush)
    print(line_of("bare answer", bare_turns))
    print(line_of("one person", alone))
    print(line_of("fifty people", crowd))
    print(line_of("no reading", rush))
    ratio = ratio_of(alone, bare_turns)
    print(f"ratio         {ratio:6.2f}  one person to the bare rate, {size:,} bytes, {len(wanted)} choices a turn")
    print(f"statements    {statements:6d}  (target at most {MOST_STATEMENTS})")
    print(f"processor     {cpu * 1000:6.1f}  ms a choice (target at most {MOST_CPU * 1000:.0f})")
    print(f"fifty people  {slow * 1000:6.0f}  ms for 95 of 100 (target at most {MOST_SECONDS * 1000:.0f})")
    print(f"no reading    {rushed * 1000:6.0f}  ms for 95 of 100 (target at most {MOST_SECONDS * 1000:.0f})")
    return 0 if statements <= MOST_STATEMENTS and cpu <= MOST_CPU and max(slow, rushed) <= MOST_SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(measured_in_a_folder(__doc__, measure, choices=900))
