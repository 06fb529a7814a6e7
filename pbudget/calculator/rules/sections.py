"""The pages of an answer: a section for each group of lines, mixed anew for each answer, then tax, then borrowing.

groups Culture, Roads, Care with the seed "5f…"  ->  Roads · Culture · Care · Council tax · Borrowing
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pbudget.calculator.rules.answers import shuffled
from pbudget.calculator.rules.budget import SERVICE, TAX, Budget
from pbudget.calculator.rules.numbers import say_short
from pbudget.kit.slugs import slug

BORROWING, ALL = "borrowing", "all"


@dataclass(frozen=True)
class Section:
    """One page: its name in addresses, its title, what it costs in words, and the keys of what is on it."""

    key: str
    title: str
    total: str
    keys: tuple[str, ...]


def sections_of(budget: Budget, seed: str) -> list[Section]:
    """Every section in the order of one answer; the seed alone decides the order of the groups."""
    by_key = {section.key: section for section in sections_in_order(budget)}
    last = [by_key.pop(key) for key in (TAX, BORROWING) if key in by_key]
    return [*(by_key[key] for key in shuffled(by_key, seed)), *last]


def sections_in_order(budget: Budget) -> list[Section]:
    """Every section in the order of the council's file."""
    taken = {TAX, BORROWING, ALL}
    groups = []
    for name, lines in budget.groups.items():
        key = next(key for n in range(1, 1000) if (key := slug(name) + (f"-{n}" if n > 1 else "")) not in taken)
        taken.add(key)
        spent = sum(line.net for line in lines if line.kind == SERVICE)
        total = f"{say_short(spent)} a year" if spent else ""
        groups.append(Section(key, name, total, tuple(line.key for line in lines)))
    tax = [Section(TAX, budget.tax.name, "", (TAX,))] if budget.has_tax else []
    borrowing = Section(BORROWING, "Borrowing to build", "", tuple(budget.scheme_by_key))
    return [*groups, *tax, *([borrowing] if budget.schemes else [])]


def section_after(sections: Sequence[Section], key: str) -> Section | None:
    """The next page; None after the last."""
    place = next(place for place, section in enumerate(sections) if section.key == key)
    return sections[place + 1] if place + 1 < len(sections) else None


def section_before(sections: Sequence[Section], key: str) -> Section | None:
    """The page before; None before the first."""
    place = next(place for place, section in enumerate(sections) if section.key == key)
    return sections[place - 1] if place else None
