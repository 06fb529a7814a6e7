"""What was done to the roll and its codes, in sentences: numbers only, none about a person.

{"reissued": 3, "reissued_with_ballot": 1, "added": 2}
-> ["3 voting codes were given in place of an earlier one; 1 after a vote had been cast.",
    "2 places were added to the roll after the opening."]
"""

from collections.abc import Mapping

OTHERS = {
    "issued": (
        "1 first voting code was given out by an officer.",
        "{} first voting codes were given out by an officer.",
    ),
    "printed": ("1 more letter was made after the opening.", "{} more letters were made after the opening."),
    "voided": (
        "1 voting code was stopped, for example because its letter came back.",
        "{} voting codes were stopped, for example because their letters came back.",
    ),
    "added": (
        "1 place was added to the roll after the opening.",
        "{} places were added to the roll after the opening.",
    ),
    "moved": ("The ward of 1 place on the roll was corrected.", "The ward of {} places on the roll was corrected."),
}


def desk_sentences(numbers: Mapping[str, int]) -> list[str]:
    """A sentence for each number that is not 0."""
    found = []
    if numbers.get("reissued"):
        found.append(
            f"{_reissued(numbers['reissued'])}; {numbers['reissued_with_ballot']:,} after a vote had been cast."
        )
    for name, (one, many) in OTHERS.items():
        number = numbers.get(name, 0)
        if number:
            found.append(one if number == 1 else many.format(f"{number:,}"))
    return found


def _reissued(number: int) -> str:
    if number == 1:
        return "1 voting code was given in place of an earlier one"
    return f"{number:,} voting codes were given in place of an earlier one"
