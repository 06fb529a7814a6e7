"""An election as it is counted: a pot, projects with costs, and ballots merged into classes of identical ones.

Example: three ballots {1, 2}, {2, 1} and {2} for projects A, B, C are two classes: `(0, 1)` twice and `(1,)` once
(choices are positions in `Election.projects`; the order on an approval ballot means nothing).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

BallotType = Literal["approval", "ranked", "points"]
Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Project:
    """A costed idea that can be voted for. `cost` is in the smallest unit of the currency."""

    id: str
    cost: int
    name: str = ""
    category: str = ""
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Every other column of the file (votes, score, selected, latitude, ...), as text."""

    @property
    def title(self) -> str:
        """The name people read; “Project 268” where the file gives only an id."""
        return self.name or f"Project {self.id}"


class BallotClass(NamedTuple):
    """Ballots that say the same thing: which projects, cast how many times, and the points where there are points.

    `choices` are positions in `Election.projects`: ascending for approval and points, in order of preference when
    ranked; empty for a blank ballot. `points[i]` (above zero, exact) goes to `choices[i]`.
    """

    choices: tuple[int, ...]
    times: int
    points: tuple[Number, ...] = ()


class Voter(NamedTuple):
    """One ballot in file order: the position of its class, and the values of `Election.voter_columns` as text."""

    ballot: int
    values: tuple[str, ...]


class Notice(NamedTuple):
    """Something in a file a person should know about that did not stop it from being counted; `line` 0 is the whole."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Election:
    """Everything a rule may look at, and nothing else. `pot` and costs are in the smallest unit of the currency."""

    pot: int
    projects: tuple[Project, ...]
    classes: tuple[BallotClass, ...]
    ballot_type: BallotType = "approval"
    length: int = 0
    """L, the allowed length of a ranked ballot: first place scores L, the second L - 1. Not used otherwise."""
    currency: str = "GBP"
    units: int = 100
    """Smallest units in one unit of currency, a power of ten."""
    name: str = ""
    """Where it came from, for messages: a file name."""
    meta: Mapping[str, str] = field(default_factory=dict, hash=False)
    notices: tuple[Notice, ...] = ()
    voter_columns: tuple[str, ...] = ()
    voters: tuple[Voter, ...] = ()
    """Only where the file was read with `keep_voters=True`."""

    @property
    def ballots(self) -> int:
        """Every ballot cast, blank ones included."""
        return sum(ballot.times for ballot in self.classes)

    @property
    def blank_ballots(self) -> int:
        """Ballots that name no project."""
        return sum(ballot.times for ballot in self.classes if not ballot.choices)
