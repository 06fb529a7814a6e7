"""A budget in a resident's words: what a line costs, what each step does, where the balance stands.

still 620000000  ->  "£6,200,000 still to find"      -30000000  ->  "£300,000 to spare"
step -10 of libraries  ->  "10% less", "saves £400,000"
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pbudget.calculator.rules.balance import (
    Balance,
    Choices,
    effect_of_line,
    effect_of_scheme,
    effect_of_tax,
    extra_a_week,
    extra_a_year,
)
from pbudget.calculator.rules.budget import INCOME, TAX, Budget, Line, Scheme, Step, Tax, step_towards_zero
from pbudget.calculator.rules.choices import OTHER, Part, Problem, chosen_at, parts_of, shown_as
from pbudget.calculator.rules.numbers import WHOLE, rounded, say_percent, say_pounds, say_short, say_whole_pounds

A_POUND = 100


@dataclass(frozen=True)
class StepWords:
    """One radio: what it is called, what it does to the money and, both sides, to people."""

    value: str
    label: str
    effect: str
    lost: str
    gained: str
    chosen: bool


@dataclass(frozen=True)
class PartWords:
    """One line, council tax or a scheme as a page shows it."""

    key: str
    name: str
    facts: str
    reason: str
    is_fixed: bool
    is_income: bool
    in_pounds: bool
    limits: str
    steps: tuple[StepWords, ...]
    other: bool
    box: str
    now: str
    error: str
    comment: str
    comment_error: str


def say_balance(balance: Balance) -> str:
    """Where a budget stands, in words."""
    left = balance.still_to_find
    if left > 0:
        said = f"{_say(left)} still to find"
        return f"Balanced: {said}, which is near enough" if balance.is_balanced else said
    return "Balanced: nothing left to find" if left == 0 else f"Balanced: {_say(-left)} to spare"


def _say(pence: int) -> str:
    return say_whole_pounds(pence) if abs(pence) >= A_POUND else say_pounds(pence)


def say_last_change(budget: Budget, before: Balance, after: Balance) -> str:
    """What the last choice did to the gap; empty where it did nothing."""
    parts = parts_of(budget)
    keys = [key for key in parts if before.effects.get(key, 0) != after.effects.get(key, 0)]
    by = after.still_to_find - before.still_to_find
    if not keys:
        return ""
    what = parts[keys[0]].name if len(keys) == 1 else "Your changes"
    if not by:
        return f"{what}: the gap stays the same"
    return f"{what}: {_say(abs(by))} {'more' if by > 0 else 'less'} to find"


def words_of(
    budget: Budget, choices: Choices, comments: Mapping[str, str], band: str, key: str, problems: Sequence[Problem] = ()
) -> PartWords:
    """One part of a budget as a page shows it with these choices; what was refused stands in its box again."""
    part, value = parts_of(budget)[key], chosen_at(budget, choices, key)
    radio, box = shown_as(part, value)
    wrong = next((problem for problem in problems if problem.key == key), None)
    too_long = next((problem for problem in problems if problem.key == f"comment.{key}"), None)
    if wrong:
        radio, box = OTHER, wrong.typed
    return PartWords(
        key=key,
        name=part.name,
        facts=facts_of(budget, part),
        reason=part.floor_reason,
        is_fixed=not isinstance(part, Scheme) and part.is_fixed,
        is_income=isinstance(part, Line) and part.kind == INCOME,
        in_pounds=isinstance(part, Scheme),
        limits=_limits(part),
        steps=tuple(_step_words(budget, part, step, band, radio) for step in part.steps),
        other=radio == OTHER,
        box=box,
        now=now_words(budget, part, value, band) if radio == OTHER and not wrong else "",
        error=wrong.text if wrong else "",
        comment=too_long.typed if too_long else comments.get(key, ""),
        comment_error=too_long.text if too_long else "",
    )


def facts_of(budget: Budget, part: Part) -> str:
    """What a part costs or brings in now: "£4 million a year, 2.8p of every £1"."""
    if isinstance(part, Tax) and not part.band_d:
        return part.floor_reason
    if isinstance(part, Tax):
        return f"A Band D home pays {say_pounds(part.band_d)} a year now"
    if isinstance(part, Scheme):
        planned = "in the budget already" if part.planned else "not in the budget yet"
        years = f"{part.life} years at {say_percent(part.rate)}%"
        return f"{say_whole_pounds(part.cost)} to build, borrowed over {years}; {planned}"
    if part.kind == INCOME:
        return f"brings in {say_short(part.net)} a year"
    return f"{say_short(part.net)} a year, {say_share(part.net, budget.net_spend)} of every £1"


def say_share(part: int, whole: int) -> str:
    """How much of every pound: "2.8p"."""
    tenths = rounded(Fraction(part * 1000, whole)) if whole else 0
    if not tenths:
        return "less than 0.1p"
    return f"{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''}p"


def _step_words(budget: Budget, part: Part, step: Step, band: str, radio: str) -> StepWords:
    value = part.amount_at(step) if isinstance(part, Scheme) else step.change
    return StepWords(
        value=say_percent(step.change),
        label=say_choice(part, value),
        effect=say_effect(budget, part, value, band),
        lost=step.lost,
        gained=step.gained,
        chosen=radio == say_percent(step.change),
    )


def say_choice(part: Part, value: int) -> str:
    """A choice by its name: "10% less", "No change", "Leave it out"."""
    if isinstance(part, Scheme):
        return _say_size(part, value)
    if not value:
        return "No change"
    return f"{say_percent(abs(value))}% {'more' if value > 0 else 'less'}"


def _say_size(scheme: Scheme, amount: int) -> str:
    if not amount:
        return "Leave it out"
    if amount == scheme.cost:
        return "Build all of it"
    share = rounded(Fraction(amount * WHOLE, scheme.cost))
    return f"Build {say_percent(share)}% of it, for {say_whole_pounds(amount)}"


def say_effect(budget: Budget, part: Part, value: int, band: str) -> str:
    """What a choice does to the money, in words: "saves £400,000"."""
    if isinstance(part, Tax):
        return _say_tax(budget, value, band)
    if isinstance(part, Scheme):
        effect = effect_of_scheme(part, value)
        if not effect:
            return "as the council plans"
        return f"{'costs' if effect > 0 else 'saves'} {_say(abs(effect))} a year for {part.life} years"
    effect = effect_of_line(part, value)
    if not effect:
        return ""
    if part.kind == INCOME:
        return f"{'brings in' if effect < 0 else 'loses'} {_say(abs(effect))}{' more' if effect < 0 else ''}"
    return f"{'saves' if effect < 0 else 'costs'} {_say(abs(effect))}"


def _say_tax(budget: Budget, change: int, band: str) -> str:
    if not change:
        return ""
    brings, year = -effect_of_tax(budget, change), extra_a_year(budget, band, change)
    verb = "brings in" if brings > 0 else "loses"
    return f"{verb} {_say(abs(brings))}; {say_band(year, band)}"


def say_band(year: int, band: str) -> str:
    """What a home pays more or less: "£47.84 a year more for a Band C home"."""
    return f"{say_pounds(abs(year))} a year {'more' if year >= 0 else 'less'} for a Band {band} home"


def say_band_change(budget: Budget, choices: Choices, band: str) -> str:
    """The same in a sentence, a week as well."""
    if not choices.tax:
        return f"A Band {band} home pays what it pays now."
    year, week = extra_a_year(budget, band, choices.tax), extra_a_week(budget, band, choices.tax)
    more = "more" if year >= 0 else "less"
    return f"A Band {band} home pays {say_pounds(abs(year))} a year {more}. That is {say_pounds(abs(week))} a week."


def say_limit(budget: Budget, change: int) -> str:
    """The warning above the rise from which the law asks for a referendum; empty below it."""
    if not budget.warned_limit or change <= budget.warned_limit:
        return ""
    limit = say_percent(budget.warned_limit)
    return f"A rise above {limit}% needs a referendum: all voters would have to agree to it first."


def now_words(budget: Budget, part: Part, value: int, band: str) -> str:
    """What a number that was typed means: its effect, and the words of the nearest step, "at -10%"."""
    said = say_choice(part, value)
    effect = say_effect(budget, part, value, band)
    step = part.step_at(value) if isinstance(part, Scheme) else step_towards_zero(part.steps, value)
    parts = [f"{said}: {effect}." if effect else f"{said}."]
    if step and (step.lost or step.gained) and step.change:
        words = " ".join(_both_sides(step))
        parts.append(f"At {say_percent(step.change)}%: {words}")
    return " ".join(parts)


def _both_sides(step: Step) -> list[str]:
    return [f"{what}: {text}" for what, text in (("Lost", step.lost), ("Gained", step.gained)) if text]


def _limits(part: Part) -> str:
    if isinstance(part, Scheme):
        return f"From {say_whole_pounds(part.least_amount)} to {say_whole_pounds(part.most_amount)}"
    return f"From {say_percent(part.least)} to {say_percent(part.most)}"


@dataclass(frozen=True)
class ChangeWords:
    """One choice on a list: of what, what was chosen, what it does, and a comment."""

    key: str
    name: str
    choice: str
    effect: str
    comment: str


def changes_of(
    budget: Budget, choices: Choices, comments: Mapping[str, str], keys: Sequence[str], band: str
) -> list[ChangeWords]:
    """What was changed or commented on among these parts, in their order."""
    parts, found = parts_of(budget), []
    made = {*choices.lines, *choices.schemes, *([TAX] if choices.tax else [])}
    for key in keys:
        if key in made or key in comments:
            part, value = parts[key], chosen_at(budget, choices, key)
            effect = say_effect(budget, part, value, band) if key in made else ""
            said = say_choice(part, value) if key in made else "No change"
            found.append(ChangeWords(key, part.name, said, effect, comments.get(key, "")))
    return found
