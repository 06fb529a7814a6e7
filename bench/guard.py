"""Measures the guard: processor time and memory of one contest with 200 replicates, and how blocs are found.

    .venv/bin/python -m bench.guard              # speed: a fifth of Łódź, and all of it
    .venv/bin/python -m bench.guard --detection  # also: blocs put into real votes, and the verdicts that follow

Every figure of speed is of a process of its own, without its start. The target is that of docs/guard-command.md; the
exit status is 1 when it is missed. It is for the guard itself; Equal Shares, shown beside every report, is the tally's
and is printed apart.
"""

import argparse
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
    "Poland_Gdynia_2022_Chylonia__large.pb": "Poland_Gdynia_2022_Chylonia__small.pb",
    "Poland_Gdynia_2022_Chylonia__small.pb": "Poland_Gdynia_2022_Chylonia__large.pb",
    "Poland_Gdynia_2023_Witomino__small.pb": "Poland_Gdynia_2022_Chylonia__small.pb",
    "Poland_Katowice_2021_Osiedle_Tysiaclecia.pb": "Poland_Katowice_2020.pb",
    "Poland_Katowice_2025_Giszowiec.pb": "Poland_Katowice_2020.pb",
}
"""Votes with ages and sexes, and the vote whose own voters each is compared with."""
BANDS = {"0-17": (0, 17), "18-29": (18, 29), "30-44": (30, 44), "45-59": (45, 59), "60+": (60, 200)}
SIZES = (5, 10, 15, 20)
MAN_OF_22, OTHERS = ("M", "22"), ("", "")


class Bloc(NamedTuple):
    """What is put in: who casts it, and how many projects each ballot names."""

    name: str
    sex: str
    age: str
    projects: int


BLOCS = (
    Bloc("three projects, men of 22", *MAN_OF_22, 3),
    Bloc("one project, men of 22", *MAN_OF_22, 1),
    Bloc("one project, people who did not say", *OTHERS, 1),
)


def main() -> None:
    """Measure, print the tables, and exit with 1 when the target is missed."""
    options = argparse.ArgumentParser(description="The guard: speed, memory, and blocs put into real votes.")
    options.add_argument("--detection", action="store_true", help="put blocs into real votes too (a minute)")
    wanted = options.parse_args()
    if not DATA.is_dir():
        sys.exit(f"No folder {DATA}: put the real data there to run this bench.")
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
    """Print, for every bloc and size, how often the verdict is at least "watch", and the same without any bloc."""
    votes = [(read(DATA / name, keep_voters=True), shares_of(DATA / other)) for name, other in CITIES.items()]
    untouched = [verdict(election, shares) for election, shares in votes]
    print(
        f"\n{'bloc put into ' + str(len(votes)) + ' real votes':<38}{'share':>6}{'watch or worse':>16}{'at risk':>10}"
    )
    _row("none", 0, untouched)
    for bloc in BLOCS:
        for size in SIZES:
            _row(bloc.name, size, [verdict(with_bloc(election, bloc, size), shares) for election, shares in votes])


def _row(name: str, size: int, verdicts: list[str]) -> None:
    counted = Counter(verdicts)
    risk, watch = counted["at risk of capture"], counted["watch"]
    print(f"{name:<38}{size:>5}%{risk + watch:>11} of {len(verdicts)}{risk:>5} of {len(verdicts)}")


def verdict(election: Election, shares: Mapping[str, Mapping[str, float]]) -> str:
    """The guard's verdict on a vote."""
    return look_at(election, Residents(shares)).found.verdict.verdict


def with_bloc(election: Election, bloc: Bloc, percent: int) -> Election:
    """Add a bloc for the most popular projects that were not funded, as so many per cent of all ballots."""
    extra = round(election.ballots * percent / (100 - percent))
    named = tuple(sorted(losers(election)[: bloc.projects]))
    each = int(election.meta.get("max_sum_points", 1)) // bloc.projects
    points = (each,) * len(named) if election.ballot_type == "points" else ()
    added = BallotClass(named, extra, points)
    said = {"sex": bloc.sex, "age": bloc.age}
    voter = Voter(len(election.classes), tuple(said.get(name, "") for name in election.voter_columns))
    return replace(election, classes=(*election.classes, added), voters=(*election.voters, *[voter] * extra))


def losers(election: Election) -> list[int]:
    """Projects that were not funded, by votes, the most popular first."""
    looked = look_at(election, None)
    support = Counter(p for ballot in election.classes for p in ballot.choices for _ in range(ballot.times))
    return [p for p, _ in support.most_common() if p not in looked.found.cast]


def shares_of(path: Path) -> dict[str, dict[str, float]]:
    """The shares of a vote's own voters by sex and age."""
    election = read(path, keep_voters=True)
    answers = {name: list(_column(election, name)) for name in ("sex", "age")}
    sexes = Counter(sex for sex in answers["sex"] if sex in ("F", "M"))
    ages = Counter(
        band for age in answers["age"] if age for band, (low, high) in BANDS.items() if low <= int(float(age)) <= high
    )
    counted = {"sex": sexes, "age": ages}
    return {
        name: {group: x / counts.total() for group, x in sorted(counts.items())} for name, counts in counted.items()
    }


def _column(election: Election, name: str) -> Iterator[str]:
    place = election.voter_columns.index(name)
    return (voter.values[place] for voter in election.voters)


if __name__ == "__main__":
    main()
