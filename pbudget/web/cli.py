"""`pbudget serve` and `pbudget migrate`."""

import signal
import socket
import sys
from contextlib import nullcontext

import click
from flask import current_app

from pbudget import schema
from pbudget.kit.errors import BadInput
from pbudget.web.companion import worker_beside
from pbudget.web.server import bundled_server
from pbudget.web.upgrades import refuse_while_voting


class PortTaken(BadInput):
    """Another program listens on the port; the message names the port and the option that chooses another."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--with-worker", is_flag=True, help="Run `pbudget work` beside it.")
def serve(host: str, port: int, with_worker: bool) -> None:
    """Serve the site with the bundled server, until Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = _listen(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}"
    click.echo(f"pbudget is ready: {address}  (Ctrl-C stops it)", file=sys.stderr)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with worker_beside() if with_worker else nullcontext():
        bundled_server(app, listener).run()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        raise PortTaken(
            f"Cannot listen on {host} port {port} ({error.strerror}). "
            "Stop what is using it, or choose another with --port."
        ) from error
    return listener


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema; safe to repeat, refused while people vote."""
    refuse_while_voting()
    schema.upgrade()
