"""kill -9: no vote that anybody saw recorded is lost, and none counts twice."""

import dataclasses
import json

import pytest

from tests.faults import oracle
from tests.faults.killing import Lives, kill_again_and_again
from tests.faults.oracle import Stored


def test_no_acknowledged_vote_is_lost_or_doubled_when_the_server_is_killed(ground):
    found = kill_again_and_again(ground, Lives(kills=2, shortest=0.4), voters=4)
    assert found.problems == []
    assert found.acknowledged >= 4, "the voters hardly got through: nothing was tried"
    assert found.retried > 0, "nobody noticed a kill: nothing was tried"


@pytest.mark.full
def test_two_hundred_kills_lose_and_double_nothing(ground, record_property):
    found = kill_again_and_again(ground, Lives(kills=200, most_votes=70), seed=2)
    record_property("figures", json.dumps(found.as_json()))
    print(json.dumps(found.as_json()))
    assert found.problems == []
    assert found.acknowledged >= 4000, "the machine was too slow for so many votes between the kills"


SEEN = [{"letter": 0, "idem": "a" * 64, "tracker": "0000-0000-000"}]
BALLOT = Stored("a" * 64, "slot", '{"contests":{"riverside":["skate"]}}', "0" * 64)


def test_the_examination_finds_what_was_lost_doubled_or_made_up(sqlite_ground):
    assert oracle.lost([BALLOT], SEEN) == []
    assert oracle.lost([], SEEN)
    assert oracle.lost([dataclasses.replace(BALLOT, leaf="f" * 64)], SEEN)
    assert oracle.doubled([BALLOT]) == []
    assert oracle.doubled([BALLOT, dataclasses.replace(BALLOT, idem="a" * 32 + "b" * 32)])
    sent = [{"letter": 0, "idem": "a" * 64, "wish": {"riverside": ["skate"], "borough": []}}]
    own = dataclasses.replace(BALLOT, slot=sqlite_ground.slots[0])
    assert oracle.strangers(sqlite_ground, [own], sent) == []
    assert oracle.strangers(sqlite_ground, [BALLOT], sent)
    assert oracle.strangers(sqlite_ground, [own], [])
    changed = dataclasses.replace(own, payload='{"contests":{"riverside":["swings"]}}')
    assert oracle.strangers(sqlite_ground, [changed], sent)
