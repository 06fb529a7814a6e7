"""A contest as the guard sees it: projects, what is on every ballot, and what its caster said about themselves.

Example: projects A (£10) and B (£20), a pot of £20, three ballots {A}, {A, B}, {} from F, M and somebody who did not
say: classes ((0,), (1,)), ((0, 1), (1, 1)), ((), ()), `class_of` 0, 1, 2, and the answers to "sex" coded 0, 1, -1.
Ballots stand in one order throughout: that of the file, or of their leaf hashes in a live round.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNKNOWN = -1
UNKNOWN_LABEL = "unknown"


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to one question, beside the shares of residents: `codes[i]` is the group of ballot i or UNKNOWN."""

    dimension: str
    groups: tuple[str, ...]
    shares: tuple[float, ...]
    codes: Integers
    labels: tuple[str | None, ...]

    @property
    def baseline(self) -> dict[str, float]:
        """Shares of residents by group."""
        return dict(zip(self.groups, self.shares, strict=True))

    def casts_of(self, group: int) -> Flags:
        """Mark the ballots of one group."""
        return np.asarray(self.codes == group)

    def only(self, ballots: Integers) -> "Answers":
        """The answers on some of the ballots."""
        return replace(self, codes=self.codes[ballots], labels=tuple(self.labels[i] for i in ballots.tolist()))

    def name(self, group: int) -> str:
        """Name a group as reports do: `age:60+`."""
        return f"{self.dimension}:{UNKNOWN_LABEL if group == UNKNOWN else self.groups[group]}"


def answers_of(dimension: str, labels: Iterable[str | None], baseline: Mapping[str, float]) -> Answers:
    """Code the labels by the baseline's groups; one the baseline does not have is unknown wherever ratios are taken."""
    kept = tuple(labels)
    place = {group: i for i, group in enumerate(baseline)}
    codes = np.array([UNKNOWN if label is None else place.get(label, UNKNOWN) for label in kept], dtype=np.int64)
    return Answers(dimension, tuple(baseline), tuple(baseline.values()), codes, kept)


@dataclass(frozen=True, eq=False)
class Contest:
    """One ward's or the borough's vote. `classes` are distinct ballots: projects (ascending) and the score for each."""

    projects: tuple[str, ...]
    costs: tuple[int, ...]
    classes: tuple[tuple[tuple[int, ...], tuple[float, ...]], ...]
    class_of: Integers
    answers: tuple[Answers, ...] = field(default=())
    parts: tuple["Part", ...] = field(default=())
    """The contests it is made of, where several wards are looked at together: see rules/together.py."""

    @property
    def ballots(self) -> int:
        """How many were cast, blank ones included."""
        return len(self.class_of)

    def casts_of(self, projects: Iterable[int]) -> int:
        """How many ballots name exactly these projects."""
        wanted = set(projects)
        alike = [place for place, (named, _) in enumerate(self.classes) if set(named) == wanted]
        return int(np.isin(self.class_of, alike).sum())

    @cached_property
    def backers(self) -> list[tuple[Integers, Floats]]:
        """Per project the ballots that name it, ascending, and the score each gives it."""
        ballots = [self.classes[position] for position in self.class_of.tolist()]
        lengths = np.array([len(choices) for choices, _ in ballots], dtype=np.int64)
        projects = np.fromiter((p for choices, _ in ballots for p in choices), dtype=np.int64)
        scores = np.fromiter((score for _, given in ballots for score in given), dtype=np.float64)
        order = np.argsort(projects, kind="stable")
        ends = np.cumsum(np.bincount(projects, minlength=len(self.projects)))[:-1]
        naming = np.repeat(np.arange(len(ballots)), lengths)[order]
        pairs = zip(np.split(naming, ends), np.split(scores[order], ends), strict=True)
        return list(pairs)[: len(self.projects)]

    def cost_of(self, projects: Iterable[int]) -> int:
        """Add up what some projects cost."""
        return sum(self.costs[p] for p in projects)

    def share_moved(self, before: Iterable[int], after: Iterable[int]) -> float:
        """Share of the money awarded that goes elsewhere: 1 - cost(both) / cost(before); 0 if nothing was awarded."""
        kept, awarded = self.cost_of(set(before) & set(after)), self.cost_of(before)
        return 1 - kept / awarded if awarded else 0.0


@dataclass(frozen=True, eq=False)
class Part:
    """One of several contests looked at together: where its ballots and its projects stand among those of all."""

    contest: Contest
    ballots: Integers
    first_project: int

    def in_whole(self, casts: Flags, ballots: int) -> Flags:
        """Marks on its own ballots as marks on all of them."""
        marked = np.zeros(ballots, dtype=bool)
        marked[self.ballots] = casts
        return marked


@dataclass(frozen=True, eq=False)
class Sets:
    """Ballots merged by which projects they name, whatever the points: the sets in text order of their positions."""

    sets: tuple[tuple[int, ...], ...]
    set_of: Integers
    casts: Integers

    @property
    def sizes(self) -> Integers:
        """How many projects each ballot names, in ballot order."""
        return np.array([len(named) for named in self.sets], dtype=np.int64)[self.set_of]


def sets_of(contest: Contest) -> Sets:
    """Merge the ballots of a contest by the set of projects they name."""
    distinct = tuple(sorted({choices for choices, _ in contest.classes}))
    place = {named: i for i, named in enumerate(distinct)}
    of_class = np.array([place[choices] for choices, _ in contest.classes], dtype=np.int64)
    set_of = of_class[contest.class_of] if contest.ballots else np.zeros(0, dtype=np.int64)
    return Sets(distinct, set_of, np.bincount(set_of, minlength=len(distinct)).astype(np.int64))


def contest_of(
    projects: Mapping[str, int], ballots: Sequence[Mapping[str, float]], answers: Sequence[Answers] = ()
) -> Contest:
    """Build a contest from costs by project and, per ballot, the score it gives each project it names."""
    place = {project: i for i, project in enumerate(projects)}
    said = [tuple(sorted((place[project], float(score)) for project, score in ballot.items())) for ballot in ballots]
    number = {ballot: i for i, ballot in enumerate(Counter(said))}
    classes = tuple((tuple(p for p, _ in ballot), tuple(score for _, score in ballot)) for ballot in number)
    class_of = np.array([number[ballot] for ballot in said], dtype=np.int64)
    return Contest(tuple(projects), tuple(projects.values()), classes, class_of, tuple(answers))
