"""The bundled server: slow clients are cut off, others do not notice; addresses come through named proxies only."""

import socket
import threading
import time
import urllib.request
from collections.abc import Iterator

import pytest
from flask import Flask, request

from app import create_app
from pbudget.web import server
from pbudget.web.access import public
from pbudget.web.server import bundled_server
from tests.conftest import make_settings


def serving(app: Flask) -> tuple[str, int]:
    """Serve in a thread that ends with the test run; where."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=bundled_server(app, listener).run, daemon=True).start()
    return listener.getsockname()


@pytest.fixture
def where(sqlite_app: Flask) -> Iterator[tuple[str, int]]:
    yield serving(sqlite_app)


def is_cut_off(client: socket.socket, seconds: float) -> bool:
    """Whether the server ends the connection although bytes keep coming."""
    give_up = time.monotonic() + seconds
    client.settimeout(0.1)
    while time.monotonic() < give_up:
        try:
            client.send(b"a")
            if client.recv(100) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def test_a_request_that_drips_in_is_cut_off_and_others_are_served_meanwhile(where, monkeypatch):
    slow = [socket.create_connection(where) for _ in range(200)]
    for client in slow:
        client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: a")
    monkeypatch.setattr(server, "REQUEST_SECONDS", 3600.0)
    with urllib.request.urlopen(f"http://127.0.0.1:{where[1]}/health", timeout=60) as response:
        assert response.read() == b"ok\n"
    assert not is_cut_off(slow[0], seconds=0.2), "the others were served only when the slow ones had gone"
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.1)
    assert is_cut_off(slow[0], seconds=60)
    for client in slow:
        client.close()


def test_a_long_body_may_take_its_time_as_long_as_it_moves(where, monkeypatch):
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.2)
    monkeypatch.setattr(server, "SLOWEST_BYTES_A_SECOND", 100)  # a second for every hundred bytes: 100 s for the last
    with socket.create_connection(where) as client:
        client.sendall(b"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n")
        for _ in range(5):
            client.sendall(b"a" * 4000)
            time.sleep(0.1)
        assert client.recv(100).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "198.51.100.7"), (2, "203.0.113.9")])
def test_a_clients_address_comes_through_as_many_proxies_as_were_named(tmp_path, proxies, seen):
    app = create_app(make_settings(tmp_path, proxies=proxies))

    @public
    def whoami() -> str:
        return str(request.remote_addr)

    app.add_url_rule("/whoami", view_func=whoami)
    asked = urllib.request.Request(f"http://127.0.0.1:{serving(app)[1]}/whoami")
    asked.add_header("X-Forwarded-For", "192.0.2.1, 203.0.113.9, 198.51.100.7")
    with urllib.request.urlopen(asked, timeout=60) as response:
        assert response.read().decode() == seen
