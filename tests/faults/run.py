"""Tries to break an installation of its own, by hand: `python -m tests.faults.run --help`.

    python -m tests.faults.run --fault kill --engine sqlite --runs 200 --json kill.json

Everything happens on this machine, in a folder that is thrown away; it ends by itself, and ends only what it started.
The exit status is 0 when nothing was lost, doubled or made up.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ENGINES
from tests.faults.durable import DurablePostgres
from tests.faults.ground import Ground, prepare
from tests.faults.killing import Lives, kill_again_and_again
from tests.faults.oracle import Findings
from tests.faults.test_postgres_restart import restart_again_and_again
from tests.faults.test_power_cut import cut_again_and_again


def main() -> int:
    """Read the options, try, and say what was found."""
    given = options()
    results = []
    with tempfile.TemporaryDirectory(prefix="pbudget-faults-") as folder:
        for number, (fault, engine) in enumerate(wanted(given)):
            started = time.monotonic()
            found = TRIALS[fault](Path(folder) / str(number), engine, given.runs)
            line = {"fault": fault, "engine": engine, "runs": given.runs, **found.as_json()}
            results.append({**line, "seconds": round(time.monotonic() - started)})
            print(json.dumps(results[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 1 if any(result["problems"] for result in results) else 0


def options() -> argparse.Namespace:
    """What to try, on which engine, and how often."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fault", choices=[*TRIALS, "all"], default="all")
    parser.add_argument("--engine", choices=[*ENGINES, "all"], default="all")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def wanted(given: argparse.Namespace) -> list[tuple[str, str]]:
    """Each fault on each engine that it concerns."""
    faults = list(TRIALS) if given.fault == "all" else [given.fault]
    engines = ENGINES if given.engine == "all" else (given.engine,)
    return [(fault, engine) for fault in faults for engine in engines if ONLY.get(fault, engine) == engine]


def kill(folder: Path, engine: str, runs: int) -> Findings:
    """kill -9 of the server while people vote."""
    with ground_on(folder, engine) as (ground, _):
        return kill_again_and_again(ground, Lives(kills=runs, most_votes=70))


def power(folder: Path, engine: str, runs: int) -> Findings:
    """Copies of the disk while people vote."""
    with ground_on(folder, engine) as (ground, _):
        return Findings(problems=cut_again_and_again(ground, folder, runs))


def restart(folder: Path, engine: str, runs: int) -> Findings:
    """PostgreSQL restarted at once while people vote."""
    with ground_on(folder, engine) as (ground, server):
        assert server is not None
        return restart_again_and_again(ground, server, runs, every=2.0)


@contextmanager
def ground_on(folder: Path, engine: str) -> Iterator[tuple[Ground, DurablePostgres | None]]:
    """An open round on this engine; on PostgreSQL with a server of its own."""
    folder.mkdir(parents=True)
    if engine == "sqlite":
        yield prepare(folder / "instance"), None
        return
    with DurablePostgres() as server:
        yield prepare(folder / "instance", server.make_database("faults")), server


TRIALS = {"kill": kill, "power": power, "restart": restart}
ONLY = {"power": "sqlite", "restart": "postgresql"}

if __name__ == "__main__":
    sys.exit(main())
