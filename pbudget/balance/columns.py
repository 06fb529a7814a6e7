"""A table of a whole beside those of its parts: the borough beside its wards, so that no column gives a count away.

Worked example: in Riverside 1 of 60 voters is in group a, in Hilltop 10 of 60; the borough has 11. Riverside's 1 is
left out. Shown of a: nothing in Riverside, 10 in Hilltop (10 to 12), 10 in the borough (10 to 12). What is left out is
at least 1, so Riverside's count is 1 or 2: given away. The borough's a is left out too.

Rows end in exact totals and columns in the whole, so a reader can go back and forth between them until nothing narrows
any more. That is done here first, and the whole leaves groups out until seven values stay for every small count: more
than the five that are promised, because a reader with more patience than this can narrow a little further.
"""

from collections.abc import Collection, Mapping, Sequence

from pbudget.balance.disclosure import UNBOUNDED, Publishable, Span, known_of, publishable
from pbudget.balance.limits import Limits

VALUES_LEFT = 7
MOST_TURNS = 50
Row = dict[str, Span]


def left_out_of_whole(
    whole: Mapping[str, int],
    parts: Sequence[Publishable],
    limits: Limits | None = None,
    earlier: Sequence[Publishable] = (),
) -> frozenset[str]:
    """Groups that the table of the whole has to leave out beside those of its parts, besides its own small ones."""
    limits, left = limits or Limits(), set[str]()
    while True:
        shown = publishable(whole, limits, earlier, left)
        given = given_away(shown, parts, limits)
        if not given or shown.withheld:
            return frozenset(left)
        more = {group for group in given if shown.cells[group] is not None}
        if not more:
            return frozenset(whole)
        left |= more


def given_away(whole: Publishable, parts: Sequence[Publishable], limits: Limits) -> set[str]:
    """The groups of which a part's small count is left with fewer values beside the whole than it should be."""
    alone = [_narrowed([known_of(part, limits)], [part.total], None)[0] for part in parts]
    totals = [part.total for part in parts]
    beside = _narrowed([known_of(part, limits) for part in parts], totals, (known_of(whole, limits), whole.total))
    return {
        group
        for before, after, part in zip(alone, beside, parts, strict=True)
        for group, shown in part.cells.items()
        if shown is None and _too_few(before[group], after[group], limits)
    }


def _too_few(before: Span, after: Span, limits: Limits) -> bool:
    """Whether a count that may be small has lost values, and fewer than seven are left."""
    small = Span(1, limits.k_anon - 1)
    left, was = (max(0, each.within(small).high - each.within(small).low + 1) for each in (after, before))
    return 0 < left < min(VALUES_LEFT, was)


def _narrowed(rows: Sequence[Row], totals: Sequence[int], whole: tuple[Row, int] | None) -> list[Row]:
    """What every count can be once rows add up to their totals and columns to the whole, until nothing narrows."""
    found = [dict(row) for row in rows]
    top, top_total = (dict(whole[0]), whole[1]) if whole else ({}, 0)
    for _ in range(MOST_TURNS):
        before = ([dict(row) for row in found], dict(top))
        for row, total in zip(found, totals, strict=True):
            _fit(row, Span(total, total))
        if whole:
            _fit(top, Span(top_total, top_total))
            for group in top:
                column = {str(n): row.get(group, Span(0, 0)) for n, row in enumerate(found)}
                top[group] = top[group].within(_sum(column.values()))
                _fit(column, top[group])
                for n, row in enumerate(found):
                    row[group] = column[str(n)]
        if before == (found, top):
            break
    return found


def _fit(row: Row, total: Span) -> None:
    """Take from every count what it cannot be when all of them add up to the total."""
    low, high = (sum(getattr(span, side) for span in row.values()) for side in ("low", "high"))
    for group, span in row.items():
        others = Span(low - span.low, high - span.high)
        row[group] = span.within(Span(max(0, total.low - others.high), min(UNBOUNDED, total.high - others.low)))


def _sum(spans: Collection[Span]) -> Span:
    return Span(sum(span.low for span in spans), sum(span.high for span in spans))
