"""The bundled server: waitress, with what it lacks against slow clients, and the way through a proxy."""

import socket
import time
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from werkzeug.middleware.proxy_fix import ProxyFix

from pbudget.config import Settings

THREADS = 8
MOST_CONNECTIONS = 1000
IDLE_SECONDS = 20
REQUEST_SECONDS = 20.0
SLOWEST_BYTES_A_SECOND = 2_000
LARGEST_HEADERS = 16 * 1024
LARGEST_BODY = 256 * 1024 * 1024
"""What the server takes at all, for officers' files; every route has its own, smaller limit."""


class PromptChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose requests arrive in good time: in 20 seconds, or with 2,000 bytes a second for a long file.

    Waitress alone keeps a connection for as long as a byte comes now and then.
    """

    began = 0.0
    received_bytes = 0

    def received(self, data: bytes) -> bool:
        """Take what arrived, or end the connection of a client that dawdles."""
        now = time.monotonic()
        if self.request is None:
            self.began, self.received_bytes = now, 0
        self.received_bytes += len(data)
        if now - self.began > REQUEST_SECONDS + self.received_bytes / SLOWEST_BYTES_A_SECOND:
            self.will_close = True
            return False
        return bool(super().received(data))


def bundled_server(app: Flask, listener: socket.socket) -> Any:
    """A waitress server on this socket; `run()` serves until it is told to stop."""
    server = create_server(
        app,
        sockets=[listener],
        ident=None,
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS,
        asyncore_use_poll=True,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=5,
        max_request_header_size=LARGEST_HEADERS,
        max_request_body_size=LARGEST_BODY,
        clear_untrusted_proxy_headers=app.extensions["settings"].proxies == 0,
    )
    server.channel_class = PromptChannel
    return server


def init_proxies(app: Flask, settings: Settings) -> None:
    """Take the client's address and scheme from as many proxies as the settings name, and from nobody else."""
    if settings.proxies:
        behind = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)
        app.wsgi_app = behind  # type: ignore[method-assign]
