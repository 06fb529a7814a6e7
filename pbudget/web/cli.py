"""`pbudget serve` and `pbudget migrate`."""

import socket
import sys

import click
import waitress
from flask import current_app

from pbudget import schema
from pbudget.kit.errors import BadInput


class PortTaken(BadInput):
    """Another program listens on the port; the message names the port and the option that chooses another."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the site with the bundled server, until Ctrl-C."""
    listener = _listen(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}"
    click.echo(f"pbudget is ready: {address}  (Ctrl-C stops it)", file=sys.stderr)
    waitress.serve(current_app._get_current_object(), sockets=[listener], threads=8, ident=None)  # type: ignore[attr-defined]


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
    """Bring the database to this version's schema; safe to repeat."""
    schema.upgrade()
