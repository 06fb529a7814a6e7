"""Measures the guard: processor time and memory of one contest with 200 replicates, and how blocs are found.

    .venv/bin/python -m bench.guard              # speed: a fifth of Łódź, and all of it
    .venv/bin/python -m bench.guard --detection  # also: blocs put into real votes, and the verdicts that follow

Every figure of speed is of a process of its own, without its start. The target is that of docs/guard-command.md; the
exit status is 1 when it is missed. It is for the guard itself; Equal Shares, shown beside every report, is the tally's
and is printed apart.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench.tally import DATA, LARGE, Target, best, report, sampled
from pbudget.guard.past_votes import look_at
from pbudget.guard.residents import Residents
from pbudget.tally.election import BallotClass, Election, Voter
from pbudget.tally.pabulib import read

MOST_SECONDS = 1.0
MEASURED = """
import mpmath, resource, sys, time
from pathlib import Path
from pbudget.guard import past_votes
from pbudget.guard.residents import Residents
from pbudget.tally.pabulib import read
shares = {"sex": {"F": 0.517, "M": 0.483}, "age": {"0-17": 0.185, "18-59": 0.557, "60+": 0.258}}
election = read(Path(sys.argv[1]), keep_voters=True)
if sys.argv[2] == "without":
    past_votes.count = lambda election, rule: type("Nothing", (), {"winners": ()})
started = time.process_time()
looked = past_votes.look_at(election, Residents(shares))
assert looked.found.findings and looked.found.replicates == 200
looked.as_object()
print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
CITIES = {
    "Poland_Gdansk_2020_Mlyniska.pb": "Gdańsk 2020",
    "Poland_Gdynia_2022_Chylonia__large.pb": "Gdynia 2022",
    "Poland_Gdynia_2022_Chylonia__small.pb": "Gdynia 2022",
    "Poland_Gdynia_2023_Witomino__small.pb": "Gdynia 2022",
    "Poland_Katowice_2021_Osiedle_Tysiaclecia.pb": "Katowice 2021",
    "Poland_Katowice_2025_Giszowiec.pb": "Katowice 2025",
}
"""Votes with ages and sexes, and the city whose own voters each is compared with, by the name it has in VECTORS."""
VECTORS = DATA.parents[1] / "vectors" / "guard.json"
Shares = Mapping[str, Mapping[str, float]]
AGE_OF_BAND = {"0-17": "16", "18-29": "25", "30-44": "37", "45-59": "52", "60+": "68"}
SIZES = (5, 10, 15, 20)
VERDICTS = ("balanced", "watch", "at risk of capture", "not enough data")
GOLDEN = 0.6180339887498949
MAN_OF_22, OTHERS = ("M", "22"), ("", "")


class Bloc(NamedTuple):
    """What is put in: who casts it (None: people like those the vote is compared with), and how many projects each."""

    name: str
    caster: tuple[str, str] | None
    projects: int


BLOCS = (
    Bloc("three projects, men of 22", MAN_OF_22, 3),
    Bloc("one project, men of 22", MAN_OF_22, 1),
    Bloc("one project, people who did not say", OTHERS, 1),
    Bloc("three projects, people like the city", None, 3),
)


def main() -> None:
    """Measure, print the tables, and exit with 1 when the target is missed."""
    options = argparse.ArgumentParser(description="The guard: speed, memory, and blocs put into real votes.")
    options.add_argument("--detection", action="store_true", help="put blocs into real votes too (a minute)")
    wanted = options.parse_args()
    if not DATA.is_dir():
        sys.exit(f"No folder {DATA}: put the real data there to run this bench.")
    if wanted.detection and not VECTORS.is_file():
        sys.exit(f"No file {VECTORS}: put the check values there to put blocs into real votes.")
    target = speed()
    if wanted.detection:
        print_detection()
    sys.exit(0 if target.kept else 1)


