"""Runs one durable PostgreSQL until its standard input closes, and starts it again whenever it falls over.

python durable_keeper.py FOLDER PROGRAMS

Whoever started it holds the other end of the pipe: however that process ends, the server goes with it.
"""

import select
import shutil
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.postgres_keeper import SETTINGS as ORDINARY
from tests.support.postgres_keeper import make_cluster, start

SETTINGS = ORDINARY | {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_connections": "100"}
LOOK_SECONDS = 0.05


def main() -> None:
    """Make a database folder, serve it again and again, and end with the process that asked for it."""
    folder = Path(sys.argv[1])
    programs, data = make_cluster(folder, Path(sys.argv[2]))
    server = start(programs, data, SETTINGS)
    while not select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
        if server.poll() is not None:
            server = start(programs, data, SETTINGS)
    server.send_signal(signal.SIGQUIT)  # at once, without writing anything: the folder is thrown away
    server.wait()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
