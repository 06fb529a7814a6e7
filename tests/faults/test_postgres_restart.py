"""PostgreSQL falls over and comes back, again and again, while people vote."""

import json
import time

import pytest

from tests.faults.durable import DurablePostgres
from tests.faults.ground import Ground
from tests.faults.oracle import Findings, examine
from tests.faults.shipped import ShippedServer, answers
from tests.faults.voters import Crowd, Notes
from tests.support.ports import free_port

PROMISED_RECOVERY, LONGEST_RECOVERY = 3.0, 120.0
"""Seconds from the moment PostgreSQL takes connections until pages are served again: what operations.md promises, for
the long run, which has the machine to itself; and the end of patience, beside other tests.
"""


def restart_again_and_again(
    ground: Ground, server: DurablePostgres, restarts: int, every: float, most: float
) -> Findings:
    """Restarts "immediate" under load; every third is a kill -9. What comes back is answers and 503, never a 500."""
    notes, problems = Notes(ground.instance / "voters.jsonl"), []
    with ShippedServer("gunicorn", ground.environ, free_port(), ground.instance / "log") as site:
        with Crowd(ground, site.port, notes, voters=4) as crowd:
            for number in range(1, restarts + 1):
                time.sleep(every)
                before = server.postmaster()
                server.kill() if number % 3 == 0 else server.restart_at_once()
                server.wait_until_another(before)
                took = seconds_until_served(site, ground)
                problems += [f"pages came back after {took:.1f} s"] if took > most else []
                if crowd.problems:
                    break
        problems += crowd.problems
    found = examine(ground, notes)
    found.problems += problems
    return found


def seconds_until_served(site: ShippedServer, ground: Ground) -> float:
    """How long until a page that asks the database is there."""
    started = time.monotonic()
    while not answers(site.address + ground.path):
        if time.monotonic() > started + LONGEST_RECOVERY:
            break
        time.sleep(0.05)
    return time.monotonic() - started


def test_votes_survive_restarts_of_postgresql(postgresql_ground, durable_postgres):
    found = restart_again_and_again(postgresql_ground, durable_postgres, restarts=3, every=0.7, most=LONGEST_RECOVERY)
    assert found.problems == []
    assert found.acknowledged >= 4
    assert found.refused + found.retried > 0, "nobody noticed a restart: nothing was tried"


@pytest.mark.full
def test_votes_survive_fifty_restarts_of_postgresql(postgresql_ground, durable_postgres):
    found = restart_again_and_again(postgresql_ground, durable_postgres, restarts=50, every=2.0, most=PROMISED_RECOVERY)
    print(json.dumps(found.as_json()))
    assert found.problems == []
    assert found.acknowledged >= 100
