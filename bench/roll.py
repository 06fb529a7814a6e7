"""How long a roll of a million rows takes to load, how much memory, and how long a voter has to wait meanwhile.

    python -m bench.roll                 a million rows, on SQLite
    python -m bench.roll --rows 100000   fewer
    python -m bench.roll --postgresql    on the PostgreSQL that the tests use

Printed as ratios to a bare `sqlite3.executemany` of the same rows, because machines differ. Promised: a million rows
in at most 120 s and 300 MB, and no writer held up for more than a second: neither a voter, who is served by another
process, nor the worker's sign of life, a thread beside the import. That thread takes the same gate as a voter does:
were it passed over while it holds it, every voter would wait behind it.
"""

import argparse
import contextlib
import csv
import multiprocessing
import re
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parent.parent
WARDS = 20
LETTERS = "ABDEFGHJ"
MOST_SECONDS, MOST_MEGABYTES, LONGEST_WAIT = 120.0, 300.0, 1.0
COLUMNS = "id, round_id, ward_id, import_id, number, place, name, address, postcode, email"


class Signal(Protocol):
    """An event between threads or between processes."""

    def set(self) -> None:
        """Say that it has happened."""

    def wait(self, timeout: float) -> bool:
        """Whether it has happened within so many seconds."""


@dataclass(frozen=True)
class Load:
    """What loading took: seconds by the clock and of the processor, peak megabytes, the longest wait of others."""

    seconds: float
    processor: float
    megabytes: float
    voter: float = 0
    sign_of_life: float = 0


def main() -> None:
    """Measure, print, and exit with 1 when a promise is not kept."""
    options = argparse.ArgumentParser(description="Loading a roll.")
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--postgresql", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = write_roll(Path(folder) / "roll.csv", given.rows)
        url = postgres_url() if given.postgresql else f"sqlite:///{folder}/pbudget.sqlite"
        ours = in_a_process(load, path, url)
        bare = in_a_process(bare_insert, path)
    kept = report(given.rows, ours, bare)
    sys.exit(0 if kept else 1)


def write_roll(path: Path, rows: int) -> Path:
    """A named roll over twenty wards, four lines of address, fifteen people to a postcode."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ward_code", "name", "address_1", "address_2", "town", "postcode"])
        for i in range(rows):
            inward = f"{i // 15 % 10}{LETTERS[i // 150 % 8]}{LETTERS[i // 1200 % 8]}"
            ward = f"X99{i * WARDS // rows:06}"
            writer.writerow([ward, f"Resident {i}", f"{i % 90 + 1} Test Road", "Testham", "Testtown", f"SE1 {inward}"])
    return path


def in_a_process(work: Callable[..., Load], *arguments: object) -> Load:
    """Run in a process of its own, so that its peak memory is its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def load(path: Path, url: str) -> Load:
    """Import the file while another process and another thread write ten times a second each."""
    from app import create_app
    from pbudget import schema
    from pbudget.roll.importing import import_roll
    from pbudget.roll.rules.roll_file import RollTerms
    from tests.conftest import make_settings
    from tests.roll.building import add_round

    app = create_app(make_settings(path.parent, url))
    with app.app_context():
        schema.upgrade()
        round_id, terms = add_round("bench-roll"), RollTerms(add_wards(), {})
        with waits_of_voters(path.parent, url) as voters, waits_of_thread(app) as signs:
            started, used = time.perf_counter(), time.process_time()
            import_roll(path, round_id, terms)
            taken, used = time.perf_counter() - started, time.process_time() - used
    return Load(taken, used, peak_megabytes(), max(voters), max(signs))


def add_wards() -> dict[str, int]:
    """Twenty wards, their ids by code."""
    from pbudget.db import transaction
    from pbudget.wards.models import Borough, Ward

    with transaction() as session:
        borough = Borough(slug="bench-roll", name="Bench borough", is_demo=True)
        wards = [Ward(code=f"X99{i:06}", name=f"Ward {i}", borough=borough) for i in range(WARDS)]
        session.add_all(wards)
        session.flush()
        return {ward.code: ward.id for ward in wards}


