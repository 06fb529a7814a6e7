"""Is the process alive, and may it be sent residents?"""

from app import create_app
from tests.conftest import make_settings


def test_health_answers_without_a_database(tmp_path):
    app = create_app(make_settings(tmp_path, "sqlite:////nowhere/at/all.sqlite"))
    assert app.test_client().get("/health").data == b"ok\n"


def test_ready_when_schema_and_files_are_in_place(app):
    response = app.test_client().get("/ready")
    assert (response.data, response.status_code) == (b"ready\n", 200)


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
