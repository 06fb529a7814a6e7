"""When a new code for a resident needs one officer and when it needs two.

Whoever is given a new code can replace a ballot cast with the old one. So identity is shown by two points; and where
there is a ballot to replace, or little time left for its owner to notice, a second officer approves.
"""

from collections.abc import Iterable

from pbudget.kit.errors import BadInput

IDENTITY_POINTS = {
    "name-and-address": "Gave their full name and address as on the roll",
    "date-of-birth": "Gave a date of birth that another council record confirms",
    "letter": "Showed the letter, or read out its reference",
    "photo": "Showed a photo document",
    "bill": "Showed a bill or a letter with name and address",
    "known": "Is known in person to a member of staff",
}
"""What an officer may tick, by the word that goes into the audit log. No document's number is kept."""
POINTS_NEEDED = 2
LAST_HOURS = 48


class IdentityNotShown(BadInput):
    """Fewer than two points of identity; the officer asks for another."""


def needs_second_officer(*, has_ballot: bool, hours_to_close: float) -> bool:
    """Whether a second officer approves: a ballot could be replaced, or the vote closes within 48 hours."""
    return has_ballot or hours_to_close <= LAST_HOURS


def identity_shown(points: Iterable[str]) -> list[str]:
    """The points in text order, each once. Raises IdentityNotShown unless there are two that we know."""
    known = sorted(set(points) & IDENTITY_POINTS.keys())
    if len(known) < POINTS_NEEDED:
        raise IdentityNotShown("Select at least 2 ways the resident showed who they are")
    return known
