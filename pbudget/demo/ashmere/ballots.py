"""How people in Ashmere vote: a stream of ballots from a seed, the same every time.

A voter likes some kinds of idea more than others, as people of that age tend to, with a taste of their own. Which
projects they choose is a draw without replacement by these weights: each project gets -log(u) / weight with u even
between 0 and 1, and the smallest few are chosen (Efraimidis and Spirakis 2006). A project of weight 2 comes before one
of weight 1 on two ballots of three.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from pbudget.demo.ashmere.editions import CostedIdea
from pbudget.demo.ashmere.ideas import CATEGORIES
from pbudget.demo.ashmere.residents import residents_of
from pbudget.demo.ashmere.wards import MadeUpWard, stream

LIKING = {
    "16-24": (1.0, 1.6, 1.3, 1.7, 1.5, 0.8, 0.3),
    "25-34": (1.2, 1.3, 1.7, 1.2, 1.3, 1.0, 0.4),
    "35-44": (1.1, 2.3, 1.5, 0.8, 1.0, 0.9, 0.5),
    "45-54": (1.2, 1.5, 1.3, 0.9, 1.0, 1.1, 0.9),
    "55-64": (1.4, 0.8, 1.0, 1.0, 0.9, 1.2, 1.5),
    "65+": (1.4, 0.6, 0.8, 0.9, 0.7, 1.3, 2.6),
}
"""How much each age likes each of CATEGORIES; 1 is the middle."""
EAGERNESS = {"16-24": 0.4, "25-34": 0.7, "35-44": 1.0, "45-54": 1.05, "55-64": 1.25, "65+": 1.4}
"""How readily each age votes; 1 is the middle."""
YOUNGEST_AND_OLDEST = {"65+": (65, 88)}
WOMEN = 0.54
BLANK, UNSTATED = 0.012, 0.07
"""Shares of ballots that name nothing, and of voters who do not say their age or sex."""
SIZES = (0.06, 0.18, 0.43, 0.68, 1.0)
"""Shares of ballots that name at most one project, two, … five: the most that is allowed."""
POINTS = ((), (10,), (6, 4), (5, 3, 2), (4, 3, 2, 1), (3, 3, 2, 1, 1))
"""How ten points are given to so many projects, the favourite first."""


@dataclass(frozen=True)
class Ballot:
    """One ballot: what the voter said of themselves (empty where they did not), and references, the favourite first."""

    age: str
    sex: str
    choices: tuple[str, ...]

    @property
    def points(self) -> tuple[int, ...]:
        """The points of each choice where points are given."""
        return POINTS[len(self.choices)]


def ballots_of(wards: Sequence[MadeUpWard], number: int, projects: Sequence[CostedIdea], seed: str) -> list[Ballot]:
    """So many ballots of people who live in these wards."""
    draw = stream(seed)
    ages, weights = list(EAGERNESS), _voters_by_age(wards)
    appeal = [exp(1.5 * (draw.random() - 0.5)) for _ in projects]
    kinds = [CATEGORIES.index(project.category) for project in projects]
    references = [project.reference for project in projects]
    ballots = []
    for age in draw.choices(ages, weights, k=number):
        tastes = [liking * (0.4 + 1.6 * draw.random()) for liking in LIKING[age]]
        waits = [-log(1 - draw.random()) / (appeal[i] * tastes[kind]) for i, kind in enumerate(kinds)]
        nearest = sorted(range(len(waits)), key=waits.__getitem__)[: _size(draw)]
        ballots.append(Ballot(_age_said(age, draw), _sex_said(draw), tuple(references[i] for i in nearest)))
    return ballots


def _voters_by_age(wards: Sequence[MadeUpWard]) -> list[float]:
    """How many of each age may be expected to vote, up to a common factor."""
    residents = [residents_of(ward)["age"] for ward in wards]
    return [eagerness * sum(ages[age] for ages in residents) for age, eagerness in EAGERNESS.items()]


def _size(draw: random.Random) -> int:
    """How many projects a ballot names; 0 is a blank one."""
    if draw.random() < BLANK:
        return 0
    share = draw.random()
    return next(size for size, upto in enumerate(SIZES, 1) if share < upto)


def _age_said(band: str, draw: random.Random) -> str:
    youngest, oldest = YOUNGEST_AND_OLDEST.get(band) or map(int, band.split("-"))
    age = youngest + int(draw.random() * (oldest - youngest + 1))
    return "" if draw.random() < UNSTATED else str(age)


def _sex_said(draw: random.Random) -> str:
    sex = "F" if draw.random() < WOMEN else "M"
    return "" if draw.random() < UNSTATED else sex
