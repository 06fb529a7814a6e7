"""Ballots by the thousand, eight at a time: every one recorded, nobody told that the database is locked."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from flask import Flask

from bench.serving import Request, cookie_of, csrf_of, send
from pbudget.ballots.actions import change_draft, start_draft
from pbudget.ballots.queries import paper_for
from pbudget.ballots.rules.choices import Change
from pbudget.ledger.queries import ballot_totals, verify_ledger
from pbudget.wards.queries import ward_ids
from tests.faults.ground import Ground
from tests.faults.shipped import ShippedServer
from tests.support.ports import free_port

WRITERS = 8


def ready_ballots(app: Flask, ground: Ground, count: int) -> list[Request]:
    """This many browsers on "Check your vote", each of another voter."""
    (ward, *_) = (id_ for _, id_ in sorted(ward_ids().items()))
    contest = paper_for(ground.round_id, ward).contests[0]
    csrf, kept = csrf_of(app)
    requests = []
    for number in range(count):
        draft = start_draft(ground.round_id, f"{number:064x}", ward, assurance="code")
        token = change_draft(draft, contest, Change("add", "skate"), {}).token
        body = f"token={token}&csrf_token={csrf}"
        requests.append(Request(f"{ground.path}/check", body, cookie_of(app, kept, draft)))
    return requests


def cast_all(port: int, requests: list[Request]) -> list[float]:
    """Cast every ballot, eight at a time; the seconds that each took. Raises SystemExit for one not recorded."""

    def cast_some(share: list[Request]) -> list[float]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
            return [send(connection, request) for request in share]

    with ThreadPoolExecutor(WRITERS) as crowd:
        shares = crowd.map(cast_some, [requests[first::WRITERS] for first in range(WRITERS)])
        return [seconds for share in shares for seconds in share]


@pytest.mark.parametrize("ballots", [200, pytest.param(10_000, marks=pytest.mark.full)])
def test_eight_writers_at_once_are_all_recorded(ground, ballots, record_property):
    with ground.looked_at() as app:
        requests = ready_ballots(app, ground, ballots)
    said = ground.instance / "server.log"
    with ShippedServer("gunicorn", ground.environ, free_port(), said) as server:
        started = time.perf_counter()
        seconds = sorted(cast_all(server.port, requests))
        took = time.perf_counter() - started
    with ground.looked_at():
        assert ballot_totals(ground.round_id).cast == ballots
        assert verify_ledger(ground.round_id).ok
    lines = [json.loads(line) for line in said.read_text().splitlines() if line.startswith("{")]
    assert [line for line in lines if line["level"] == "error" or line.get("status", 200) >= 500] == []
    rate, p95 = round(ballots / took), round(seconds[int(0.95 * ballots)], 4)
    figures = {"engine": ground.engine, "ballots": ballots, "a second": rate, "p95": p95}
    record_property("figures", json.dumps(figures))
    print(json.dumps(figures))
