"""Measures the tally against pabutools on this machine, in this run, and prints ratios.

    .venv/bin/python -m bench.tally            # everything; pabutools needs about a minute and 2.4 GB for Łódź
    .venv/bin/python -m bench.tally --small    # Amsterdam 332 instead of Łódź, a few seconds

Every figure is the processor time (and peak memory) of a process of its own, start-up included where it says so. The
targets are those of docs/tally.md; the exit status is 1 when one is missed.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[1].parent / "shared" / "data" / "pabulib"
LARGE, SMALL = "Poland_Lodz_2022.pb", "Netherlands_Amsterdam_332.pb"
COMMAND = ["--rule", "equal-shares", "--completion", "greedy", "--json"]
REPEATS = 3

OURS = """
from pathlib import Path
from pbudget.tally.pabulib import read
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule
import resource, sys, time
started = time.process_time()
count(read(Path(sys.argv[1])), Rule("equal-shares"))
print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
THEIRS = """
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
import resource, sys, time
started = time.process_time()
instance, profile = parse_pabulib(sys.argv[1])
profile = profile.as_multiprofile() if sys.argv[2] == "merged" else profile
method_of_equal_shares(instance, profile, sat_class=Cost_Sat)
print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
WHOLE = """
import json, sys
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares
instance, profile = parse_pabulib(sys.argv[1])
bought = method_of_equal_shares(instance, profile.as_multiprofile(), sat_class=Cost_Sat)
filled = greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat, initial_budget_allocation=bought)
print(json.dumps(sorted(project.name for project in filled)))
"""
TIMED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


class Cost(NamedTuple):
    """What a process took: processor seconds and peak kilobytes."""

    seconds: float
    kilobytes: float


class Target(NamedTuple):
    """One promise: a measured ratio and the most it may be."""

    what: str
    ratio: float
    most: float

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.ratio <= self.most


def main() -> None:
    """Measure, print the table, and exit with 1 when a target is missed."""
    options = argparse.ArgumentParser(description="The tally against pabutools, as ratios.")
    options.add_argument("--small", action="store_true", help="use a small file where pabutools takes minutes")
    name = SMALL if options.parse_args().small else LARGE
    if not DATA.is_dir():
        sys.exit(f"No folder {DATA}: put the real data there to run this bench.")
    with tempfile.TemporaryDirectory() as folder:
        promised = name == LARGE
        targets = [*against_pabutools(DATA / name, promised), whole_process(Path(folder)), growth(Path(folder))]
    for target in targets:
        verdict = "kept" if target.kept else "MISSED"
        print(f"{target.what:<62} {target.ratio:>8.4f}  at most {target.most:.4f}  {verdict}")
    sys.exit(0 if all(target.kept for target in targets) else 1)


def against_pabutools(path: Path, promised: bool) -> list[Target]:
    """Parse + Equal Shares inside a running interpreter: processor time and peak memory, both ways to use pabutools.

    The targets are promised for Łódź; start-up memory alone is more than a tenth on a small file.
    """
    ours = best(sys.executable, "-c", OURS, str(path), inside=True)
    plain = best(sys.executable, "-c", THEIRS, str(path), "plain", inside=True, repeats=1)
    merged = best(sys.executable, "-c", THEIRS, str(path), "merged", inside=True, repeats=1)
    report(f"{path.stem}, parse + Equal Shares", ours)
    report("  the same by pabutools", plain)
    report("  the same by pabutools, ballots merged (its faster way)", merged)
    return [
        Target("time / pabutools", ours.seconds / plain.seconds, 1 / 50 if promised else 1),
        Target("peak memory / pabutools", ours.kilobytes / plain.kilobytes, 1 / 10 if promised else 1),
        Target("time / pabutools with merged ballots (for information)", ours.seconds / merged.seconds, 1),
    ]


def whole_process(folder: Path) -> Target:
    """A whole `pbudget count` process on every sixth ballot of Łódź against a pabutools script that does the same."""
    path = sampled(DATA / LARGE, folder, 6)
    program = [sys.executable, "-c", "from pbudget.cli import main; main()", "count", str(path), *COMMAND]
    ours, theirs = best(*program), best(sys.executable, "-c", WHOLE, str(path))
    report("15,083 ballots, the whole process `pbudget count`", ours)
    report("  a pabutools script that prints the same winners", theirs)
    return Target("whole process / pabutools script, 15,083 ballots", ours.seconds / theirs.seconds, 1 / 8)


def growth(folder: Path) -> Target:
    """Four times the ballots: all of Łódź against every fourth ballot of it."""
    whole, quarter = DATA / LARGE, sampled(DATA / LARGE, folder, 4)
    one, four = (best(sys.executable, "-c", OURS, str(path), inside=True) for path in (quarter, whole))
    report("a quarter of Łódź, parse + Equal Shares", one)
    report("Łódź, parse + Equal Shares", four)
    return Target("four times the ballots / time", four.seconds / one.seconds, 4.5)


def best(*command: str, inside: bool = False, repeats: int = REPEATS) -> Cost:
    """Run a command a few times and keep the least disturbed one; `inside`: it measures and prints its own figures."""
    whole = list(command) if inside else [sys.executable, "-c", TIMED, *command]
    costs = []
    for _ in range(repeats):
        printed = subprocess.run(whole, check=True, capture_output=True, text=True).stdout.split()
        costs.append(Cost(float(printed[-2]), float(printed[-1])))
    return min(costs)


def sampled(path: Path, folder: Path, every: int) -> Path:
    """Write a file with every n-th ballot only."""
    head, votes = _parts(path)
    return _written(folder / "sampled.pb", head, votes[::every])


def _parts(path: Path) -> tuple[str, list[str]]:
    """Split a file into what comes before the first ballot, and its ballots."""
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    before, _, votes = text.partition("VOTES\n")
    header, _, rows = votes.partition("\n")
    return f"{before}VOTES\n{header}\n", rows.splitlines()


def _written(path: Path, head: str, votes: list[str]) -> Path:
    """Write a file and make META agree with its ballots."""
    lines = [f"num_votes;{len(votes)}" if line.startswith("num_votes;") else line for line in head.splitlines()]
    path.write_text("\n".join([*lines, *votes]) + "\n", encoding="utf-8")
    return path


def report(what: str, cost: Cost) -> None:
    """Print one measurement."""
    print(f"{what:<62} {cost.seconds:>8.3f} CPU s  {cost.kilobytes / 1024:>7.0f} MB")


if __name__ == "__main__":
    main()
