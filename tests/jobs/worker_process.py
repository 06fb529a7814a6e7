"""A real worker with the tests' jobs: `python -m tests.jobs.worker_process INSTANCE DATABASE_URL [--once …]`."""

import sys
from pathlib import Path

from app import create_app
from pbudget.jobs.cli import work
from tests.conftest import make_settings
from tests.jobs.building import with_test_jobs

if __name__ == "__main__":
    instance, database_url, *arguments = sys.argv[1:]
    with with_test_jobs(create_app(make_settings(Path(instance), database_url))).app_context():
        work(arguments)
