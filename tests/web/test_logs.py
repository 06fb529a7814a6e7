"""The log says what happened and never who, from where or with what."""

import json
import re
from types import SimpleNamespace

from pbudget.web.logs import Lines, keep_allowed_fields, without_quoted_values


def test_a_request_is_one_line_with_the_routes_pattern(client, capsys):
    client.http.get("/about?email=canary@example.org", headers={"X-Forwarded-For": "203.0.113.9"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["route"], line["status"]) for line in lines] == [("request", "/about", 200)]


def test_a_log_line_has_no_address_and_no_query(client, capsys):
    client.http.get(
        "/no-such-page/canary?email=canary@example.org",
        headers={"X-Forwarded-For": "203.0.113.9", "User-Agent": "canary"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    log = capsys.readouterr().err
    assert log
    assert "canary" not in log
    assert "203.0.113.9" not in log


def test_a_field_nobody_allowed_is_dropped():
    assert keep_allowed_fields(None, "info", {"event": "x", "email": "canary@example.org"}) == {"event": "x"}


def test_a_traceback_keeps_its_frames_and_loses_its_values():
    trace = 'Traceback:\n  File "/srv/pbudget/wards/actions.py", line 7, in load\n    x\nValueError: canary'
    assert without_quoted_values(None, "error", {"exception": trace}) == {"exception": "actions.py:7 load"}


def test_a_log_line_tells_the_time_to_the_minute(client, capsys):
    client.http.get("/about")
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", line["timestamp"])


def test_a_line_is_written_in_one_go_so_that_no_other_comes_between_it_and_its_end(monkeypatch):
    writes = []
    monkeypatch.setattr("sys.stderr", SimpleNamespace(write=writes.append, flush=lambda: None))
    Lines().info("one line")
    assert writes == ["one line\n"]
