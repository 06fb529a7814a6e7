"""Who asks the questions: a round after its vote, or a budget year after an answer. Nothing else of it is known here.

of_round(3)  ->  Consultation("round", 3)      guard_key_of_budget("ashmere-budget")  ->  "budget.ashmere-budget"
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Consultation:
    """One consultation: its kind, and its number in the table of that kind."""

    kind: Literal["round", "budget"]
    id: int

    @property
    def column(self) -> str:
        """The column that points at it."""
        return f"{self.kind}_id"


def of_round(round_id: int) -> Consultation:
    """A round."""
    return Consultation("round", round_id)


def of_budget(budget_id: int) -> Consultation:
    """A budget year."""
    return Consultation("budget", budget_id)


def guard_key_of_budget(slug: str) -> str:
    """The folder of a budget's guard key; no round can be called so, because a round's name has no full stop."""
    return f"budget.{slug}"
