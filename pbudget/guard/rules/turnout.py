"""Turnout of wards: limits for comparing them, and a funnel plot that allows for wards simply being different.

Worked example (funnel): a town's wards have turnout 3.2 %, 4.6 %, 2.0 %, 6.7 %, ... around 3.9 %. By chance alone, with
10,000 residents, none should stray beyond 3.3 to 4.5 %; four in five do, so chance alone is the wrong yardstick. The
spread between ordinary wards (tau, here 1.3 points) is estimated and added; then no ward stands out.

Turnout is a count of ballots, not a sample: the limits say how much it would move were the same people asked again.
Sources: Wilson 1927; Spiegelhalter 2005 (Stat. Med. 24:1185 and Qual. Saf. Health Care 14:347: additive random effects,
winsorised); the R-indicator of Schouten, Cobben and Bethlehem 2009, here only to check: at low turnout it is near 1
however skewed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from pbudget.balance.representation import wilson

MIN_WARDS = 5
"""Fewer wards make no funnel."""
WINSORISE = (0.1, 0.9)
VERY_DIFFERENT = 3.0


@dataclass(frozen=True, slots=True)
class Turnout:
    """One ward's turnout. `share` and limits are None without a number of residents; above 1 means a wrong baseline."""

    ballots: int
    residents: int | None
    share: float | None
    lo: float | None
    hi: float | None

    @property
    def more_than_residents(self) -> bool:
        """Whether more ballots were cast than people live there: the baseline is old or of another ward."""
        return self.residents is not None and self.ballots > self.residents > 0


@dataclass(frozen=True, slots=True)
class Funnel:
    """Wards against the pooled turnout. `z` is None for a ward without residents; `naive` leaves such wards out."""

    wards: int
    target: float
    phi: float
    tau: float
    naive: tuple[float, ...]
    z: tuple[float | None, ...]

    @property
    def very_different(self) -> tuple[int, ...]:
        """Positions of the wards beyond three standard deviations."""
        return tuple(i for i, z in enumerate(self.z) if z is not None and abs(z) > VERY_DIFFERENT)

    def limits(self, residents: int, z: float) -> tuple[float, float]:
        """Find where the funnel's line for `z` runs at a ward of this size."""
        reach = z * sqrt(self.target * (1 - self.target) / residents + self.tau**2)
        return max(0.0, self.target - reach), min(1.0, self.target + reach)


@dataclass(frozen=True, slots=True)
class Response:
    """Turnout by group as survey methods see it: mean `rho`, its spread, the R-indicator and the relative spread."""

    rho: float
    spread: float
    r: float
    cv: float


def turnout(ballots: int, residents: int | None, z: float) -> Turnout:
    """Turnout with Wilson's limits. More ballots than residents is shown as it is, without limits."""
    if not residents:
        return Turnout(ballots, residents, None, None, None)
    share = ballots / residents
    lo, hi = wilson(ballots, residents, z) if ballots <= residents else (None, None)
    return Turnout(ballots, residents, share, lo, hi)


def funnel(ballots: Sequence[int], residents: Sequence[int]) -> Funnel | None:
    """Compare wards with each other, allowing for overdispersion; None for fewer than five wards or no turnout."""
    counted = [i for i, size in enumerate(residents) if size > 0]
    x = np.array([ballots[i] for i in counted], dtype=np.float64)
    size = np.array([residents[i] for i in counted], dtype=np.float64)
    target = float(x.sum() / size.sum()) if counted else 0.0
    if len(counted) < MIN_WARDS or not 0 < target < 1:
        return None
    spread = np.sqrt(target * (1 - target) / size)
    naive = (x / size - target) / spread
    phi = float(np.mean(np.clip(naive, *np.quantile(naive, WINSORISE)) ** 2))
    weight = 1 / spread**2
    wards = len(counted)
    tau2 = max(0.0, (wards * phi - (wards - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    adjusted = dict(zip(counted, ((x / size - target) / np.sqrt(spread**2 + tau2)).tolist(), strict=True))
    z = tuple(adjusted.get(i) for i in range(len(residents)))
    return Funnel(wards, target, phi, sqrt(tau2), tuple(naive.tolist()), z)


def response(ballots: Sequence[int], residents: Sequence[int]) -> Response:
    """Summarise turnout by group: 120 of 4,000, 300 of 5,000 and 80 of 3,500 residents give rho 0.04, CV 0.41."""
    total = sum(residents)
    rho = sum(ballots) / total if total else 0.0
    squares = sum(size * (x / size - rho) ** 2 for x, size in zip(ballots, residents, strict=True) if size)
    spread = sqrt(squares / total) if total else 0.0
    return Response(rho, spread, 1 - 2 * spread, spread / rho if rho else 0.0)
