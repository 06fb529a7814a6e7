"""Random numbers anyone can compute again, and the Poisson bootstrap that is made of them.

Worked example: seed 20110101, numbers 0, 1, 2, ...: 0.8139, 0.0266, ... The Poisson(1) distribution function is 0.368,
0.736, 0.920, ...: 0.8139 is at or above two of them, 0.0266 above none. In the first replicate the first ballot counts
twice and the second not at all.

Sources: splitmix64 (Steele, Lea and Flood 2014), used as a counter; the Poisson bootstrap (Chamandy et al. 2012). The
recipe is written out in the guard's specification, so that another program gets the same numbers on any machine.
"""

from itertools import accumulate
from math import exp, factorial

import numpy as np
from numpy.typing import NDArray

from pbudget.guard.rules.contest import Floats

GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
WORD = 2**64
POISSON_1 = tuple(accumulate(exp(-1) / factorial(k) for k in range(12)))
"""Distribution function of Poisson(1) at 0 to 11, added up in this order."""


def splitmix(seed: int, numbers: NDArray[np.uint64]) -> Floats:
    """Give the `numbers`-th random values of a seed, uniform in [0, 1)."""
    z = (numbers + np.uint64(1)) * np.uint64(GOLDEN) + np.uint64(seed % WORD)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(SECOND)
    z ^= z >> np.uint64(31)
    return np.asarray((z >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def poisson_counts(seed: int, first: int, replicates: int, ballots: int) -> NDArray[np.uint8]:
    """How often each ballot counts in replicates `first`, `first` + 1, ...: one row per replicate."""
    counts = np.zeros((replicates, ballots), dtype=np.uint8)
    for row, replicate in zip(counts, range(first, first + replicates), strict=True):
        start = replicate * ballots
        uniform = splitmix(seed, np.arange(start, start + ballots, dtype=np.uint64))
        for limit in POISSON_1:
            row += uniform >= limit
    return counts
