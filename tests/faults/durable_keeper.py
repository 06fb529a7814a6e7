"""Runs one durable PostgreSQL until its standard input closes, and starts it again whenever it falls over.

python durable_keeper.py FOLDER PROGRAMS

Whoever started it holds the other end of the pipe: however that process ends, the server goes with it.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.postgres_keeper import NOBODY, as_server, readable_by_nobody

SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",
}
LOOK_SECONDS = 0.05


def main() -> None:
    """Make a database folder, serve it again and again, and end with the process that asked for it."""
    folder, programs = Path(sys.argv[1]), Path(sys.argv[2])
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
        programs = readable_by_nobody(programs, folder)
    make_cluster(programs / "bin", data)
    server = start(programs / "bin", data)
    while not select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
        if server.poll() is not None:
            server = start(programs / "bin", data)
    server.send_signal(signal.SIGQUIT)  # at once, without writing anything: the folder is thrown away
    server.wait()
    shutil.rmtree(folder)


def make_cluster(programs: Path, data: Path) -> None:
    """An empty cluster, synced to the disk."""
    initdb = [programs / "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"]
    subprocess.run(
        [*initdb, "--locale-provider=builtin", "--locale=C.UTF-8", "-D", data], check=True, cwd=data, **as_server()
    )


def start(programs: Path, data: Path) -> "subprocess.Popen[bytes]":
    """The server, on a socket in its own folder and nowhere else."""
    settings = [word for item in SETTINGS.items() for word in ("-c", "=".join(item))]
    return subprocess.Popen([programs / "postgres", "-D", data, "-k", data, *settings], cwd=data, **as_server())


if __name__ == "__main__":
    main()
