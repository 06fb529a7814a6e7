"""The guard's limits as a round publishes them: in its manifest, and in sentences on its page.

as_published(Thresholds())["swing"]              ->  "0.5": text, because canonical JSON here has no fractions
published_in({"guard": {"thresholds": {…}}})     ->  the same Thresholds again
published_in({})                                 ->  None: a round that opened before limits were published
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pbudget.balance.thresholds import Thresholds, thresholds_from


def as_published(limits: Thresholds) -> dict[str, Any]:
    """Every limit by its name: whole numbers as they are, others as the shortest decimal text that gives them back."""
    return {name: repr(value) if isinstance(value, float) else value for name, value in asdict(limits).items()}


def published_in(manifest: Mapping[str, Any]) -> Thresholds | None:
    """The limits that a manifest published; None where it has none. Raises `BadInput` for a name nobody knows."""
    stated = manifest.get("guard", {}).get("thresholds")
    return thresholds_from(stated) if stated else None


def limits_in_words(limits: Thresholds) -> tuple[str, ...]:
    """What the guard goes by, for residents; the other numbers are in the manifest."""
    return (
        f"With fewer than {limits.min_n:,} votes, or fewer than {limits.min_known:,} people who say who they are, it "
        "says that there is not enough to go by.",
        f"A group came too rarely if its share of the votes is below {limits.rr_under:.0%} of its share of the people "
        f"who live here, and too often if it is above {limits.rr_over:.0%}. It must be unlikely to be chance.",
        "A project was decided by who came if its chance to win would differ by "
        f"{limits.swing:.0%} or more, had everybody come alike.",
        f"Votes that are alike are looked at when they are {limits.slate_excess:.0%} of all votes more than is usual, "
        f"or {limits.group_excess:.0%} from one group.",
        f"It says “at risk” only if {limits.material:.0%} or more of the money depends on it, or if people who came "
        f"too rarely are {100 * limits.harm_gap:.0f} points more likely to get nothing they voted for.",
        f"It never shows a number of people below {limits.k_anon}.",
    )
