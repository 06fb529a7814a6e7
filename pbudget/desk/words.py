"""What the desk's pages and approvals say, in one place."""

from collections.abc import Sequence

from pbudget.roll.queries import EntryView
from pbudget.roll.rules.letters import addressee
from pbudget.roll.rules.reissue import IDENTITY_POINTS

KEPT_ONLY_THE_DAY = [("About", "One resident. Once a request is over, only its day and its fingerprint are kept.")]
CODE_WORDS = {
    None: "No code yet",
    "live": "Has a code that can be used",
    "reissued": "The code was replaced",
    "returned": "The letter came back, so its code was stopped",
    "spoiled": "The letter was spoiled at the printer, so its code was stopped",
    "removed": "The code was stopped",
}
"""How an entry's codes stand, by what `last_code_of` says."""


def who_words(entry: EntryView, ward_name: str = "") -> str:
    """Name and address on one line, as in the window of the letter."""
    return ", ".join(addressee(entry.name, entry.address, entry.postcode, entry.place, ward_name))


def identity_words(points: Sequence[str]) -> str:
    """What was shown, in a row of sentences."""
    return ". ".join(IDENTITY_POINTS[point] for point in points if point in IDENTITY_POINTS) + "."


def spelled(group: str) -> str:
    """A group of a code with its characters apart, to be read out: `7 Q 4 K`."""
    return " ".join(group)
