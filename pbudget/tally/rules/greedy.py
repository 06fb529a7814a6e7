"""Greedy rules: projects in a fixed order, each funded if it fits what is left.

Worked example (pot £100; A costs £60 with 5 votes, B £50 with 4, C £30 with 3):
`skip` funds A (£40 left), passes over B and funds C (£10 left); `stop` funds A and ends at B.
By value A has 5/60, B 4/50 = 0.080 and C 3/30 = 0.100 votes per pound: C, A, and B no longer fits.

Source: the rule most cities use; "greedy" and "greedy-no-skip" in Faliszewski et al. 2023 (arXiv 2305.11035).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from pbudget.tally.election import Number, Project


@dataclass(frozen=True, slots=True)
class GreedyCount:
    """What a greedy pass did. Projects are positions; `left_before[i]` is the money when the turn of `i` came."""

    order: tuple[int, ...]
    funded: tuple[int, ...]
    left_before: dict[int, int]
    """Only for projects whose turn came."""
    stopped_at: int | None
    left: int
    tied: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    """Ties that decided money: (funded, not funded although it fitted when the tie was reached)."""


def by_votes(candidates: Sequence[int], score: Sequence[Number]) -> dict[int, Number]:
    """Say what greedy by votes sorts each candidate by."""
    return {i: score[i] for i in candidates}


def by_value(candidates: Sequence[int], score: Sequence[Number], projects: Sequence[Project]) -> dict[int, Number]:
    """Say what greedy by value sorts each candidate by: score per unit of money, exact.

    A project that costs nothing has no such number; it comes before all others by counting as cheaper than any.
    """
    free = 1 + max((Fraction(score[i]) for i in candidates), default=Fraction(0))
    return {i: Fraction(score[i]) / projects[i].cost if projects[i].cost else free + score[i] for i in candidates}


def greedy(
    projects: Sequence[Project],
    sort_by: dict[int, Number],
    tie_rank: Sequence[int],
    money: int,
    stop: bool = False,
) -> GreedyCount:
    """Fund the candidates (the keys of `sort_by`) in order, highest first, while `money` lasts."""
    order = tuple(sorted(sort_by, key=lambda i: (-sort_by[i], tie_rank[i])))
    funded: list[int] = []
    left_before: dict[int, int] = {}
    stopped_at = None
    for i in order:
        left_before[i] = money
        if projects[i].cost <= money:
            funded.append(i)
            money -= projects[i].cost
        elif stop:
            stopped_at = i
            break
    tied = _ties(projects, order, sort_by, set(funded), left_before)
    return GreedyCount(order, tuple(funded), left_before, stopped_at, money, tied)


def _ties(
    projects: Sequence[Project],
    order: tuple[int, ...],
    sort_by: dict[int, Number],
    funded: set[int],
    left_before: dict[int, int],
) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Find the groups of equals in which the order gave money to one project that another could have had."""
    found = []
    for _, equals in groupby(order, key=lambda i: sort_by[i]):
        group = tuple(equals)
        won = tuple(i for i in group if i in funded)
        lost = tuple(i for i in group if i not in funded and projects[i].cost <= left_before.get(group[0], -1))
        if won and lost:
            found.append((won, lost))
    return tuple(found)
