"""An application with the tests' jobs, and the end of every worker a test started."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from pbudget.db import db, transaction
from tests.jobs.building import marks, start_worker, with_test_jobs


@pytest.fixture
def jobs_app(app: Flask) -> Iterator[Flask]:
    """The application on both engines, with the tests' jobs and a table for their marks."""
    with_test_jobs(app)
    with transaction() as session:
        marks.create(session.connection())
    yield app
    db.session.remove()
    with db.engine.connect().execution_options(writing=True) as connection:
        marks.drop(connection)
        connection.commit()


@pytest.fixture
def worker(jobs_app: Flask) -> Iterator[Callable]:
    """Start real worker processes; they end with the test."""
    started = []

    def start(*arguments: str):
        started.append(start_worker(jobs_app, *arguments))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
