"""Method of Equal Shares: each voter gets an equal share, and supporters pay for projects together.

Worked example (pot £12, four voters, so £3 each; cost utilities): A costs £6 and voters 1, 2, 3 support it; B costs £4,
supported by 3 and 4; C costs £2, supported by 4. Prices per £1 of cost: A 6/(3·6) = 1/3, B 4/(2·4) = 1/2, C 1. A is
cheapest: voters 1 to 3 pay £2 each and keep £1. B now: voter 3 can pay only £1, voter 4 pays the other £3, which is
3/4 of B's cost. It is the cheapest left and is bought. Voter 4 has nothing left, so C is not funded: A and B win.

Sources: Peters, Pierczyński and Skowron 2021, "Proportional participatory budgeting with additive utilities"
(NeurIPS); the price is found by letting the poorest supporters pay all they have, then the next (arXiv 2008.13276).

Exact: what voters have left are whole numbers over one common denominator. Classes of ballots with the same amount
left share a *state*, so a purchase is decided on a few hundred states, not on every ballot. A correctly rounded float
of an earlier price (prices never fall) says which projects need not be looked at; whole numbers decide the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from pbudget.tally.election import Election
from pbudget.tally.rules.outcome import Payment
from pbudget.tally.rules.scores import ballot_scores, point_scale

SPENT, START = 0, 1
"""The states nobody has to buy their way into: nothing left, and the whole share left."""


@dataclass(frozen=True, slots=True)
class Market:
    """Everything about the projects for sale that does not change from run to run. Lists are by project position."""

    costs: Sequence[int]
    worth: Sequence[int]
    """Utility of one unit: the cost under cost utilities, else 1."""
    supporters: Sequence[dict[int, list[int]]]
    """Units of utility to the classes that get them; {1: all} unless utilities are scores."""
    counts: Sequence[int]
    """Voters in each class."""
    candidates: tuple[int, ...]
    """Projects with support, in tie order."""
    per_point: bool


@dataclass(frozen=True, slots=True)
class Purchases:
    """What one run bought, in order, and what each candidate's supporters have left together at the end."""

    payments: tuple[Payment, ...]
    ties: tuple[tuple[int, ...], ...]
    """Rounds in which several projects had the same price: the one taken, then the others."""
    spent: int
    run: "_Run"

    def available(self, i: int) -> Fraction:
        """Add up what the supporters of candidate `i` have left; asked only of the run that counts."""
        return self.run.available(i)


class _Offer(NamedTuple):
    """A project's price per unit: `paid / units` of the common denominator; `rate` is that per unit of utility."""

    project: int
    paid: int
    units: int
    rate: float


def market(election: Election, utility: str, candidates: Sequence[int], tie_rank: Sequence[int]) -> Market:
    """Lay out the candidates for Equal Shares under `cost`, `cardinality` or `score` utilities."""
    per_point = utility == "score"
    costs = [project.cost for project in election.projects]
    supporters = _units_by_score(election) if per_point else _one_unit_each(election)
    return Market(
        costs,
        costs if utility == "cost" else [1] * len(costs),
        supporters,
        [ballot.times for ballot in election.classes],
        tuple(sorted((i for i in candidates if supporters[i]), key=lambda i: tie_rank[i])),
        per_point,
    )


def _one_unit_each(election: Election) -> list[dict[int, list[int]]]:
    """Find every project's supporters where all of them get the same from it."""
    found: list[list[int]] = [[] for _ in election.projects]
    for position, ballot in enumerate(election.classes):
        for i in ballot.choices:
            found[i].append(position)
    return [{1: classes} if classes else {} for classes in found]


def _units_by_score(election: Election) -> list[dict[int, list[int]]]:
    """Find every project's supporters by what their ballot gives it, scaled up where there are fractions of points."""
    scale = point_scale(election)
    found: list[dict[int, list[int]]] = [{} for _ in election.projects]
    for position, ballot in enumerate(election.classes):
        for i, value in zip(ballot.choices, ballot_scores(election, ballot), strict=True):
            if value > 0:
                found[i].setdefault(int(value * scale), []).append(position)
    return found


def equal_shares(stall: Market, share: Fraction, limit: int | None = None) -> Purchases:
    """Run the method once with the same `share` (in the smallest unit of the currency) for every voter.

    Stops early once more than `limit` is spent: such a run is only made to see that it does not fit.
    """
    return _Run(stall, share).until_nobody_can_pay(limit)