@contextlib.contextmanager
def waits_of_voters(folder: Path, url: str) -> Iterator[list[float]]:
    """Meanwhile, how long each of a voter's small writes took, in a process of its own as in the web server."""
    context = multiprocessing.get_context("spawn")
    ready, done, told = context.Event(), context.Event(), context.SimpleQueue()
    voter = context.Process(target=write_beside, args=(folder, url, ready, done, told), daemon=True)
    voter.start()
    if not ready.wait(300):
        raise SystemExit("The process that stands for a voter did not start. Try again on a less busy machine.")
    waits: list[float] = []
    yield waits
    done.set()
    waits.extend(told.get())
    voter.join()


def write_beside(folder: Path, url: str, ready: Signal, done: Signal, told: Any) -> None:
    """The process that stands for voters; at the end it tells how long each write took."""
    from app import create_app
    from tests.conftest import make_settings

    app = create_app(make_settings(folder, url))
    ready.set()
    told.put(write_until(done, app, touch_borough))


@contextlib.contextmanager
def waits_of_thread(app: Flask) -> Iterator[list[float]]:
    """Meanwhile, how long each of the worker's signs of life took, in a thread beside the import."""
    waits: list[float] = []
    done = threading.Event()
    thread = threading.Thread(target=lambda: waits.extend(write_until(done, app, sign)))
    thread.start()
    yield waits
    done.set()
    thread.join()


def write_until(done: Signal, app: Flask, write: Callable[[Session], None]) -> list[float]:
    """Write ten times a second until it is done: how long each took, from asking to having been kept."""
    from pbudget.db import transaction

    waits = []
    with app.app_context():
        while not waits or not done.wait(0.1):
            started = time.perf_counter()
            with transaction() as session:
                write(session)
            waits.append(time.perf_counter() - started)
    return waits


def touch_borough(session: Session) -> None:
    """A small write of a voter's: one row of another table."""
    session.execute(text("UPDATE borough SET postcodes_source = 'x' WHERE slug = 'bench-roll'"))


def sign(session: Session) -> None:
    """The worker's own."""
    from pbudget.jobs.actions import give_sign_of_life

    give_sign_of_life(session, "bench")


def bare_insert(path: Path) -> Load:
    """The same cells by the csv module and one executemany into one table without keys."""
    started, used = time.perf_counter(), time.process_time()
    connection = sqlite3.connect(path.parent / "bare.sqlite")
    connection.execute(f"CREATE TABLE roll_entry ({COLUMNS})")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        same = ((str(i), 1, 1, 1, i, 1, r[1], "\n".join(r[2:5]), r[5], None) for i, r in enumerate(rows))
        connection.executemany("INSERT INTO roll_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", same)
    connection.commit()
    connection.close()
    return Load(time.perf_counter() - started, time.process_time() - used, peak_megabytes())


def peak_megabytes() -> float:
    """The most memory this process ever held; `getrusage` would give its parent's where that held more."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text()).group(1)) / 1024  # type: ignore[union-attr]


def postgres_url() -> str:
    """A database of its own on the PostgreSQL that the tests use."""
    from tests.support.postgres import postgres_url as url

    return url("roll")


def report(rows: int, ours: Load, bare: Load) -> bool:
    """Print the figures; whether every promise is kept (for a million rows, in proportion)."""
    share = max(rows / 1_000_000, 0.1)
    print(f"{rows:,} rows: {ours.seconds:.1f} s, of it {ours.processor:.1f} s of processor time")
    print(f"bare executemany: {bare.seconds:.1f} s, of it {bare.processor:.1f} s of processor time")
    print(
        f"ratio {ours.seconds / bare.seconds:.1f} by the clock, {ours.processor / bare.processor:.1f} of the processor"
    )
    promises = [
        ("seconds", ours.seconds, MOST_SECONDS * share),
        ("megabytes", ours.megabytes, MOST_MEGABYTES),
        ("voter waits", ours.voter, LONGEST_WAIT),
        ("worker waits", ours.sign_of_life, LONGEST_WAIT),
    ]
    for name, found, most in promises:
        print(f"{name:<14} {found:>8.2f}  at most {most:>8.2f}  {'kept' if found <= most else 'MISSED'}")
    return all(found <= most for _, found, most in promises)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
