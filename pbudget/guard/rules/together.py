"""Contests of several wards looked at as one: their people together, every contest counted by itself.

Worked example: Riverside has 2 ballots over projects A and B, Hilltop 1 over A. Together there are 3 ballots and three
projects, “riverside/A”, “riverside/B” and “hilltop/A”: two wards may call a project the same. What is funded is what
each ward funds, side by side, from its own pot and by its own rule, whatever the weights.

What compares ballots with ballots (identical ones, single-project ones, those of one group) is looked for within each
contest, since a ballot of one ward says nothing about the projects of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pbudget.guard.rules.contest import Answers, Contest, Flags, Floats, Integers, Part
from pbudget.guard.rules.retally import Retally


def together(
    names: Sequence[str], members: Sequence[Contest], places: Sequence[Integers], answers: Sequence[Answers] = ()
) -> Contest:
    """One contest of several. `places` say where each one's ballots stand among all; `answers` are of all of them."""
    parts, class_of = [], np.zeros(sum(map(len, places)), dtype=np.int64)
    projects: list[str] = []
    costs: list[int] = []
    classes: list[tuple[tuple[int, ...], tuple[float, ...]]] = []
    for name, member, where in zip(names, members, places, strict=True):
        called = tuple(f"{name}/{project}" for project in member.projects)
        said = tuple(each.only(where) for each in answers)
        parts.append(Part(replace(member, projects=called, answers=said), where, len(projects)))
        class_of[where] = member.class_of + len(classes)
        classes += [(tuple(p + len(projects) for p in named), scores) for named, scores in member.classes]
        projects += called
        costs += member.costs
    return Contest(tuple(projects), tuple(costs), tuple(classes), class_of, tuple(answers), tuple(parts))


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Counts each contest again by its own rule, with the weights of its own ballots; the winners stand in a row."""

    members: Sequence[Retally]
    places: Sequence[Integers]

    def winners(self, weights: Floats) -> Flags:
        """Say what is funded for each row of weights of all ballots."""
        pairs = zip(self.members, self.places, strict=True)
        return np.concatenate([each.winners(weights[:, where]) for each, where in pairs], axis=1)
