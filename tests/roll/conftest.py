"""A round with a roll of two wards, hashing made cheap, and a clock that tests set."""

from dataclasses import dataclass

import pytest
from flask import Flask

from tests.roll.building import CHEAP, MovingClock, add_round, add_wards


@dataclass
class Stage:
    """What most tests of the roll start from."""

    app: Flask
    clock: MovingClock
    round_id: int
    wards: dict[str, int]


def set_up(app: Flask) -> Stage:
    clock = MovingClock()
    app.extensions["scrypt_cost"] = CHEAP
    app.extensions["clock"] = clock
    return Stage(app, clock, add_round(), add_wards())


@pytest.fixture
def stage(app: Flask) -> Stage:
    """On SQLite and on PostgreSQL."""
    return set_up(app)


@pytest.fixture
def sqlite_stage(sqlite_app: Flask) -> Stage:
    """Where the engine makes no difference."""
    return set_up(sqlite_app)