class _Run:
    """One run of the method: what everybody has left, and the latest known price of every project still for sale."""

    def __init__(self, stall: Market, share: Fraction) -> None:
        self.stall = stall
        self.denominator = share.denominator
        self.values = [0, share.numerator]
        self.state = [START] * len(stall.counts)
        self.payments: list[Payment] = []
        self.ties: list[tuple[int, ...]] = []
        self.spent = 0
        self.place = {i: rank for rank, i in enumerate(stall.candidates)}
        self.rates = {i: 0.0 for i in stall.candidates if stall.costs[i]}

    def until_nobody_can_pay(self, limit: int | None) -> Purchases:
        """Buy the cheapest project again and again."""
        for i in self.stall.candidates:
            if not self.stall.costs[i] and self.stall.worth[i]:
                self._buy(_Offer(i, 0, 1, 0.0))
        while offers := self._cheapest():
            if len(offers) > 1:
                self.ties.append(tuple(offer.project for offer in offers))
            self._buy(offers[0])
            if limit is not None and self.spent > limit:
                break
        return Purchases(tuple(self.payments), tuple(self.ties), self.spent, self)

    def _cheapest(self) -> list[_Offer]:
        """Find the offers with the lowest price per unit of utility, in tie order; drop what nobody can pay for."""
        best: list[_Offer] = []
        for i in sorted(self.rates, key=self.rates.__getitem__):
            if best and self.rates[i] > best[0].rate:
                break
            offer = self._offer(i)
            if offer is None:
                del self.rates[i]
                continue
            self.rates[i] = offer.rate
            order = self._compare(offer, best[0]) if best else -1
            if order < 0:
                best = [offer]
            elif order == 0:
                best.append(offer)
        return sorted(best, key=lambda offer: self.place[offer.project])

    def _compare(self, one: _Offer, other: _Offer) -> int:
        """Compare two prices per unit of utility exactly: below zero when `one` is cheaper."""
        left = one.paid * other.units * self.stall.worth[other.project]
        return left - other.paid * one.units * self.stall.worth[one.project]

    def _offer(self, i: int) -> _Offer | None:
        """Find the price per unit at which the supporters can just pay project `i`; None when they cannot.

        Supporters in order of money per unit: as long as the next one has less than an even split of what is
        missing, they pay all they have.
        """
        groups = self._groups(i)
        missing = self.stall.costs[i] * self.denominator
        units = sum(unit * voters for _, unit, voters in groups)
        for value, unit, voters in groups:
            if missing * unit <= value * units:
                rate = missing / (self.denominator * units * self.stall.worth[i])
                return _Offer(i, missing, units, rate)
            missing -= value * voters
            units -= unit * voters
        return None

    def _groups(self, i: int) -> list[tuple[int, int, int]]:
        """List the supporters of `i` as (money left, units, voters), least money per unit first."""
        groups = [
            (self.values[state], unit, voters)
            for unit, classes in self.stall.supporters[i].items()
            for state, voters in self._states(classes).items()
        ]
        if len(self.stall.supporters[i]) == 1:
            return sorted(groups)
        common = lcm(*(unit for _, unit, _ in groups))
        return sorted(groups, key=lambda group: group[0] * (common // group[1]))

    def _states(self, classes: list[int]) -> dict[int, int]:
        """Count the voters of some classes by the state they are in."""
        state, counts = self.state, self.stall.counts
        voters: dict[int, int] = {}
        for position in classes:
            now = state[position]
            voters[now] = voters.get(now, 0) + counts[position]
        return voters

    def available(self, i: int) -> Fraction:
        """Add up what the supporters of `i` have left."""
        return Fraction(sum(value * voters for value, _, voters in self._groups(i)), self.denominator)

    def _buy(self, offer: _Offer) -> None:
        """Take the price from every supporter, or all they have, and note who paid how much."""
        shrink = gcd(offer.paid, offer.units)
        price = self._rescale(offer.units // shrink, offer.paid // shrink)
        full = partial = taken = 0
        for unit, classes in self.stall.supporters[offer.project].items():
            due = price * unit
            moves: dict[int, int] = {}
            for before, voters in self._states(classes).items():
                value = self.values[before]
                moves[before] = self._state_with(value - due)
                if value >= due:
                    full += voters
                elif value:
                    partial, taken = partial + voters, taken + value * voters
            for position in classes:
                self.state[position] = moves[self.state[position]]
        self.spent += self.stall.costs[offer.project]
        self.rates.pop(offer.project, None)
        self.payments.append(
            Payment(
                offer.project,
                Fraction(price, self.denominator),
                full,
                partial,
                Fraction(taken, self.denominator),
                self.stall.per_point,
            )
        )

    def _rescale(self, factor: int, price: int) -> int:
        """Make the common denominator fine enough for a price and return the price over it."""
        self.denominator *= factor
        self.values = [value * factor for value in self.values]
        return price

    def _state_with(self, value: int) -> int:
        """Make the state of those who have `value` left; those with nothing share one."""
        if value <= 0:
            return SPENT
        self.values.append(value)
        return len(self.values) - 1
