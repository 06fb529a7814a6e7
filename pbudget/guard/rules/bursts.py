"""Bursts: more ballots at one site in half an hour than its own rhythm explains.

Worked example: 40 ballots evenly over ten hours are two per half hour on average; the busiest half hour has 3, and
somewhere in ten hours that is sure to happen (p = 1). With 25 more inside four minutes the busiest has 28 where 3.25
are expected: p is below one in a hundred thousand.

Households and classes come together, so the chance is that of a Poisson count stretched by phi, the spread of the
site's own half hours (the busiest 5 % left out, so that a burst does not hide itself). Sources: scan statistics (Naus
1965); Bonferroni over twice the number of windows. What is read are intake counters: ballots per site and five minutes.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from pbudget.balance.tails import poisson_at_least

WINDOW = 30 * 60
BUCKET = 5 * 60
MIN_BALLOTS, MIN_WINDOWS = 20, 10
LEFT_OUT = 0.05
BURST_P = 1e-5
OK, TOO_FEW, TOO_SHORT = "ok", "too few", "too short"


@dataclass(frozen=True, slots=True)
class Burst:
    """The busiest window of one site: `k` ballots where `lam` are expected; None where it was not tested."""

    status: str
    k: int | None = None
    lam: float | None = None
    phi: float | None = None
    p: float | None = None

    @property
    def flagged(self) -> bool:
        """Whether chance and the site's rhythm leave it unexplained: somebody should look."""
        return self.p is not None and self.p < BURST_P


def burst(times: Sequence[float], open_seconds: float, window: float = WINDOW) -> Burst:
    """Test one site's ballots, cast at `times` (seconds of open time since it first opened)."""
    if len(times) < MIN_BALLOTS:
        return Burst(TOO_FEW)
    if open_seconds / window < MIN_WINDOWS:
        return Burst(TOO_SHORT)
    ordered = sorted(times)
    k = max(bisect_right(ordered, start + window) - i for i, start in enumerate(ordered))
    lam = len(ordered) * window / open_seconds
    phi = _overdispersion(ordered, int(open_seconds // window), window)
    chance = poisson_at_least(ceil(k / phi), lam / phi)
    return Burst(OK, k, lam, phi, min(1.0, 2 * open_seconds / window * chance))


def times_of(buckets: Mapping[int, int]) -> list[float]:
    """Turn intake counters (ballots by number of the five-minute bucket) into times: the middle of each bucket."""
    return [(bucket + 0.5) * BUCKET for bucket, ballots in sorted(buckets.items()) for _ in range(ballots)]


def _overdispersion(times: Sequence[float], windows: int, window: float) -> float:
    """Variance over mean of the counts in windows side by side, without the fullest of them; at least 1."""
    counts = [0] * windows
    for time in times:
        if 0 <= time < windows * window:
            counts[int(time // window)] += 1
    kept = sorted(counts)[: windows - ceil(windows * LEFT_OUT)]
    mean = sum(kept) / len(kept)
    return max(1.0, sum((count - mean) ** 2 for count in kept) / len(kept) / mean) if mean else 1.0
