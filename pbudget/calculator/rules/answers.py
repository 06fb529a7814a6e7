"""Words that a resident types: comments on lines, and why a budget was not balanced; the order of the groups.

shuffled(["Culture", "Roads", "Care"], "5f…")  ->  one order of its own for each answer, the same each time
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

from pbudget.calculator.rules.budget import Budget
from pbudget.calculator.rules.choices import Posted, Problem, parts_of
from pbudget.kit.errors import BadInput
from pbudget.kit.texts import tidy

COMMENT = "comment."
LONGEST_COMMENT, LONGEST_REASON = 500, 1_000
Item = TypeVar("Item", bound=str)


class WordsTooLong(BadInput):
    """What was typed is too long; the message says by how much."""


def usable_words(typed: str, longest: int) -> str:
    """A text without hidden characters and space around it. Raises WordsTooLong."""
    words = tidy(typed) or ""
    if len(words) > longest:
        raise WordsTooLong(f"Use {longest:,} characters or fewer. You have {len(words) - longest:,} too many")
    return words


def read_comments(budget: Budget, posted: Posted, before: Mapping[str, str]) -> tuple[Mapping[str, str], list[Problem]]:
    """The comments after what a page sent; an empty one goes, one that is too long is refused and the old one kept."""
    parts, comments, problems = parts_of(budget), dict(before), list[Problem]()
    for name, typed in posted.items():
        key = name.removeprefix(COMMENT)
        if not name.startswith(COMMENT) or key not in parts:
            continue
        try:
            words = usable_words(typed[0], LONGEST_COMMENT)
        except WordsTooLong as error:
            problems.append(Problem(COMMENT + key, f"Comment on {parts[key].name}: {str(error).lower()}", typed[0]))
            continue
        comments.pop(key, None)
        comments |= {key: words} if words else {}
    return comments, problems


def shuffled(names: Iterable[Item], seed: str) -> list[Item]:
    """The names in an order that the seed alone decides, whatever order they come in."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
