"""Participants beside residents: which groups are under- or over-represented, and how far the whole is from even.

Worked example (100 ballots, 80 known: 30 of group a, 50 of b; residents 60 % and 40 %): a's share is 30/80 = 37.5 %,
its representation ratio 0.375/0.6 = 0.625. Wilson's limits are 0.44 to 0.83 at z = 2.2414, with which two groups share
a 5 % chance of a false flag: below 0.8 and surely below 1, so a is "under". Had all 20 unknown been of group a, the
ratio would be 0.83, still below 1: the flag stands. Half the sum of the distances is 0.225: the share of participants
who would have to be someone else.

Sources: Wilson 1927; Bonferroni limits; total variation (Duncan and Duncan 1955), less what chance alone would give;
Cohen's w (1988); the G-test, whose p is reported and decides nothing (with thousands of ballots everything is
significant).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, pi, sqrt

from pbudget.balance.limits import Limits
from pbudget.balance.tails import chi_square_above, normal_quantile

OK, NO_BALLOTS, ALL_UNKNOWN, INSUFFICIENT, ONE_GROUP = "ok", "no ballots", "all unknown", "insufficient", "one group"
UNDER, SEVERELY_UNDER, OVER, SEVERELY_OVER = "under", "severely under", "over", "severely over"
ABSENT, BASELINE_ZERO = "absent", "baseline zero"
SEVERE = (SEVERELY_UNDER, SEVERELY_OVER, ABSENT)
TOO_FEW = (UNDER, SEVERELY_UNDER)
TOO_MANY = (OVER, SEVERELY_OVER)
ABSENT_FROM = 3
"""A group is absent when nobody came and at least this many were to be expected."""


@dataclass(frozen=True, slots=True)
class GroupBalance:
    """One group: participants `x`, share of residents `base`, ratio with limits, and bounds if the unknown were known.

    Ratios are None where nobody is known or the baseline has nobody in the group. `robust_to_unknown` is whether the
    flag's direction would stand whatever those who did not say had said.
    """

    x: int
    base: float
    share: float | None = None
    rr: float | None = None
    rr_lo: float | None = None
    rr_hi: float | None = None
    bound_lo: float | None = None
    bound_hi: float | None = None
    flag: str = ""
    robust_to_unknown: bool = True


@dataclass(frozen=True, slots=True)
class Distances:
    """How far participants are from residents. `tvx` and `cvx` are what is left when chance is taken off."""

    tv: float
    tv_expected: float
    tvx: float
    cv: float
    cvx: float
    g: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class DimensionBalance:
    """One dimension (age, sex, ...). `distances` is None where nobody's answer is known."""

    status: str
    n: int
    known: int
    not_in_baseline: int
    groups: Mapping[str, GroupBalance]
    distances: Distances | None = None

    @property
    def unknown_share(self) -> float:
        """Share of ballots without a known answer; 1 where there is no ballot."""
        return (self.n - self.known) / self.n if self.n else 1.0

    @property
    def usable(self) -> bool:
        """Whether the dimension may be judged."""
        return self.status == OK

    def flagged(self, flags: Iterable[str], min_base: float) -> list[str]:
        """Name the groups with one of these flags that are large enough to drive anything."""
        return [name for name, group in self.groups.items() if group.flag in flags and group.base >= min_base]


def wilson(x: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's limits for the share x of n: 1 of 20 at z = 1.96 lies in 0.0089 to 0.2361; of none, in 0 to 1."""
    if n <= 0:
        return 0.0, 1.0
    share = x / n
    below = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / below
    half = z * sqrt(max(0.0, share * (1 - share) / n + z * z / (4 * n * n))) / below
    return max(0.0, centre - half) if x else 0.0, min(1.0, centre + half) if x < n else 1.0


def family_z(baselines: Iterable[Mapping[str, float]], alpha: float) -> float:
    """Find the z at which all groups of a ward together raise a false flag with chance `alpha` at most (Bonferroni)."""
    groups = sum(share > 0 for baseline in baselines for share in baseline.values())
    return normal_quantile(1 - alpha / (2 * max(1, groups)))


def balance_of(
    labels: Iterable[str | None], baseline: Mapping[str, float], z: float, limits: Limits | None = None
) -> DimensionBalance:
    """Compare participants' answers (None: not said) with residents' shares, which add up to 1.

    An answer the baseline does not have is counted in `not_in_baseline` and is unknown for every ratio.
    """
    limits = limits or Limits()
    answers = Counter(labels)
    n = answers.total()
    counts = {group: answers[group] for group in baseline}
    known = sum(counts.values())
    others = n - known - answers[None]
    groups = {group: _group(x, baseline[group], known, n, z, limits) for group, x in counts.items()}
    status = _status(n, known, sum(share > 0 for share in baseline.values()), limits)
    return DimensionBalance(status, n, known, others, groups, _distances(counts, baseline, known) if known else None)


def _status(n: int, known: int, groups: int, limits: Limits) -> str:
    if not n:
        return NO_BALLOTS
    if not known:
        return ALL_UNKNOWN
    if groups < 2:
        return ONE_GROUP
    return INSUFFICIENT if known < limits.min_known or (n - known) / n > limits.max_unknown else OK


def _group(x: int, base: float, known: int, n: int, z: float, limits: Limits) -> GroupBalance:
    if not known:
        return GroupBalance(x, base)
    share = x / known
    if base <= 0:
        return GroupBalance(x, base, share, flag=BASELINE_ZERO if x else "")
    lo, hi = (limit / base for limit in wilson(x, known, z))
    bound_lo, bound_hi = x / n / base, (x + n - known) / n / base
    flag = _flag(x, share / base, lo, hi, base * known, limits)
    robust = (flag not in TOO_FEW or bound_hi < 1) and (flag not in TOO_MANY or bound_lo > 1)
    return GroupBalance(x, base, share, share / base, lo, hi, bound_lo, bound_hi, flag, robust)


def _flag(x: int, rr: float, lo: float, hi: float, expected: float, limits: Limits) -> str:
    if x == 0 and expected >= ABSENT_FROM:
        return ABSENT
    if rr < limits.rr_sev_under and hi < limits.rr_under:
        return SEVERELY_UNDER
    if rr < limits.rr_under and hi < 1:
        return UNDER
    if rr > limits.rr_sev_over and lo > limits.rr_over:
        return SEVERELY_OVER
    return OVER if rr > limits.rr_over and lo > 1 else ""


def _distances(counts: Mapping[str, int], baseline: Mapping[str, float], known: int) -> Distances:
    """Measure how far participants are from residents, over the groups the baseline has residents in."""
    cells = [(counts[group], base) for group, base in baseline.items() if base > 0]
    df = len(cells) - 1
    tv = sum(abs(x / known - base) for x, base in cells) / 2
    expected = sum(sqrt(base * (1 - base) / (2 * pi * known)) for _, base in cells)
    cv2 = sum((x / known - base) ** 2 / base for x, base in cells)
    g = 2 * sum(x * log(x / (known * base)) for x, base in cells if x)
    cvx = sqrt(max(0.0, cv2 - df / known))
    return Distances(tv, expected, max(0.0, tv - expected), sqrt(cv2), cvx, g, df, chi_square_above(g, df))
