"""Small contests for the guard's tests, and the shared check values."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from pbudget.config import ROOT
from pbudget.guard.past_votes import Looked, look_at
from pbudget.guard.residents import Residents
from pbudget.tally.election import BallotClass, Election, Project, Voter
from pbudget.tally.pabulib import read

VECTORS = ROOT.parent / "shared" / "vectors" / "guard.json"
PABULIB = ROOT.parent / "shared" / "data" / "pabulib"


@lru_cache(maxsize=1)
def vectors() -> dict[str, Any]:
    """The shared check values; tests that need them skip without the folder."""
    if not VECTORS.is_file():
        pytest.skip(f"No file {VECTORS}: put the guard's check values there to run this test")
    return dict(json.loads(VECTORS.read_text(encoding="utf-8")))


def baseline_called(name: str) -> dict[str, dict[str, float]]:
    """`nat` or `city:Gdynia 2022` of the check values."""
    kind, _, place = name.partition(":")
    found = vectors()["baselines"][kind]
    return dict(found[place] if place else found)


def looked_at_file(path: Path, shares: Mapping[str, Mapping[str, float]]) -> Looked:
    """A real file beside shares of residents."""
    return look_at(read(path, keep_voters=True), Residents(shares))


def election_of(
    pot: int,
    costs: Mapping[str, int],
    ballots: Sequence[Sequence[str]],
    said: Mapping[str, Sequence[str | None]] | None = None,
    **meta: str,
) -> Election:
    """An approval election with every ballot in order and columns about its casters."""
    place = {project: i for i, project in enumerate(costs)}
    named = [tuple(sorted(place[project] for project in ballot)) for ballot in ballots]
    classes = {choices: i for i, choices in enumerate(dict.fromkeys(named))}
    columns = dict(said or {})
    voters = tuple(
        Voter(classes[choices], tuple(columns[name][i] or "" for name in columns)) for i, choices in enumerate(named)
    )
    return Election(
        pot=pot,
        projects=tuple(Project(project, cost) for project, cost in costs.items()),
        classes=tuple(BallotClass(choices, named.count(choices)) for choices in classes),
        name="test.pb",
        units=1,
        meta={"rule": "greedy", **meta},
        voter_columns=tuple(columns),
        voters=voters,
    )


def looked_at(
    ballots: Sequence[Sequence[str]],
    said: Mapping[str, Sequence[str | None]] | None = None,
    shares: Mapping[str, Mapping[str, float]] | None = None,
    pot: int = 40,
    costs: Mapping[str, int] | None = None,
    **meta: str,
) -> Looked:
    """What the guard says of a small made-up vote."""
    election = election_of(pot, costs or {"p1": 10, "p2": 20, "p3": 30}, ballots, said, **meta)
    return look_at(election, Residents(shares) if shares is not None else None)
