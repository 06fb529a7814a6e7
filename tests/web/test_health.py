"""Is the process alive, and may it be sent residents?"""

import sys

import pytest

from app import create_app
from pbudget.web.clock_sync import is_clock_synchronised, say_clock
from tests.conftest import make_settings


def test_health_answers_without_a_database(tmp_path):
    app = create_app(make_settings(tmp_path, "sqlite:////nowhere/at/all.sqlite"))
    assert app.test_client().get("/health").data == b"ok\n"


def test_ready_when_schema_and_files_are_in_place(app):
    response = app.test_client().get("/ready")
    assert (response.data.splitlines()[0], response.status_code) == (b"ready", 200)


@pytest.mark.parametrize(
    ("synchronised", "says"), [(True, ""), (False, "not synchronised: start chrony"), (None, "cannot be told here")]
)
def test_the_clock_is_spoken_of_only_when_somebody_has_to_see_to_it(synchronised, says):
    assert says in say_clock(synchronised)
    assert bool(say_clock(synchronised)) == bool(says)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells; elsewhere readiness says so")
def test_a_site_for_residents_is_ready_only_with_a_synchronised_clock(sqlite_app, tmp_path):
    site = make_settings(tmp_path, public_url="https://decide.test.example")
    response = create_app(site).test_client().get("/ready", base_url="https://decide.test.example")
    right = is_clock_synchronised() is not False
    assert response.status_code == (200 if right else 503)
    assert (b"not synchronised" in response.data) != right


def test_not_ready_without_a_database(tmp_path):
    app = create_app(make_settings(tmp_path, "sqlite:////nowhere/at/all.sqlite"))
    response = app.test_client().get("/ready")
    assert response.status_code == 503
    assert b"the database does not answer" in response.data


def test_not_ready_before_the_schema_is_there(tmp_path):
    app = create_app(make_settings(tmp_path))
    response = app.test_client().get("/ready")
    assert response.status_code == 503
    assert b"pbudget migrate" in response.data


def test_not_ready_without_the_front_end_files(sqlite_app, tmp_path):
    sqlite_app.static_folder = str(tmp_path)
    assert b"static/vendor lacks" in sqlite_app.test_client().get("/ready").data
