"""Blocs: many ballots alike, more than the other ballots or the other groups explain. Lawful, and worth a look.

Worked example (single-project ballots): 2,013 ballots, 1,085 of them naming one project only. 973 back the clinic lift,
and 814 of those name nothing else. Among the 1,040 who do not back it 271 name one project, a rate of 272/1,042 =
0.261; at that rate 254 of the lift's backers would, so 560 are more than expected: 28 % of all ballots.

Three kinds. *Identical ballots*: a set of two or more projects cast more often than its projects' popularity on the
other ballots makes likely (the law of a ballot of that length under independence). *Single-project ballots*: more of a
project's backers name nothing else than others do. *One group*: a group casts the same ballot more often than everybody
else in the ward; the other groups are the control, so no model of ballots is needed.

Sources: Benjamini and Hochberg 1995 (false discovery rate); elementary symmetric polynomials for ballots of a length.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pbudget.balance.tails import poisson_at_least
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.rules.contest import UNKNOWN, Answers, Contest, Flags, Floats, Integers, Part, Sets, sets_of

IDENTICAL, SINGLE, ONE_GROUP = "identical ballots", "single-project ballots", "one group"
MIN_OTHERS = 20
"""So many other ballots are needed to say what is usual."""


@dataclass(frozen=True, eq=False)
class Bloc:
    """Ballots alike: `named` projects, which ballots (`casts`), how many are expected, `chance` (p, or q after BH)."""

    kind: str
    named: tuple[int, ...]
    casts: Flags
    expected: float
    excess: float
    chance: float = 0.0
    group: str = ""
    lift: float = 0.0
    among: Integers | None = None
    """The ballots of its own contest, where several are looked at together."""

    @property
    def count(self) -> int:
        """How many ballots the bloc has."""
        return int(self.casts.sum())

    @property
    def factor(self) -> float:
        """What its ballots are discounted to: as many as would be expected, at least one."""
        return max(self.expected, 1.0) / self.count


@dataclass(frozen=True, eq=False)
class Blocs:
    """What was looked for and found. The flagged blocs are `found`; the other figures are printed whatever they are."""

    found: tuple[Bloc, ...]
    slate_excess: float
    tested: int
    bullet_excess: float
    bullet_project: int | None
    bullet_rate: float
    group_excess: float
    longest_run: int


@dataclass(frozen=True, eq=False)
class _Looking:
    """One contest being looked through: its sets of projects, how many ballots name each, and how long ballots are."""

    contest: Contest
    thresholds: Thresholds
    sets: Sets = field(init=False)
    sizes: Floats = field(init=False)

    def __post_init__(self) -> None:
        sets = sets_of(self.contest)
        object.__setattr__(self, "sets", sets)
        object.__setattr__(self, "sizes", sets.sizes)

    @property
    def n(self) -> int:
        return self.contest.ballots

    @property
    def only_single(self) -> bool:
        """Whether every ballot names one project: then naming one says nothing."""
        return bool((self.sizes == 1).all())

    def support(self, multi: bool) -> Floats:
        """How many ballots (with two or more projects, if `multi`) name each project."""
        least = 2 if multi else 1
        backing = [(self.sizes[ballots] >= least).sum() for ballots, _ in self.contest.backers]
        return np.array(backing, dtype=np.float64)

    def most_named(self) -> float:
        """Longer ballots are not blocs: ticking nearly everything, or filling a cost limit, is not a slate."""
        return max(1.0, self.thresholds.slate_half * len(self.contest.projects))


def find_blocs(contest: Contest, thresholds: Thresholds) -> Blocs:
    """Look for all three kinds, in the order in which they are reported; contest by contest where there are several."""
    if contest.parts:
        return _in_each_part(contest, thresholds)
    looking = _Looking(contest, thresholds)
    slates, slate_excess, tested = _identical(looking)
    singles, best, project = _single_project(looking)
    of_groups, group_excess = _one_group(looking)
    rate = float((looking.sizes == 1).mean()) if looking.n else 0.0
    found = (*slates, *singles, *of_groups)
    return Blocs(found, slate_excess, tested, best, project, rate, group_excess, longest_run(looking.sets))


def _in_each_part(contest: Contest, thresholds: Thresholds) -> Blocs:
    """Look for blocs within each contest, among its own ballots; shares are of these. The largest excess is given."""
    looked = [(part, find_blocs(part.contest, thresholds)) for part in contest.parts if part.contest.ballots]
    widest, worst = max(looked, key=lambda pair: pair[1].bullet_excess)
    project = None if worst.bullet_project is None else widest.first_project + worst.bullet_project
    single = sum(blocs.bullet_rate * part.contest.ballots for part, blocs in looked)
    return Blocs(
        tuple(_of_part(bloc, part, contest.ballots) for part, blocs in looked for bloc in blocs.found),
        max(blocs.slate_excess for _, blocs in looked),
        sum(blocs.tested for _, blocs in looked),
        worst.bullet_excess,
        project,
        single / contest.ballots,
        max(blocs.group_excess for _, blocs in looked),
        max(blocs.longest_run for _, blocs in looked),
    )


def _of_part(bloc: Bloc, part: Part, ballots: int) -> Bloc:
    """A bloc of one contest as it stands among the ballots and projects of all."""
    named = tuple(p + part.first_project for p in bloc.named)
    return replace(bloc, named=named, casts=part.in_whole(bloc.casts, ballots), among=part.ballots)


def longest_run(sets: Sets) -> int:
    """Find the longest run of neighbours with the same two or more projects, in the order the ballots stand in.

    Households and classes vote together, so runs of 9 are common; below 16 a run is not worth a word.
    """
    longest = run = 0
    before = -1
    worth = [len(named) >= 2 for named in sets.sets]
    for now in sets.set_of.tolist():
        run = (run + 1 if now == before else 1) if worth[now] else 0
        longest, before = max(longest, run), now
    return longest


def _identical(looking: _Looking) -> tuple[list[Bloc], float, int]:
    """Find sets of projects cast more often than the other ballots make likely; also the largest excess, and how many
    sets were tested."""
    limits, n = looking.thresholds, looking.n
    multi, support = int((looking.sizes >= 2).sum()), looking.support(multi=True)
    tested = [
        (i, *_expected_casts(looking, i, multi, support))
        for i, named in enumerate(looking.sets.sets)
        if _may_be_slate(looking, named, int(looking.sets.casts[i]), multi)
    ]
    chances = false_discovery([chance for _, _, chance in tested])
    found, largest = [], 0.0
    for (i, expected, _), q in zip(tested, chances, strict=True):
        casts = int(looking.sets.casts[i])
        excess = (casts - expected) / n
        if q < limits.fdr and casts >= limits.slate_ratio * expected:
            largest = max(largest, excess)
            if excess >= limits.slate_excess:
                alike = looking.sets.set_of == i
                found.append(Bloc(IDENTICAL, looking.sets.sets[i], alike, expected, excess, q))
    return found, largest, len(tested)


def _may_be_slate(looking: _Looking, named: Sequence[int], casts: int, multi: int) -> bool:
    """Whether there are enough casts of a set, and enough other ballots to judge them by."""
    limits, projects = looking.thresholds, len(looking.contest.projects)
    others = multi - casts
    return (
        2 <= len(named) <= limits.slate_half * projects
        and projects >= limits.slate_projects
        and casts >= limits.slate_min
        and others >= max(MIN_OTHERS, limits.slate_others * multi)
    )


def _expected_casts(looking: _Looking, i: int, multi: int, support: Floats) -> tuple[float, float]:
    """How many casts of a set the ballots without it make likely, and the chance of as many as there are."""
    named, casts = list(looking.sets.sets[i]), int(looking.sets.casts[i])
    others = multi - casts
    backing = support.copy()
    backing[named] -= casts
    share = np.clip(backing / others, 0.5 / others, 1 - 0.5 / others)
    odds = share / (1 - share)
    q = float(np.prod(odds[named])) / symmetric(odds, len(named))
    same_length = int((looking.sizes == len(named)).sum()) - casts
    expected = same_length * q / (1 - q) if q < 1 else float(same_length)
    return expected, poisson_at_least(casts, expected)


def symmetric(values: Floats, k: int) -> float:
    """Add up the products of every k of the values: of 1, 2, 3 and k = 2 that is 2 + 3 + 6 = 11."""
    sums = np.zeros(k + 1)
    sums[0] = 1.0
    for value in values.tolist():
        sums[1:] += value * sums[:-1]
    return float(sums[k])


def false_discovery(chances: Sequence[float]) -> list[float]:
    """Turn p values into the share of false finds among those at least as striking (Benjamini and Hochberg)."""
    order = sorted(range(len(chances)), key=lambda i: chances[i], reverse=True)
    found, least = [0.0] * len(chances), 1.0
    for rank, i in zip(range(len(chances), 0, -1), order, strict=True):
        least = min(least, chances[i] * len(chances) / rank)
        found[i] = least
    return found


def _single_project(looking: _Looking) -> tuple[list[Bloc], float, int | None]:
    """Find projects whose backers name nothing else more often than others do; also the largest excess and whose."""
    if looking.only_single or not looking.n:
        return [], 0.0, None
    support, n = looking.support(multi=False), looking.n
    alone = {named[0]: i for i, named in enumerate(looking.sets.sets) if len(named) == 1}
    singles = int((looking.sizes == 1).sum())
    found, best, project = [], 0.0, None
    for p in np.flatnonzero(n - support >= MIN_OTHERS).tolist():
        casts = int(looking.sets.casts[alone[p]]) if p in alone else 0
        rate = (singles - casts + 1) / (n - support[p] + 2)
        expected = float(support[p] * rate)
        excess = (casts - expected) / n
        if excess > best:
            best, project = excess, p
        if excess >= looking.thresholds.bullet_excess:
            found.append(Bloc(SINGLE, (p,), looking.sets.set_of == alone[p], expected, excess))
    return found, best, project


def _one_group(looking: _Looking) -> tuple[list[Bloc], float]:
    """Find ballots that one group casts more often than everybody else; also the largest excess seen."""
    found, largest = [], 0.0
    tables = [(asked, _casts_by_group(looking.sets, asked)) for asked in looking.contest.answers]
    for i, named in enumerate(looking.sets.sets):
        if not named or len(named) > looking.most_named() or (len(named) == 1 and looking.only_single):
            continue
        if looking.sets.casts[i] >= looking.thresholds.slate_min:
            for asked, table in tables:
                blocs, excess = _of_groups(looking, i, asked, table)
                found += blocs
                largest = max(largest, excess)
    return found, largest


def _casts_by_group(sets: Sets, asked: Answers) -> Integers:
    """Count the casts of every set by every group, those who did not say (UNKNOWN, the last column) included."""
    columns = len(asked.groups) + 1
    cells = sets.set_of * columns + asked.codes % columns
    return np.bincount(cells, minlength=len(sets.sets) * columns).reshape(-1, columns)


def _of_groups(looking: _Looking, i: int, asked: Answers, table: Integers) -> tuple[list[Bloc], float]:
    """Compare every group's casts of one ballot with everybody else's; those who did not say are a group too."""
    limits, n = looking.thresholds, looking.n
    sizes, casts = table.sum(axis=0).tolist(), table[i].tolist()
    found, largest = [], 0.0
    for group in sorted([*range(len(asked.groups)), UNKNOWN], key=asked.name):
        x, size = casts[group], sizes[group]
        if x < limits.slate_min or n - size < MIN_OTHERS:
            continue
        others = sum(casts) - x
        expected = size * (others + 1) / (n - size + 2)
        excess = (x - expected) / n
        largest = max(largest, excess)
        if excess >= limits.group_excess and (chance := poisson_at_least(x, expected)) < limits.conc_p:
            alike = (looking.sets.set_of == i) & asked.casts_of(group)
            lift = x / (x + others) / (size / n)
            named = looking.sets.sets[i]
            found.append(Bloc(ONE_GROUP, named, alike, expected, excess, chance, asked.name(group), lift))
    return found, largest
