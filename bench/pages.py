"""Measures reading: the page with thirty projects to choose from against a bare Flask page of the same size.

    .venv/bin/python -m bench.pages                     # 450 pages in turns, 8 readers, SQLite
    .venv/bin/python -m bench.pages --database postgresql://…    # an empty database of its own

Both run behind the same server (waitress, 8 threads) in processes of their own and take turns in the same run. The bare
page reads the same thirty rows with raw SQL and renders them with one template of a loop, filled up to the same number
of bytes: no session, no form token, no components. Targets: at least 0.4 of the bare rate, at most 8 statements. The
exit status is 1 when one is missed.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from flask import Flask

from bench.serving import (
    AT_ONCE,
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
)

TURNS = 9
WARM_UP = 24
PROJECTS = 30
TARGET_RATIO, MOST_STATEMENTS = 0.4, 8
ABOUT = "A place to skate and meet, beside the railway bridge. It was asked for at three open days. "
BARE_PAGE = """<!doctype html><html lang="en"><head><title>Projects</title></head><body><h1>Projects</h1><ul>
{% for reference, title, about, cost in rows %}<li><h2>{{ title }}</h2><p>{{ about }}</p><p>{{ cost }}</p>
<button name="add" value="{{ reference }}">Add</button></li>
{% endfor %}</ul><p>{{ filling }}</p></body></html>"""


def projects() -> list[tuple[str, str, int]]:
    """Reference, title and pence of thirty projects."""
    return [(f"p{n}", f"Project {n:02} of a list", 900_000 + n) for n in range(PROJECTS)]


def bare_app(database: str, size: int) -> Flask:
    """The least that reads thirty rows and renders a page of this many bytes."""
    app = Flask("bare")
    app.jinja_env.autoescape = True
    template = app.jinja_env.from_string(BARE_PAGE)  # compiled once, as a template in a file is

    @app.get("/list")
    def page() -> str:
        rows = read(database, "SELECT reference, title, about, cost FROM project ORDER BY reference")
        return template.render(rows=rows, filling="x" * max(0, size - PROJECTS * 250))

    return app


def read(database: str, statement: str) -> list[tuple[object, ...]]:
    """Rows by raw SQL, on a connection of the request's own."""
    if database.startswith("postgresql"):
        import psycopg

        with psycopg.connect(database) as server:
            return server.execute(statement).fetchall()
    with closing(sqlite3.connect(database)) as file:
        return file.execute(statement).fetchall()


def prepare_bare(database: str) -> None:
    """The bare table with the thirty projects."""
    columns = "CREATE TABLE project (reference TEXT PRIMARY KEY, title TEXT, about TEXT, cost INTEGER)"
    rows = [(reference, title, ABOUT, cost) for reference, title, cost in projects()]
    if database.startswith("postgresql"):
        import psycopg

        with psycopg.connect(database) as server:
            server.execute(columns)
            server.cursor().executemany("INSERT INTO project VALUES (%s, %s, %s, %s)", rows)
        return
    with closing(sqlite3.connect(database)) as file, file:
        file.execute(columns)
        file.executemany("INSERT INTO project VALUES (?, ?, ?, ?)", rows)


def prepare_page() -> tuple[Request, int, int]:
    """The GET of the page, its size in bytes and how many statements it takes."""
    from pbudget import schema
    from pbudget.ballots.actions import start_draft
    from tests.support.open_round import PotPlan, moments_around, open_round
    from tests.support.pages import counted_queries

    app = pbudget_app()
    with app.app_context():
        schema.upgrade()
        pots = (PotPlan("riverside", "Riverside", ideas=projects(), about=ABOUT),)
        vote = open_round(app, "bench", pots=pots, now=None, letters=0, **moments_around(datetime.now(UTC)))
        draft_id = start_draft(vote.id, "0" * 64, vote.wards[0], assurance="code")
        _token, kept = csrf_of(app)
        wanted = Request(f"{vote.path}/projects/riverside", "", cookie_of(app, kept, draft_id), "GET")
        with counted_queries() as statements:
            name, _, value = wanted.cookie.partition("=")
            client = app.test_client()
            client.set_cookie(name, value)
            page = client.get(wanted.path)
        assert page.status_code == 200, page.status
        return wanted, len(page.data), len([each for each in statements if not each.startswith("BEGIN")])


def measure(pages: int, database: str) -> int:
    """Turn about; print the figures; the exit status."""
    wanted, size, statements = prepare_page()
    prepare_bare(database)
    plain, share = Request("/list", "", "", "GET"), pages // TURNS
    bare_turns: list[Measured] = []
    our_turns: list[Measured] = []
    with Served(bare_app, database, size) as bare, Served(pbudget_app) as ours:
        for server, first in ((bare, plain), (ours, wanted)):
            fire(server, [first] * WARM_UP)
        for _turn in range(TURNS):
            bare_turns.append(fire(bare, [plain] * share))
            our_turns.append(fire(ours, [wanted] * share))
    ratio = ratio_of(our_turns, bare_turns)
    print(line_of("bare page", bare_turns))
    print(line_of("thirty to see", our_turns))
    print(f"ratio         {ratio:6.2f}  (target at least {TARGET_RATIO}), {AT_ONCE} readers, {size:,} bytes")
    print(f"statements    {statements:6d}  (target at most {MOST_STATEMENTS})")
    return 0 if ratio >= TARGET_RATIO and statements <= MOST_STATEMENTS else 1


if __name__ == "__main__":
    raise SystemExit(measured_in_a_folder(__doc__, measure, pages=450))
