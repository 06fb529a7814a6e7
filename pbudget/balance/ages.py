"""What a group's label says about ages: read in one place, for figures of residents, questions and reports alike.

band("16-24")  ->  (16, 24)      band("65 years and over")  ->  (65, OLDEST)      band("under 16")  ->  (0, 15)
band("17")     ->  (17, 17)      band("young")              ->  None
"""

import re

OLDEST = 200
"""The upper end of a band that has none."""
_UP_TO = r"(?:-|–|—|to)"
_OPEN = r"(?:\+|(?:years )?(?:and|or) (?:over|older))"
_BAND = re.compile(rf"\s*(\d{{1,3}})\s*(?:{_UP_TO}\s*(\d{{1,3}})|({_OPEN}))?\s*")
_UNDER = re.compile(r"\s*(?:under|<)\s*(\d{1,3})\s*")


def band(label: str) -> tuple[int, int] | None:
    """The lowest and the highest age of a group; None where its label says no ages."""
    if match := _UNDER.fullmatch(label.lower()):
        return 0, int(match[1]) - 1
    match = _BAND.fullmatch(label.lower())
    if not match:
        return None
    return int(match[1]), OLDEST if match[3] else int(match[2] or match[1])


def age_label(label: str) -> str:
    """How a voter reads a group: `16-24` is "16 to 24", `65+` is "65 or over"; what says no ages stays as it is."""
    ages = band(label)
    if ages is None or ages[0] == ages[1]:
        return label.strip()
    lowest, highest = ages
    if highest == OLDEST:
        return f"{lowest} or over"
    return f"Under {highest + 1}" if lowest == 0 else f"{lowest} to {highest}"


def is_inside(label: str, lowest_age: int) -> bool:
    """Whether everybody in the group is old enough for a round; a label that says no ages always is."""
    ages = band(label)
    return ages is None or ages[0] >= lowest_age
