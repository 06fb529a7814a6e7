"""Measures casting: the last step of the journey against a bare Flask page that inserts one ballot, as a ratio.

    .venv/bin/python -m bench.casting                   # 2,000 ballots in turns, 8 writers, SQLite
    .venv/bin/python -m bench.casting --ballots 10000
    .venv/bin/python -m bench.casting --database postgresql://…    # an empty database of its own

Each application runs behind the same server (waitress, 8 threads) in a process of its own, on the same kind of database
with the same durability; they take turns in the same run, after a few requests that nobody counts. Targets: at least
0.4 of the bare rate (the middle one of the turns), 95 of 100 answers within 100 ms with 8 writers, and every answer a
recorded vote, which the ledger confirms at the end. The exit status is 1 when one is missed.

bare   the least that inserts a ballot durably: no session, no form token, raw SQL on a connection of the request's own
usual  the same insert as people write it with the same stack: Flask-SQLAlchemy, a pool, a session, a form token; for
       information, and on PostgreSQL the more telling one: there a connection of its own costs the bare page more than
       its insert

"Server" is the processor time of the server's process for one answer. It says more than the rate on a machine that does
other things as well; PostgreSQL's own processes are not in it.
"""

import sqlite3
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Flask, session
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import event, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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
    slow_answer,
)

TURNS = 9
WARM_UP = 40
TARGET_RATIO, TARGET_P95 = 0.4, 0.100
BARE_TABLE = "CREATE TABLE IF NOT EXISTS ballot (id INTEGER PRIMARY KEY, payload TEXT NOT NULL)"
PAYLOAD = "x" * 400


def bare_app(database: str) -> Flask:
    """The least that inserts a ballot durably: one page, one connection a request, one insert."""
    app = Flask("bare")

    @app.post("/cast")
    def cast() -> str:
        insert = insert_postgresql if database.startswith("postgresql") else insert_sqlite
        insert(database, PAYLOAD)
        return "Your vote is recorded"

    return app


def insert_sqlite(path: str, payload: str) -> None:
    """One durable insert."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO ballot (payload) VALUES (?)", (payload,))
    connection.execute("COMMIT")
    connection.close()


def insert_postgresql(url: str, payload: str) -> None:
    """One durable insert."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO ballot (payload) VALUES (%s)", (payload,))


def prepare_bare(database: str) -> None:
    """Make the bare table."""
    if database.startswith("postgresql"):
        import psycopg

        with psycopg.connect(database) as connection:
            connection.execute(BARE_TABLE.replace("INTEGER PRIMARY KEY", "SERIAL PRIMARY KEY"))
        return
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute(BARE_TABLE)


class Base(DeclarativeBase):
    """Models of the usual application."""


class Ballot(Base):
    """The bare table, as a model."""

    __tablename__ = "ballot"
    id: Mapped[int] = mapped_column(primary_key=True)
    payload: Mapped[str]


def usual_app(database: str, secret: str) -> Flask:
    """The same insert with Flask-SQLAlchemy, a session and a form token; the session says who votes."""
    app, db = Flask("usual"), SQLAlchemy(model_class=Base)
    address = database.replace("postgresql://", "postgresql+psycopg://")
    app.config |= {"SECRET_KEY": secret, "SESSION_COOKIE_NAME": "pbudget", "WTF_CSRF_TIME_LIMIT": None}
    app.config["SQLALCHEMY_DATABASE_URI"] = address if "://" in address else f"sqlite:///{address}"
    db.init_app(app)
    CSRFProtect(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=FULL"))

    @app.post("/cast")
    def cast() -> str:
        assert session["ballot"]
        db.session.execute(insert(Ballot).values(payload=PAYLOAD))
        db.session.commit()
        return "Your vote is recorded"

    return app


def prepare_drafts(count: int) -> list[Request]:
    """An open round with this many ballots on "Check your vote"."""
    from pbudget import schema
    from pbudget.ballots.actions import change_draft, start_draft
    from pbudget.ballots.queries import paper_for
    from pbudget.ballots.rules.choices import Change
    from pbudget.db import transaction
    from tests.support.open_round import moments_around, open_round

    app = pbudget_app()
    with app.app_context():
        schema.upgrade()
        vote = open_round(app, "bench", now=None, letters=0, **moments_around(datetime.now(UTC)))
        contest = paper_for(vote.id, vote.wards[0]).contests[0]
        csrf, kept = csrf_of(app)
        requests = []
        with transaction():  # one for all: thousands of their own take minutes
            for number in range(count):
                draft_id = start_draft(vote.id, f"{number:064x}", vote.wards[0], assurance="code")
                held = change_draft(draft_id, contest, Change("add", "skate"), {})
                body = urlencode({"token": held.token, "csrf_token": csrf})
                requests.append(Request(f"{vote.path}/check", body, cookie_of(app, kept, draft_id)))
    return requests


def measure(ballots: int, database: str) -> int:
    """Turn about, so that all meet the same machine; print the figures and say whether the targets are met."""
    requests = prepare_drafts(ballots + WARM_UP)
    prepare_bare(database)
    plain, formed = Request("/cast", "", ""), requests[0]._replace(path="/cast")
    share = ballots // TURNS
    turns: dict[str, list[Measured]] = {"bare": [], "usual": [], "ours": []}
    secret = str(pbudget_app().config["SECRET_KEY"])
    with Served(bare_app, database) as bare, Served(usual_app, database, secret) as usual, Served(pbudget_app) as ours:
        for server, first in ((bare, [plain] * WARM_UP), (usual, [formed] * WARM_UP), (ours, requests[:WARM_UP])):
            fire(server, first)
        for start in range(WARM_UP, WARM_UP + share * TURNS, share):
            turns["bare"].append(fire(bare, [plain] * share))
            turns["usual"].append(fire(usual, [formed] * share))
            turns["ours"].append(fire(ours, requests[start : start + share]))
    return report(turns, recorded=ballots_in_ledger(), sent=WARM_UP + share * TURNS)


def ballots_in_ledger() -> int:
    """How many ballots there are, in a ledger that has been verified."""
    from pbudget.ledger.queries import ballot_totals, rounds_with_a_ledger, verify_ledger

    with pbudget_app().app_context():
        ((round_id, _name),) = rounds_with_a_ledger()
        return ballot_totals(round_id).cast if verify_ledger(round_id).ok else 0


def report(turns: dict[str, list[Measured]], *, recorded: int, sent: int) -> int:
    """Print the figures; the exit status."""
    for name, called in (("bare", "bare insert"), ("usual", "usual insert"), ("ours", "cast a ballot")):
        print(line_of(called, turns[name]))
    ratio, of_usual = ratio_of(turns["ours"], turns["bare"]), ratio_of(turns["ours"], turns["usual"])
    p95 = slow_answer(turns["ours"])
    print(f"ratio         {ratio:6.2f}  (target at least {TARGET_RATIO}; p95 at most {TARGET_P95 * 1000:.0f} ms)")
    print(f"to the usual  {of_usual:6.2f}  (for information)")
    print(f"{sent} ballots by {AT_ONCE} writers: {recorded} in the verified ledger")
    return 0 if ratio >= TARGET_RATIO and p95 <= TARGET_P95 and recorded == sent else 1


if __name__ == "__main__":
    raise SystemExit(measured_in_a_folder(__doc__, measure, ballots=2000))
