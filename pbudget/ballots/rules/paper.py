"""The ballot paper: what one resident can vote on, as plain values.

Contest("riverside", …, ballot_type="approval", most=5, options=(Option("p1", "Skate park", 1_200_000), …))
"""

import hashlib
from dataclasses import dataclass

Choices = list[str] | dict[str, int]
"""References of proposals (in order where the ballot is ranked), or points by reference."""


@dataclass(frozen=True)
class Option:
    """A proposal on the paper. A withdrawn one can be seen and taken off a ballot, and not put on one."""

    reference: str
    title: str
    cost: int
    description: str = ""
    category: str = ""
    withdrawn: str | None = None
    """Why it was withdrawn, as residents read it; None while it stands."""


@dataclass(frozen=True)
class Contest:
    """One pot with the proposals that compete for it. Money in the smallest unit, `units` of them to one.

    `most` is how many proposals may be chosen or ranked (None: as many as one likes). `points` is how many there are
    to share and `cap` how many one proposal may get (None: all of them); both only where the ballot is of points.
    """

    slug: str
    name: str
    ballot_type: str
    amount: int
    currency: str = "GBP"
    units: int = 100
    most: int | None = None
    points: int = 0
    cap: int | None = None
    is_borough_wide: bool = False
    options: tuple[Option, ...] = ()

    @property
    def by_reference(self) -> dict[str, Option]:
        """Every option by its reference."""
        return {option.reference: option for option in self.options}

    @property
    def most_for_one(self) -> int:
        """The most points that one proposal may get."""
        return self.points if self.cap is None else min(self.points, self.cap)


@dataclass(frozen=True)
class Paper:
    """Every contest that one resident votes in: the own ward's first, then the borough-wide ones."""

    contests: tuple[Contest, ...]

    def contest(self, slug: str) -> Contest | None:
        """The contest of this name, or None."""
        return next((contest for contest in self.contests if contest.slug == slug), None)

    def after(self, slug: str) -> Contest | None:
        """The contest that follows this one, or None after the last."""
        slugs = [contest.slug for contest in self.contests]
        place = slugs.index(slug) + 1
        return self.contests[place] if place < len(slugs) else None

    def before(self, slug: str) -> Contest | None:
        """The contest in front of this one, or None before the first."""
        place = [contest.slug for contest in self.contests].index(slug)
        return self.contests[place - 1] if place else None


def shuffled(options: tuple[Option, ...], seed: str, contest: str) -> tuple[Option, ...]:
    """The options in an order of this ballot's own, the same each time: sorted by SHA-256 of seed, contest, reference.

    No place on the list is anybody's advantage, and a reload, another tab or another machine shows the same order.
    """
    return tuple(sorted(options, key=lambda option: _place(seed, contest, option.reference)))


def _place(seed: str, contest: str, reference: str) -> bytes:
    return hashlib.sha256("\0".join((seed, contest, reference)).encode("utf-8", "surrogatepass")).digest()
