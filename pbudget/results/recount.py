#!/usr/bin/env python3
"""Count a contest again from its .pb file, with nothing but Python 3.10 or newer: no installation, no network.

    python3 recount.py                  every file in contests/ beside this one, compared with outcome.json
    python3 recount.py FILE.pb          one file, by the rule its META states
    python3 recount.py FILE.pb count_by=phragmen count_ties=cheaper        or by another

Written apart from pbudget's own count, so that a mistake in one is found by the other. Money and prices are exact.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

DEFAULTS = {
    **{"count_by": "greedy", "count_utility": "cost", "count_completion": "none", "count_unaffordable": "skip"},
    **{"count_ties": "id", "count_minimum": "0", "count_step": "1/100", "count_runs": "400"},
}
Number = int | Fraction


class Contest:
    """A .pb file: META, what each project costs, and how often each ballot was cast, as (project, what it gives it)."""

    def __init__(self, data: bytes) -> None:
        sections: dict[str, list[list[str]]] = {"META": [], "PROJECTS": [], "VOTES": []}
        rows: list[list[str]] = []
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"):
            cells = [cell.strip() for cell in row]
            if cells and cells[0].upper() in sections and not any(cells[1:]):
                rows = sections[cells[0].upper()]
            elif any(cells):
                rows.append(cells)
        self.meta = {row[0].lower(): row[1] for row in sections["META"] if len(row) > 1}
        costs = {row["project_id"]: number(row["cost"]) for row in table(sections["PROJECTS"], "project_id")}
        pot = Fraction(number(self.meta["budget"]))
        units = math.lcm(pot.denominator, *(Fraction(cost).denominator for cost in costs.values()))
        self.pot, self.cost = int(pot * units), {name: int(cost * units) for name, cost in costs.items()}
        self.length = int(number(self.meta.get("max_length") or "0")) or len(costs)
        self.ballots = Counter(self.ballot(row) for row in table(sections["VOTES"], "voter_id"))
        self.votes: Counter[str] = Counter(dict.fromkeys(costs, 0))
        self.score: dict[str, Number] = dict.fromkeys(costs, 0)
        for ballot, times in self.ballots.items():
            for name, given in ballot:
                self.votes[name] += times
                self.score[name] += given * times

    def ballot(self, row: dict[str, str]) -> tuple[tuple[str, Number], ...]:
        """What one ballot gives each project it names."""
        names = [name.strip() for name in row["vote"].split(",") if name.strip()]
        if (kind := self.meta["vote_type"].lower()) in ("cumulative", "scoring"):
            points = map(number, [] if row["points"].lower() == "none" else filter(None, row["points"].split(",")))
            return tuple(sorted((name, given) for name, given in zip(names, points, strict=True) if given))
        once = list(dict.fromkeys(names))
        if kind == "ordinal":
            return tuple((name, max(self.length - place, 0)) for place, name in enumerate(once))
        return tuple((name, 1) for name in sorted(once))


def table(rows: list[list[str]], first: str) -> list[dict[str, str]]:
    """Rows under their header; a table of projects without the column `project_id` has the ids in its first."""
    header = [cell.lower() for cell in rows[0]]
    header[0] = header[0] if first in header or "vote" in header else first
    return [dict(zip(header, row + [""] * len(header), strict=False)) for row in rows[1:]]


def number(text: str) -> Number:
    """A number as files write it: `183000`, `183 000.50`, `12,5`, `5/3`."""
    exact = Fraction("".join(text.split()).replace(",", "."))
    return exact.numerator if exact.denominator == 1 else exact


def in_tie_order(contest: Contest, ties: str) -> list[str]:
    """The projects in the order that decides where a rule cannot tell them apart."""
    how, _, words = ties.partition(":")
    lots = {name: hashlib.sha256(words.encode() + b"\0" + name.encode()).hexdigest() for name in contest.cost}
    drawn = {name: place for place, name in enumerate(words.split(","))}
    known: dict[str, Any] = {"lot": lots, "drawn": drawn, "cheaper": contest.cost}
    return sorted(contest.cost, key=lambda name: (known.get(how, {}).get(name, len(drawn)), name))


def recount(contest: Contest, stated: dict[str, str]) -> list[str]:
    """The winners, in the order they were funded. Sorting keeps the tie order among equals."""
    terms, score, cost = {**DEFAULTS, **stated}, contest.score, contest.cost
    least = number(terms["count_minimum"])
    standing = [name for name in in_tie_order(contest, terms["count_ties"]) if score[name] >= least and score[name] > 0]
    if terms["count_by"] == "phragmen":
        return phragmen(contest, [name for name in standing if cost[name] <= contest.pot])
    if terms["count_by"] == "equal-shares":
        return equal_shares(contest, standing, terms)
    order = sorted(standing, key=lambda name: -score[name])
    if terms["count_by"] == "greedy-value":
        order.sort(key=lambda name: (cost[name] > 0, -Fraction(score[name]) / (cost[name] or 1)))
    return in_turn(contest, order, contest.pot, terms["count_unaffordable"] == "stop")


def in_turn(contest: Contest, order: list[str], money: int, stop: bool) -> list[str]:
    """Fund projects in this order while the money lasts."""
    funded = []
    for name in order:
        if contest.cost[name] <= money:
            funded.append(name)
            money -= contest.cost[name]
        elif stop:
            break
    return funded


def equal_shares(contest: Contest, standing: list[str], terms: dict[str, str]) -> list[str]:
    """Equal Shares, then what the rule does with money that is left."""
    share, completion = Fraction(contest.pot, sum(contest.ballots.values()) or 1), terms["count_completion"]
    funded = Run(contest, standing, share, terms["count_utility"]).buy()
    for run in range(1, int(terms["count_runs"]) + 1) if completion == "add1" else ():
        raised = share * (1 + run * number(terms["count_step"]))
        tried = Run(contest, standing, raised, terms["count_utility"]).buy()
        if sum(contest.cost[name] for name in tried) > contest.pot:
            break
        funded = tried
    rest = sorted((name for name in standing if name not in funded), key=lambda name: -contest.votes[name])
    left = contest.pot - sum(contest.cost[name] for name in funded)
    return funded if completion == "none" else funded + in_turn(contest, rest, left, stop=False)


class Run:
    """One run of Equal Shares. `purses` are amounts left; `purse[b]` is which of them the ballots of kind b have."""

    def __init__(self, contest: Contest, standing: list[str], share: Fraction, utility: str) -> None:
        self.contest, self.standing = contest, standing
        self.kinds, self.purses, self.purse = list(contest.ballots.items()), [share], [0] * len(contest.ballots)
        self.worth = {name: contest.cost[name] if utility == "cost" else 1 for name in standing}
        self.behind: dict[str, list[tuple[int, Number]]] = {name: [] for name in standing}
        for place, (ballot, _) in enumerate(self.kinds):
            for name, given in ballot:
                if name in self.behind and (given or utility != "score"):
                    self.behind[name].append((place, given if utility == "score" else 1))

    def buy(self) -> list[str]:
        """Buy the cheapest project for its supporters again and again. Prices never fall: an old one is a least one."""
        bought = [name for name in self.standing if not self.contest.cost[name] and self.worth[name]]
        known: dict[str, Fraction] = {name: Fraction(0) for name in self.standing if self.contest.cost[name]}
        while known:
            price = self.price(name := min(known, key=known.__getitem__))  # of equals the first, in tie order
            if price is None:
                del known[name]
            elif price / self.worth[name] > known[name]:
                known[name] = price / self.worth[name]
            else:
                del known[name]
                bought.append(name)
                self.pay(name, price)
        return bought

    def price(self, name: str) -> Fraction | None:
        """What a unit costs when those who cannot pay give all they have; None when they cannot pay together."""
        voters: Counter[tuple[int, Number]] = Counter()
        for place, unit in self.behind[name]:
            voters[self.purse[place], unit] += self.kinds[place][1]
        missing, units = Fraction(self.contest.cost[name]), sum(unit * n for (_, unit), n in voters.items())
        for (which, unit), n in sorted(voters.items(), key=lambda each: self.purses[each[0][0]] / each[0][1]):
            if missing * unit <= self.purses[which] * units:
                return missing / units
            missing, units = missing - self.purses[which] * n, units - unit * n
        return None

    def pay(self, name: str, price: Fraction) -> None:
        """Take the price from every supporter, or all they have."""
        moved: dict[tuple[int, Number], int] = {}
        for place, unit in self.behind[name]:
            change = self.purse[place], unit
            if change not in moved:
                moved[change] = len(self.purses)
                self.purses.append(max(self.purses[change[0]] - price * unit, Fraction(0)))
            self.purse[place] = moved[change]


def phragmen(contest: Contest, standing: list[str]) -> list[str]:
    """Everyone is given money at one speed; what its supporters have saved for is bought, until one does not fit."""
    kinds, moments, left = list(contest.ballots.items()), [Fraction(0)], contest.pot
    funded, last = list[str](), [0] * len(kinds)
    behind = {name: [p for p, (ballot, _) in enumerate(kinds) if name in dict(ballot)] for name in standing}
    while behind:
        due: dict[str, Fraction] = {}
        for name, places in behind.items():
            times = Counter(dict.fromkeys(range(len(moments)), 0))
            for place in places:
                times[last[place]] += kinds[place][1]
            paid = sum((moments[at] * n for at, n in times.items()), Fraction(contest.cost[name]))
            due[name] = paid / contest.votes[name]
        nexts = [name for name in behind if due[name] == min(due.values())]
        if any(contest.cost[name] > left for name in nexts):
            break
        funded.append(nexts[0])
        moments.append(due[nexts[0]])
        for place in behind.pop(nexts[0]):
            last[place] = len(funded)
        left -= contest.cost[nexts[0]]
    return funded


def totals(contest: Contest) -> dict[str, list[str]]:
    """Votes and score of each project, as outcome.json writes them."""
    return {name: [str(contest.votes[name]), str(contest.score[name])] for name in contest.cost}


def agrees(contest: Contest, stated: dict[str, Any]) -> bool:
    """Whether a file gives the winners, in order, and the totals that outcome.json states for its contest."""
    return (recount(contest, contest.meta), totals(contest)) == (stated["funded"], stated["totals"])


def main(arguments: list[str]) -> int:
    """Recount one file, or a whole bundle against outcome.json; give the exit status."""
    if arguments:
        contest = Contest(Path(arguments[0]).read_bytes())
        print("\n".join(recount(contest, contest.meta | dict(each.split("=", 1) for each in arguments[1:]))))
        return 0
    folder, wrong = Path(__file__).resolve().parent, False
    for stated in json.loads((folder / "outcome.json").read_bytes())["contests"]:
        says = "not published: ask the auditor"
        if (path := folder / "contests" / f"{stated['id']}.pb").exists():
            says = "agrees" if agrees(Contest(path.read_bytes()), stated) else "DIFFERS"
        wrong |= says == "DIFFERS"
        print(f"{stated['id']}: {says}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
