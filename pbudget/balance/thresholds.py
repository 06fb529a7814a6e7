"""Every number the guard judges by, in one object: frozen and published when a round opens, stored with each report.

Example: `Thresholds().swing` is 0.5: a project counts as decided by turnout when weighting everybody in proportion
takes away half or more of its chance to be funded. The names are those of the specification's configuration.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import rfc8785

from pbudget.balance.limits import Limits
from pbudget.kit.errors import BadInput


@dataclass(frozen=True, slots=True)
class Thresholds(Limits):
    """The limits of the balance and everything else the guard judges by."""

    z: float = 1.959964
    """For turnout limits of one ward."""
    min_n: int = 100
    """Fewer ballots are not judged: at exact proportion 1 % of such wards would be flagged by chance."""
    absent_base: float = 0.1
    tvx_extreme: float = 0.4
    """Skew this large is "watch" by itself, as is nobody at all from a group this large."""
    rake_min_cell: int = 5
    rake_cap: float = 5.0
    rake_tol: float = 1e-10
    rake_iter: int = 200
    boot: int = 200
    boot_seed: int = 20110101
    unknown_section: float = 0.1
    """From this share on, people whose group is unknown are looked at as a section of their own."""
    swing: float = 0.5
    slate_min: int = 10
    slate_excess: float = 0.1
    slate_projects: int = 6
    slate_others: float = 0.3
    slate_ratio: float = 3.0
    slate_half: float = 0.5
    bullet_excess: float = 0.1
    group_excess: float = 0.07
    fdr: float = 0.001
    conc_lift: float = 2.0
    conc_p: float = 0.0001
    run_watch: int = 16
    harm_gap: float = 0.2
    harm_z: float = 3.0
    sectional: float = 0.2
    material: float = 0.15
    """What is at stake must be this share of the money awarded before a verdict is "at risk"."""
    risk_excess: float = 0.15

    @property
    def version(self) -> str:
        """SHA-256 of the numbers in canonical JSON: the same numbers, the same version."""
        return hashlib.sha256(rfc8785.dumps(asdict(self))).hexdigest()


def thresholds_from(stated: Mapping[str, float | str]) -> Thresholds:
    """Read thresholds from a manifest or file; names in capitals are the same. Raises `BadInput` for unknown names."""
    kinds: dict[str, Any] = {field.name: field.type for field in fields(Thresholds)}
    unknown = [name for name in stated if name.lower() not in kinds]
    if unknown:
        raise BadInput(f"“{unknown[0]}” is not a threshold of the guard. They are: {', '.join(sorted(kinds))}.")
    given = {name.lower(): value for name, value in stated.items()}
    return replace(Thresholds(), **{name: kinds[name](value) for name, value in given.items()})
