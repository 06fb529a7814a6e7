"""Reading what somebody chose: radios and number boxes of a page. What cannot be used is refused and the rest kept.

libraries from -25 to +10, stored 0, sent {"step.libraries": ["-10"], "box.libraries": [""]}  ->  -10 %
sent {"step.libraries": ["other"], "box.libraries": ["-7.5"]}                                 ->  -7.5 %
sent {"step.libraries": ["other"], "box.libraries": ["-40"]}   ->  stays 0, and why: "… from -25% to 10%"

A page sends every line it shows; a line it does not show stays as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pbudget.calculator.rules.balance import Choices
from pbudget.calculator.rules.budget import TAX, Budget, Line, Scheme, Tax
from pbudget.calculator.rules.numbers import read_percent, read_pounds, say_percent, say_pounds
from pbudget.kit.errors import BadInput
from pbudget.kit.money import amount_text

STEP, BOX, OTHER = "step.", "box.", "other"
Posted = Mapping[str, Sequence[str]]
Part = Line | Tax | Scheme


@dataclass(frozen=True)
class Problem:
    """Why one choice was refused, in the words the person reads; `typed` is what goes back into its box."""

    key: str
    text: str
    typed: str = ""


class ChoiceNotUsable(BadInput):
    """A choice is out of range, not a number, or of something that is not in the budget; the message says which."""


def parts_of(budget: Budget) -> dict[str, Part]:
    """Everything that can be chosen, by its key."""
    return {**budget.line_by_key, TAX: budget.tax, **budget.scheme_by_key}


def chosen_at(budget: Budget, choices: Choices, key: str) -> int:
    """What is chosen of a part: hundredths of a per cent, or pence of a scheme."""
    if key == TAX:
        return choices.tax
    scheme = budget.scheme_by_key.get(key)
    return choices.schemes.get(key, scheme.planned) if scheme else choices.lines.get(key, 0)


def changed_keys(budget: Budget, before: Choices, after: Choices) -> set[str]:
    """The keys of everything that is chosen otherwise now."""
    keys = {*before.lines, *after.lines, *before.schemes, *after.schemes, TAX} & {*parts_of(budget)}
    return {key for key in keys if chosen_at(budget, before, key) != chosen_at(budget, after, key)}


def with_choice(budget: Budget, choices: Choices, key: str, value: int) -> Choices:
    """The choices with one more, or one undone: what is as the council has it is no choice."""
    if key == TAX:
        return replace(choices, tax=value)
    scheme = budget.scheme_by_key.get(key)
    if scheme:
        others = {name: amount for name, amount in choices.schemes.items() if name != key}
        return replace(choices, schemes=others if value == scheme.planned else {**others, key: value})
    others = {name: change for name, change in choices.lines.items() if name != key}
    return replace(choices, lines={**others, key: value} if value else others)


def read_choice(part: Part, typed: str) -> int:
    """What was typed for a part, if it may be chosen. Raises BadInput."""
    if isinstance(part, Scheme):
        return _in_range_of_scheme(part, read_pounds(typed))
    change = read_percent(typed)
    if part.is_fixed and change:
        raise ChoiceNotUsable(f"{part.name} cannot be changed here. {part.floor_reason}".rstrip(". "))
    if not part.least <= change <= part.most:
        raise ChoiceNotUsable(f"Enter a change from {say_percent(part.least)}% to {say_percent(part.most)}%")
    return change


def _in_range_of_scheme(scheme: Scheme, amount: int) -> int:
    if amount and not scheme.least_amount <= amount <= scheme.most_amount:
        least, most = say_pounds(scheme.least_amount), say_pounds(scheme.most_amount)
        raise ChoiceNotUsable(f"Enter an amount from {least} to {most}")
    if not amount and scheme.least_amount:
        raise ChoiceNotUsable(f"{scheme.name} cannot be left out. {scheme.floor_reason}".rstrip(". "))
    return amount


def shown_as(part: Part, value: int) -> tuple[str, str]:
    """The radio that is chosen and what stands in the box: a value that is no step stands in the box."""
    for step in part.steps:
        if value == (part.amount_at(step) if isinstance(part, Scheme) else step.change):
            return say_percent(step.change), ""
    return OTHER, amount_text(value) if isinstance(part, Scheme) else say_percent(value)


def read_page(budget: Budget, posted: Posted, before: Choices) -> tuple[Choices, list[Problem]]:
    """The choices after what a page sent, and what of it was refused. Never trusts a word of it."""
    parts, problems = parts_of(budget), list[Problem]()
    choices = before
    for key in dict.fromkeys(name.partition(".")[2] for name in posted if name.startswith((STEP, BOX))):
        part = parts.get(key)
        if part is None:
            problems.append(Problem("", "The page named something that is not in this budget. Nothing else was lost"))
            continue
        try:
            choices = with_choice(budget, choices, key, _read_part(part, posted, key, chosen_at(budget, before, key)))
        except BadInput as error:
            typed = (posted.get(BOX + key) or [""])[0][:40]
            problems.append(Problem(key, f"{part.name}: {_lower_first(str(error))}", typed))
    return choices, problems


def _read_part(part: Part, posted: Posted, key: str, before: int) -> int:
    """What one part's radio and box say together."""
    radios, boxes = posted.get(STEP + key, ()), posted.get(BOX + key, ())
    if len(radios) > 1 or len(boxes) > 1:
        raise ChoiceNotUsable("This was sent more than once. Choose it once")
    radio, box = (radios[0] if radios else ""), (boxes[0].strip() if boxes else "")
    stood_radio, stood_box = shown_as(part, before)
    if box and radio not in ("", OTHER, stood_radio) and box != stood_box:
        raise ChoiceNotUsable("Choose one of the steps or type a number, not both")
    if radio == OTHER and not box:
        raise ChoiceNotUsable("Type the change you want, or choose one of the steps")
    if box and (radio in ("", OTHER) or box != stood_box):
        return read_choice(part, box)
    return _read_step(part, radio) if radio else before


def _read_step(part: Part, radio: str) -> int:
    """The value of a radio, if there is such a step."""
    step = next((step for step in part.steps if say_percent(step.change) == radio), None)
    if step is None:
        raise ChoiceNotUsable("Choose one of the steps that are shown")
    return read_choice(part, amount_text(part.amount_at(step)) if isinstance(part, Scheme) else radio)


def still_usable(budget: Budget, choices: Choices) -> tuple[Choices, list[Problem]]:
    """Choices made on an earlier version, without those that this version does not have or allow."""
    kept, problems, parts = Choices(), list[Problem](), parts_of(budget)
    made = {**choices.lines, **({TAX: choices.tax} if choices.tax else {}), **choices.schemes}
    for key, value in made.items():
        part = parts.get(key)
        if part is None:
            problems.append(Problem("", "Something you had changed is no longer in the budget"))
            continue
        try:
            typed = amount_text(value) if isinstance(part, Scheme) else say_percent(value)
            kept = with_choice(budget, kept, key, read_choice(part, typed))
        except BadInput as error:
            problems.append(Problem(key, f"{part.name}: {_lower_first(str(error))}"))
    return kept, problems


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
