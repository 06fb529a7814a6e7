"""Runs one PostgreSQL server until the last process that uses it has ended, then removes it. See postgres.py.

python postgres_keeper.py FOLDER PROGRAMS
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",
}
NOBODY = 65534


def main() -> None:
    """Make a database folder, serve it, wait for the users' lock, clear up."""
    folder = Path(sys.argv[1])
    programs, data = make_cluster(folder, Path(sys.argv[2]))
    server = start(programs, data, SETTINGS)
    signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGQUIT))
    wait_for_last_user(folder)
    server.send_signal(signal.SIGQUIT)
    server.wait()
    shutil.rmtree(folder)


def make_cluster(folder: Path, programs: Path) -> tuple[Path, Path]:
    """A fresh database folder; where the server's programs and where the data lie."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
        programs = readable_by_nobody(programs, folder)
    initdb = [programs / "bin" / "initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"]
    subprocess.run(
        [*initdb, "--locale-provider=builtin", "--locale=C.UTF-8", "-D", data], check=True, cwd=data, **as_server()
    )
    return programs / "bin", data


def start(programs: Path, data: Path, settings: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """The server, on a socket in its own folder and nowhere else."""
    words = [word for item in settings.items() for word in ("-c", "=".join(item))]
    return subprocess.Popen([programs / "postgres", "-D", data, "-k", data, *words], cwd=data, **as_server())


def wait_for_last_user(folder: Path) -> None:
    """Returns when no process holds the shared lock any more; the lock itself goes with this process."""
    fcntl.flock(os.open(folder / "users", os.O_RDWR), fcntl.LOCK_EX)


def as_server() -> dict[str, object]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def readable_by_nobody(programs: Path, folder: Path) -> Path:
    """The programs where nobody may run them: in place, or copied if the checkout lies in a closed folder."""
    try:
        subprocess.run([programs / "bin" / "postgres", "--version"], check=True, cwd=folder, **as_server())
    except (PermissionError, subprocess.CalledProcessError):
        shutil.copytree(programs, folder / "site" / programs.parent.name / programs.name)
        for libraries in programs.parent.parent.glob(f"{programs.parent.name}.libs"):
            shutil.copytree(libraries, folder / "site" / libraries.name)
        return folder / "site" / programs.parent.name / programs.name
    return programs


if __name__ == "__main__":
    main()
