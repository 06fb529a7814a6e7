"""Who took part in any consultation, beside who lives there: answers to a budget, suggestions, proposers. No verdict.

check_balance({"sex": {"F": 70, "M": 30}}, 120, residents, "who sent a budget")
    ->  a table with small counts left out; "Women are 70% of those who sent a budget and 52% of residents."

The rules are those of a vote: ratios with family-wise limits, at least 100 people and 50 answers before anything is
said in words, counts below ten left out. What is handed back may be shown to anybody; `balances` may not.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pbudget.balance.representation import SEVERE, DimensionBalance, balance_of, family_z
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.participation import ParticipationTable, participation_table
from pbudget.guard.pooling import lines_on
from pbudget.guard.residents import Residents
from pbudget.guard.rules.verdict import enough_data, skew_of

NOTHING_SAID = "Nobody was asked about themselves, so those who took part cannot be compared with residents."
TOO_FEW = "Too few people took part, or said who they are, to say whether they are like the people who live here."
LIKENESS = ("much like", "unlike", "very unlike")
"""By the level of skew."""
A_SMALL_GROUP = "A group too small to show here is far from its share of residents."
MADE_UP = "These population figures are made up for a demonstration."


@dataclass(frozen=True)
class BalanceCheck:
    """How those who took part compare with residents. `tables`, `said` and `lines` have small groups left out."""

    took_part: int
    enough: bool
    """Whether there are enough people and answers to say anything in words."""
    said: str
    lines: tuple[str, ...]
    tables: tuple[ParticipationTable, ...]
    balances: Mapping[str, DimensionBalance]
    """Exact: to weigh with, never to be stored or shown."""


def check_balance(
    counts: Mapping[str, Mapping[str, int]],
    took_part: int,
    residents: Residents,
    who: str = "who took part",
    limits: Thresholds | None = None,
) -> BalanceCheck:
    """Compare counts by dimension and group with residents; whoever is in no count did not say.

    Dimensions that residents have no figures for are left out, and so are those that nobody was asked about.
    """
    limits = limits or Thresholds()
    asked = {name: shares for name, shares in residents.shares.items() if name in counts}
    z = family_z(asked.values(), limits.alpha)
    balances = {name: balance_of(_labels(counts[name], took_part), shares, z, limits) for name, shares in asked.items()}
    tables = {name: participation_table(name, balance, limits) for name, balance in balances.items()}
    enough = enough_data(took_part, balances, limits)
    lines = [
        line
        for name, balance in balances.items()
        if enough and balance.usable
        for line in lines_on(tables[name], balance, residents.totals.get(name, balance.known), limits, who)
    ]
    skew = skew_of(balances, limits)
    if enough and skew.groups and not any(row.flag in SEVERE for table in tables.values() for row in table.rows):
        lines.append(A_SMALL_GROUP)
    said = _said(skew.level if enough else None, who) if balances else NOTHING_SAID
    return BalanceCheck(took_part, enough, said, tuple(lines), tuple(tables.values()), balances)


def _labels(counts: Mapping[str, int], took_part: int) -> list[str | None]:
    """One label a person; None for everybody who is in no count."""
    said = Counter(counts)
    if said.total() > took_part:
        raise ValueError(f"{said.total()} people gave an answer and {took_part} took part.")
    return [*said.elements(), *[None] * (took_part - said.total())]


def _said(level: int | None, who: str) -> str:
    if level is None:
        return TOO_FEW
    return f"Those {who} are {LIKENESS[level]} the people who live here, as far as they told us."
