"""What is looked at before the long part, so that nobody waits a minute for a refusal."""

import errno
import shutil
import socket

from pbudget.bootstrap.places import Places
from pbudget.bootstrap.stops import FolderNotWritable, PortNotUsable

NEEDED_SPACE = 400  # MB; .venv with the run lock is about 150, npm unpacks 20 beside it, Node from PyPI 210


def refuse_taken_port(host: str, port: int) -> None:
    """Raise PortNotUsable when nothing could serve on this address: taken, not allowed, or not this machine's."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            probe.bind(address)
    except socket.gaierror as error:
        raise PortNotUsable(f"--host {host} is not an address of this machine. Try 127.0.0.1 or 0.0.0.0.") from error
    except OSError as error:
        raise PortNotUsable(_why_not(host, port, error)) from error


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return f"Port {port} is taken by another program. Stop that one, or choose another port: --port {other}"
    if error.errno == errno.EACCES:
        return f"Port {port} is not allowed: below 1024 needs root. Choose another, for example: --port 8000"
    return f"--host {host} cannot be served on ({error.strerror}). Try --host 127.0.0.1 or --host 0.0.0.0"


def refuse_unusable_folder(places: Places) -> None:
    """Make .set-up; raise FolderNotWritable when that is not possible or a first set-up would not fit."""
    probe = places.set_up / "may-write"
    try:
        places.logs.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise FolderNotWritable(
            f"Cannot write in {places.set_up} ({error.strerror}). "
            "Make the folder writable for you, or put pbudget in a folder of your own, then run the same command again."
        ) from error
    free = shutil.disk_usage(places.root).free // 1_000_000
    if free < NEEDED_SPACE and not places.pbudget.exists():
        raise FolderNotWritable(
            f"Only {free} MB are free on the disk of {places.root}; set-up needs {NEEDED_SPACE} MB. Free some space, "
            "then run the same command again."
        )
