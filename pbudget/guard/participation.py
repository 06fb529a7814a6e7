"""Participants beside residents as a table a person may see: small counts left out, the rest rounded.

Example: of 167 ballots 4 came from under-18s. The row says "under 10 or withheld", no share and no ratio; another row
is withheld too, so that the 4 cannot be worked out from the total.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pbudget.balance.disclosure import MIN_TABLE, Publishable, publishable
from pbudget.balance.limits import Limits
from pbudget.balance.representation import ABSENT, DimensionBalance, GroupBalance
from pbudget.wards.rules.names import dimension_label, group_label

NOT_SAID = "Did not say, or another answer"
MIN_EXPECTED = 5
"""A ratio is shown only where at least so many were to be expected."""
ABSENCE_FROM = 10
"""Nobody from a group may be said when at least so many residents are in it: it says nothing about any one of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group. `participants` and `share` are from rounded counts, `ratio` has two figures; None: withheld."""

    group: str
    label: str
    participants: int | None
    share: float | None
    residents: float | None
    ratio: str
    flag: str


@dataclass(frozen=True, slots=True)
class ParticipationTable:
    """One dimension as it may be shown. `rows` is empty where too few took part to show anything."""

    dimension: str
    label: str
    status: str
    rows: tuple[Row, ...]
    whole: int = 0
    """Those who said, as far as may be known: all who voted, less those who did not say where that many are shown."""

    @property
    def withheld(self) -> bool:
        """Whether some count is left out."""
        return not self.rows or any(row.participants is None for row in self.rows)


def counts_with_silence(counts: Mapping[str, int], ballots: int) -> dict[str, int]:
    """Counts by group, and those who did not say as one more: what disclosure control is asked about."""
    return {**counts, NOT_SAID: ballots - sum(counts.values())}


def participation_table(
    dimension: str,
    balance: DimensionBalance,
    limits: Limits | None = None,
    left_out: Collection[str] = (),
    earlier: Sequence[Publishable] = (),
) -> ParticipationTable:
    """Lay out one dimension for a person; those who did not say are a row like any other.

    `left_out` are groups that other tables would give something of away, had they figures here; `earlier` are tables of
    the same groups that were shown before.
    """
    limits = limits or Limits()
    label = dimension_label(dimension)
    if balance.n < MIN_TABLE:
        return ParticipationTable(dimension, label, balance.status, ())
    counts = {group: figures.x for group, figures in balance.groups.items()}
    shown = publishable(counts_with_silence(counts, balance.n), limits, earlier, left_out).cells
    whole = balance.n - (shown[NOT_SAID] or 0)
    rows = [
        _row(dimension, group, figures, shown[group], balance.known, whole, limits)
        for group, figures in balance.groups.items()
    ]
    rows.append(Row("", NOT_SAID, shown[NOT_SAID], _share(shown[NOT_SAID], balance.n), None, "", ""))
    return ParticipationTable(dimension, label, balance.status, tuple(rows), whole)


def _row(
    dimension: str, group: str, figures: GroupBalance, shown: int | None, known: int, whole: int, limits: Limits
) -> Row:
    reliable = shown is not None and figures.x >= limits.k_anon and figures.base * known >= MIN_EXPECTED
    ratio = two_figures(figures.rr) if reliable and figures.rr is not None else ""
    flag = figures.flag if shown is not None and (figures.x or figures.flag == ABSENT) else ""
    return Row(group, group_label(dimension, group), shown, _share(shown, whole), figures.base, ratio, flag)


def _share(shown: int | None, whole: int) -> float | None:
    """A share made of nothing but what is shown, so that it tells no more; at most 1, with four decimals."""
    return None if shown is None or not whole else round(min(1.0, shown / whole), 4)


def two_figures(value: float) -> str:
    """Write a ratio with two significant figures: 2.3953 is 2.4, 0.4455 is 0.45, 12.3 is 12."""
    decimals = 0 if value >= 10 else 1 if value >= 1 else 2
    return f"{value:.{decimals}f}"


def may_be_named(figures: GroupBalance, residents: int, limits: Limits) -> bool:
    """Whether a sentence may name a group: at least ten took part, or nobody of ten residents or more did."""
    return figures.x >= limits.k_anon or (figures.x == 0 and figures.base * residents >= ABSENCE_FROM)


def people(dimension: str, groups: Iterable[str]) -> str:
    """Name groups of people: `people aged 60+`, `women`; other dimensions as `people in “Group”`."""
    labels = [group_label(dimension, group) for group in groups]
    listed = " or ".join(labels)
    if dimension.startswith("age"):
        return f"people aged {listed}"
    if dimension.startswith("sex"):
        return " or ".join({"Female": "women", "Male": "men"}.get(label, f"people in “{label}”") for label in labels)
    return f"people in {' or '.join(f'“{label}”' for label in labels)}"
