"""What people chose, once the budget has closed: middle values, how they are spread, what went with what.

changes of libraries -25, -10, 0, 0, 10  ->  median 0, quartiles -10 and 0; 2 of 5 cut it
Quartiles: linear between the two nearest values (Hyndman and Fan 1996, type 7), exactly, then to a hundredth.

People chose to answer, so nothing here says what all residents think. A ward or channel is shown only where
`balance.disclosure` would show its count; what was chosen there is then said in middle values only.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

from pbudget.balance.disclosure import Publishable, publishable
from pbudget.calculator.rules.balance import Choices
from pbudget.calculator.rules.budget import SERVICE, Budget, Line, Scheme, Tax
from pbudget.calculator.rules.choices import Part, chosen_at, parts_of
from pbudget.calculator.rules.numbers import WHOLE, rounded, say_percent

FEWEST = 10
"""Nothing is said of fewer answers than this."""
MOST_PAIRS = 5
LEAST_DIFFERENCE = Fraction(1, 20)


@dataclass(frozen=True)
class Answer:
    """What the results need of one answer."""

    choices: Choices
    is_balanced: bool
    ward: str = ""
    channel: str = "online"
    group_size: int | None = None


@dataclass(frozen=True)
class PartResult:
    """One line, tax or scheme: middle values in hundredths of a per cent, and how many chose what.

    `spread` counts the answers by the step whose words fit them, largest step first.
    """

    key: str
    name: str
    kind: str
    """`service` or `income`; empty for council tax and schemes."""
    group: str
    answers: int
    median: int
    lower: int
    upper: int
    cut: int
    raised: int
    spread: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Pair:
    """Of those who protected one service, how many cut another: in hundredths of a per cent, and of all answers."""

    protected: str
    cut: str
    share: int
    of_all: int
    answers: int


@dataclass(frozen=True)
class Results:
    """A closed budget: None in `parts` and `pairs` means too few answers to say anything."""

    answers: int
    balanced: int
    groups: int
    people_in_groups: int
    parts: tuple[PartResult, ...]
    pairs: tuple[Pair, ...]
    wards: Publishable
    channels: Publishable

    @property
    def too_few(self) -> bool:
        """Whether there are answers, but too few to say what was chosen."""
        return self.answers < FEWEST


def results_of(budget: Budget, answers: Sequence[Answer], wards: Sequence[str], channels: Sequence[str]) -> Results:
    """Everything that is shown of a closed budget. `wards` and `channels` are all there are, answered or not."""
    sizes = [answer.group_size for answer in answers if answer.group_size]
    return Results(
        answers=len(answers),
        balanced=sum(answer.is_balanced for answer in answers),
        groups=len(sizes),
        people_in_groups=sum(sizes),
        parts=parts_results(budget, answers),
        pairs=pairs_of(budget, answers),
        wards=_counted([answer.ward for answer in answers], ("", *wards)),
        channels=_counted([answer.channel for answer in answers], channels),
    )


def _counted(values: Sequence[str], names: Sequence[str]) -> Publishable:
    """Counts by name as they may be shown."""
    counts = Counter(values)
    return publishable({name: counts[name] for name in names})


def answers_of(answers: Sequence[Answer], results: Results, what: str, name: str) -> list[Answer] | None:
    """The answers of one ward or channel; None where their number may not be shown."""
    shown = results.wards if what == "ward" else results.channels
    if not shown.cells.get(name):
        return None
    return [answer for answer in answers if (answer.ward if what == "ward" else answer.channel) == name]


def parts_results(budget: Budget, answers: Sequence[Answer]) -> tuple[PartResult, ...]:
    """Every part that could be chosen; nothing where there are fewer than ten answers."""
    if len(answers) < FEWEST:
        return ()
    return tuple(
        _part_result(key, part, changes_of_part(budget, answers, key)) for key, part in choosable_parts(budget).items()
    )


def choosable_parts(budget: Budget) -> dict[str, Part]:
    """Every part that could be chosen, by key."""
    return {key: part for key, part in parts_of(budget).items() if isinstance(part, Scheme) or not part.is_fixed}


def changes_of_part(budget: Budget, answers: Sequence[Answer], key: str) -> list[int]:
    """What each answer chose of one part, in the order of the answers."""
    part = parts_of(budget)[key]
    return [_change(budget, part, answer.choices, key) for answer in answers]


def unchanged(part: Part) -> int:
    """What "no change" is of a part: the planned share of a scheme, nought of everything else."""
    return rounded(Fraction(part.planned * WHOLE, part.cost)) if isinstance(part, Scheme) else 0


def _change(budget: Budget, part: Part, choices: Choices, key: str) -> int:
    """What was chosen in hundredths of a per cent: a change, or the size of a scheme."""
    value = chosen_at(budget, choices, key)
    return rounded(Fraction(value * WHOLE, part.cost)) if isinstance(part, Scheme) else value


def _part_result(key: str, part: Part, chosen: Sequence[int]) -> PartResult:
    changes, as_planned = sorted(chosen), unchanged(part)
    return PartResult(
        key=key,
        name=part.name,
        kind=part.kind if isinstance(part, Line) else "",
        group="" if isinstance(part, Tax) else part.group,
        answers=len(changes),
        median=quantile(changes, Fraction(1, 2)),
        lower=quantile(changes, Fraction(1, 4)),
        upper=quantile(changes, Fraction(3, 4)),
        cut=sum(change < as_planned for change in changes),
        raised=sum(change > as_planned for change in changes),
        spread=_spread([step.change for step in part.steps], changes),
    )


def quantile(in_order: Sequence[int], share: Fraction) -> int:
    """The value below which a share of the values lies: quantile([1, 2, 3, 4], 1/2) is 3 (2.5, away from nought)."""
    place = share * (len(in_order) - 1)
    below, rest = place.numerator // place.denominator, place % 1
    above = min(below + 1, len(in_order) - 1)
    return rounded(in_order[below] + rest * (in_order[above] - in_order[below]))


def _spread(steps: Sequence[int], changes: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """How many answers go as far as each step and not as far as the next."""
    counts = Counter(_step_of(steps, change) for change in changes)
    return tuple((step, counts[step]) for step in sorted({*steps, *counts}, reverse=True))


def _step_of(steps: Sequence[int], change: int) -> int:
    between = [step for step in steps if min(0, change) <= step <= max(0, change)]
    return max(between, key=abs, default=0)


def pairs_of(budget: Budget, answers: Sequence[Answer]) -> tuple[Pair, ...]:
    """What went with what, among services: where protecting one goes most with cutting another.

    Shown only where ten or more protected it, ten or more did not, and the difference is five points or more.
    """
    cut = {line.key: _who_cut(answers, line.key) for line in budget.lines if line.kind == SERVICE and not line.is_fixed}
    everybody = (1 << len(answers)) - 1
    found = []
    for one, other in permutations(cut, 2):
        kept = everybody & ~cut[one]
        if min(kept.bit_count(), cut[one].bit_count(), cut[other].bit_count()) >= FEWEST:
            share = Fraction((kept & cut[other]).bit_count(), kept.bit_count())
            of_all = Fraction(cut[other].bit_count(), len(answers))
            found.append((share - of_all, one, other, share, of_all, kept.bit_count()))
    best = sorted((each for each in found if each[0] >= LEAST_DIFFERENCE), key=lambda each: (-each[0], *each[1:3]))
    names = {key: line.name for key, line in budget.line_by_key.items()}
    return tuple(
        Pair(names[one], names[other], rounded(share * WHOLE), rounded(of_all * WHOLE), kept)
        for _, one, other, share, of_all, kept in best[:MOST_PAIRS]
    )


def _who_cut(answers: Sequence[Answer], key: str) -> int:
    """Who cut a line, as the bits of one number."""
    return sum(1 << place for place, answer in enumerate(answers) if answer.choices.lines.get(key, 0) < 0)


def share_of(part: int, whole: int) -> int:
    """A share in whole per cents, halves up; nought of nothing."""
    return rounded(Fraction(part * 100, whole)) if whole else 0


def whole_percent(hundredths: int) -> int:
    """Hundredths of a per cent in whole per cents, halves up: 6150 is 62."""
    return rounded(Fraction(hundredths, 100))


def results_rows(results: Sequence[PartResult]) -> list[Sequence[object]]:
    """The table of results as a file has it, percentages as somebody would type them."""
    header = ("line", "group", "answers", "lower_quartile", "median", "upper_quartile", "cut", "raised")
    rows: list[Sequence[object]] = [header]
    for each in results:
        figures = [say_percent(value) for value in (each.lower, each.median, each.upper)]
        rows.append((each.name, each.group, each.answers, *figures, each.cut, each.raised))
    return rows
