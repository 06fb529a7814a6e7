"""What of a table of people may be shown: small counts left out so that they cannot be worked out from the rest.

Worked example: {0-17: 3, 18-59: 41, 60+: 118}. The 3 is below ten and is left out. Turnout is public, so 162 - 41 - 118
would give it back: the smallest count left, 41, is left out too. 118 is rounded to 120. Shown: nothing, nothing, 120.

Rounded counts alone would not do: ten groups of one person each beside 118 and 200 leave a sum of 10 to 12 for ten
people. Nor would looking at one table at a time: {11, 9} shown as nothing, nothing one week and {11, 10} as 10, 10 the
next, one ballot later, gives the 9 away. So the reader's sums are done here first (`possible`), over both tables, and
more is left out until at least five values stay possible for every small count.

Sources: Hundepool et al. 2012, Statistical Disclosure Control (cell suppression, feasibility intervals); the recipe is
that of the guard's specification.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pbudget.balance.limits import Limits

MIN_TABLE = 20
"""A table of fewer people is not shown at all."""
MIN_VALUES = 5
"""So many values must stay possible for every suppressed count below ten."""
UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class Publishable:
    """A table as it may be shown: counts rounded, 0 where nobody is, None where left out. `total` is public and exact.

    `withheld`: nothing of it may be shown, not even which groups have nobody.
    """

    cells: Mapping[str, int | None]
    total: int
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Every value from `low` to `high`."""

    low: int
    high: int

    def __add__(self, other: "Span") -> "Span":
        return Span(self.low + other.low, self.high + other.high)

    def within(self, other: "Span") -> "Span":
        """The values that are in both."""
        return Span(max(self.low, other.low), min(self.high, other.high))

    def rest_of(self, whole: int) -> "Span":
        """What is left of a whole when these values are taken from it."""
        return Span(whole - self.high, whole - self.low)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One count at two times, as a reader knows it: before, after, and by how much it grew."""

    before: Span
    after: Span
    growth: Span

    def __add__(self, other: "_Cell") -> "_Cell":
        return _Cell(self.before + other.before, self.after + other.after, self.growth + other.growth)


def publishable(
    counts: Mapping[str, int],
    limits: Limits | None = None,
    earlier: Sequence[Publishable] = (),
    left_out: Collection[str] = (),
) -> Publishable:
    """Suppress, suppress again so that nothing can be worked out from totals, and round the rest half up.

    `earlier` are the tables already shown of the same groups, to anybody who will see this one; `left_out` are groups
    that are to be left out whatever their size, because another table would give something away beside them.
    """
    limits = limits or Limits()
    total = sum(counts.values())
    nothing = Publishable(dict.fromkeys(counts), total, withheld=True)
    if total < MIN_TABLE:
        return nothing
    hidden = {cell for cell, x in counts.items() if 0 < x < limits.k_anon or (x and cell in left_out)}
    rest = sorted(
        (cell for cell, x in counts.items() if x and cell not in hidden), key=lambda cell: (counts[cell], cell)
    )
    while True:
        shown = _shown(counts, hidden, limits)
        if _enough_hidden(counts, hidden, limits) and _safe(shown, earlier, limits):
            return shown
        if not rest:
            return nothing
        hidden.add(rest.pop(0))


def _shown(counts: Mapping[str, int], hidden: set[str], limits: Limits) -> Publishable:
    base = limits.round_base
    cells = {cell: None if cell in hidden else rounded(x, base) for cell, x in counts.items()}
    return Publishable(cells, sum(counts.values()))


def rounded(count: int, base: int) -> int:
    """Round to the nearest multiple of `base`, halves up: 118 to 120 and, to tens, 15 to 20."""
    return (2 * count + base) // (2 * base) * base


def _enough_hidden(counts: Mapping[str, int], hidden: set[str], limits: Limits) -> bool:
    """Whether nothing, or at least two counts that hold ten people together, are left out."""
    return not hidden or (len(hidden) >= 2 and sum(counts[cell] for cell in hidden) >= limits.k_anon)


def _safe(shown: Publishable, earlier: Sequence[Publishable], limits: Limits) -> bool:
    """Whether a reader of this table, alone or beside any earlier one, is left with five values for small counts."""
    left = [*possible(shown, limits).values()]
    for before in earlier:
        left += [span for pair in possible_twice(before, shown, limits).values() for span in pair]
    return all(_protected(span, limits) for span in left)


def _protected(span: Span, limits: Limits) -> bool:
    """Whether a count that may be small may be any of five small numbers."""
    small = span.within(Span(1, limits.k_anon - 1))
    return not 0 <= small.high - small.low < MIN_VALUES - 1


def possible(shown: Publishable, limits: Limits | None = None) -> dict[str, Span]:
    """What every suppressed count can be, for a reader who knows the exact total and what is shown."""
    known = known_of(shown, limits or Limits())
    whole = _sum(known.values())
    return {
        cell: known[cell].within(Span(whole.low - known[cell].low, whole.high - known[cell].high).rest_of(shown.total))
        for cell, value in shown.cells.items()
        if value is None
    }


def possible_twice(
    before: Publishable, after: Publishable, limits: Limits | None = None
) -> dict[str, tuple[Span, Span]]:
    """What every suppressed count can have been before and after, for a reader who also knows that counts only grow.

    Exact: what one cell can be at two times is bounded by its two values and their difference, and such bounds add up.
    """
    limits = limits or Limits()
    first, second = known_of(before, limits), known_of(after, limits)
    cells = {cell: _cell(first[cell], second[cell]) for cell in after.cells}
    found = {}
    for cell in cells:
        if before.cells[cell] is None or after.cells[cell] is None:
            others = _Cell(Span(0, 0), Span(0, 0), Span(0, 0))
            for name, other in cells.items():
                others = others + other if name != cell else others
            found[cell] = _left(cells[cell], others, before.total, after.total)
    return {
        cell: (
            pair[0] if before.cells[cell] is None else Span(0, 0),
            pair[1] if after.cells[cell] is None else Span(0, 0),
        )
        for cell, pair in found.items()
    }


def known_of(shown: Publishable, limits: Limits) -> dict[str, Span]:
    """What a table says of every count by itself; a withheld one says nothing, a suppressed count is at least 1."""
    reach = limits.round_base // 2
    return {
        cell: Span(0 if shown.withheld else 1, UNBOUNDED)
        if value is None
        else Span(max(limits.k_anon, value - reach), value + reach)
        if value
        else Span(0, 0)
        for cell, value in shown.cells.items()
    }


def _sum(spans: Iterable[Span]) -> Span:
    whole = Span(0, 0)
    for span in spans:
        whole += span
    return whole


def _cell(before: Span, after: Span) -> _Cell:
    """Put together what is known of a count at both times: it did not shrink."""
    return _Cell(
        Span(before.low, min(before.high, after.high)),
        Span(max(before.low, after.low), after.high),
        Span(max(0, after.low - before.high), after.high - before.low),
    )


def _left(cell: _Cell, others: _Cell, total_before: int, total_after: int) -> tuple[Span, Span]:
    """Take what the others can be from both totals and from the difference between them."""
    before = cell.before.within(others.before.rest_of(total_before))
    after = cell.after.within(others.after.rest_of(total_after))
    growth = cell.growth.within(others.growth.rest_of(total_after - total_before))
    return (
        before.within(Span(after.low - growth.high, after.high - growth.low)),
        after.within(Span(before.low + growth.low, before.high + growth.high)),
    )
