"""Which ages may vote, in words, and what follows where children may.

say_ages(16, None) -> "aged 16 or over"      say_ages(11, 17) -> "aged 11 to 17"      say_ages(0, None) -> "of any age"
"""

ADULT = 18
"""In law a person under 18 is a child: then a privacy notice in simple words is linked from every page of the vote."""
YOUNG = 25
"""A vote for nobody older than this is called a young people's vote."""


def say_ages(youngest: int, oldest: int | None) -> str:
    """Who may vote, to follow "people" or "you must be"."""
    if oldest is None:
        return f"aged {youngest} or over" if youngest else "of any age"
    if youngest == oldest:
        return f"aged {youngest}"
    return f"aged {youngest} to {oldest}" if youngest else f"aged {oldest} or under"


def may_children_vote(youngest: int) -> bool:
    """Whether somebody under 18 may vote."""
    return youngest < ADULT


def is_young_peoples_vote(oldest: int | None) -> bool:
    """Whether the vote is for young people alone."""
    return oldest is not None and oldest <= YOUNG