def speed() -> Target:
    """One contest of 18,099 ballots on 160 projects, and one five times as large."""
    with tempfile.TemporaryDirectory() as folder:
        path = sampled(DATA / LARGE, Path(folder), 5)
        guard = best(sys.executable, "-c", MEASURED, str(path), "without", inside=True)
        report("18,099 ballots, 160 projects, 200 replicates: the guard", guard)
        whole = best(sys.executable, "-c", MEASURED, str(path), "with", inside=True)
        report("  and Equal Shares with raised shares beside it", whole)
    large = best(sys.executable, "-c", MEASURED, str(DATA / LARGE), "without", inside=True, repeats=1)
    report("90,494 ballots, 160 projects, 200 replicates: the guard", large)
    target = Target("18,099 ballots with 200 replicates, CPU s", guard.seconds, MOST_SECONDS)
    print(f"{target.what:<62} {target.ratio:>8.4f}  at most {target.most:.4f}  {'kept' if target.kept else 'MISSED'}")
    return target


def print_detection() -> None:
    """Print how often each verdict follows for every bloc and size, beside the votes as they are."""
    cities = json.loads(VECTORS.read_text(encoding="utf-8"))["baselines"]["city"]
    votes = [(read(DATA / name, keep_voters=True), cities[city]) for name, city in CITIES.items()]
    heads = "".join(f"{name.split(' ')[0] if name != VERDICTS[2] else 'at risk':>10}" for name in VERDICTS[:3])
    print(f"\n{'bloc put into ' + str(len(votes)) + ' real votes':<38}{'share':>6}{heads}{'no verdict':>12}")
    _row("untouched", 0, [verdict(election, shares) for election, shares in votes])
    for bloc in BLOCS:
        for size in SIZES:
            _row(
                bloc.name,
                size,
                [verdict(with_bloc(election, bloc, size, shares), shares) for election, shares in votes],
            )


def _row(name: str, size: int, verdicts: list[str]) -> None:
    counted = Counter(verdicts)
    cells = "".join(f"{counted[each]:>10}" for each in VERDICTS[:3])
    print(f"{name:<38}{size:>5}%{cells}{counted[VERDICTS[3]]:>12}")


def verdict(election: Election, shares: Shares) -> str:
    """The guard's verdict on a vote."""
    return look_at(election, Residents(shares)).found.verdict.verdict


def with_bloc(election: Election, bloc: Bloc, percent: int, shares: Shares) -> Election:
    """Add a bloc for the most popular projects that were not funded, as so many per cent of all ballots."""
    extra = round(election.ballots * percent / (100 - percent))
    named = tuple(sorted(losers(election)[: bloc.projects]))
    each = int(election.meta.get("max_sum_points", 1)) // bloc.projects
    points = (each,) * len(named) if election.ballot_type == "points" else ()
    casters = [bloc.caster] * extra if bloc.caster else list(alike(shares, extra))
    added = [
        Voter(len(election.classes), tuple({"sex": sex, "age": age}.get(name, "") for name in election.voter_columns))
        for sex, age in casters
    ]
    classes = (*election.classes, BallotClass(named, extra, points))
    return replace(election, classes=classes, voters=(*election.voters, *added))


def alike(shares: Shares, number: int) -> Iterator[tuple[str, str]]:
    """People in the shares of a city by sex and by age, the two unrelated; the same ones every time."""
    for n in range(number):
        sex = _at(shares["sex"], (n * GOLDEN) % 1)
        yield sex, AGE_OF_BAND[_at(shares["age"], (n + 0.5) / number)]


def _at(groups: Mapping[str, float], place: float) -> str:
    """The group at a place from 0 to 1 when groups lie side by side."""
    for group, share in groups.items():
        place -= share
        if place < 0:
            return group
    return group


def losers(election: Election) -> list[int]:
    """Projects that were not funded, by votes, the most popular first."""
    looked = look_at(election, None)
    support = Counter(p for ballot in election.classes for p in ballot.choices for _ in range(ballot.times))
    return [p for p, _ in support.most_common() if p not in looked.found.cast]


if __name__ == "__main__":
    main()
