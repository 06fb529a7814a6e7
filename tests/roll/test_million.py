"""A roll of a million rows on both engines: `python -m bench.roll` under the long tests."""

import pytest

from bench.roll import LONGEST_WAIT, MOST_MEGABYTES, MOST_SECONDS, in_a_process, load, postgres_url, write_roll
from pbudget.db import PATIENCE_SECONDS

ROWS = 1_000_000


@pytest.mark.full
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_million_rows_are_loaded_within_the_promised_work_and_memory(tmp_path, engine):
    url = postgres_url() if engine == "postgresql" else f"sqlite:///{tmp_path}/pbudget.sqlite"
    done = in_a_process(load, write_roll(tmp_path / "roll.csv", ROWS), url)
    assert done.megabytes <= MOST_MEGABYTES
    assert done.voter <= PATIENCE_SECONDS, "a voter was told to try again while a roll was loaded"
    assert done.processor <= MOST_SECONDS, "by the processor: other tests run beside this one; bench.roll has the clock"


def test_a_few_thousand_rows_keep_no_other_writer_waiting(tmp_path):
    done = in_a_process(load, write_roll(tmp_path / "roll.csv", 6_000), f"sqlite:///{tmp_path}/pbudget.sqlite")
    most = max(LONGEST_WAIT, done.seconds / 2)  # beside other tests the clock shows what the machine was busy with
    assert max(done.voter, done.sign_of_life) <= most, "somebody waited for the whole file"
    assert done.megabytes <= MOST_MEGABYTES
