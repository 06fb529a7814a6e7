"""Whom to reach while there is still time: how many more of a group would bring it to its share.

more_to_par(10, 100, 0.25)  ->  20: with 30 of 120 the group is a quarter
"""

from math import ceil

ROUND_UP_TO = 5


def more_to_par(count: int, known: int, share: float) -> int:
    """How many more people of a group, rounded up to five, would make it `share` of all who took part; 0 if none."""
    if not 0 < share < 1:
        return 0
    missing = (share * known - count) / (1 - share)
    return ROUND_UP_TO * ceil(missing / ROUND_UP_TO - 1e-9) if missing > 0 else 0
