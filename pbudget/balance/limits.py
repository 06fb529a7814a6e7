"""The limits the balance between participants and residents is judged by: one object, published before a vote opens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the balance. Ratios compare a group's share of participants with its share of residents.

    Chosen on 652 real elections and then tried once on 552 others; see docs/guard.md.
    """

    alpha: float = 0.05
    """Chance that any group of a ward is flagged although all came in proportion."""
    min_known: int = 50
    max_unknown: float = 0.4
    """A dimension with fewer known answers, or a larger share unknown, is not judged."""
    rr_under: float = 0.8
    rr_sev_under: float = 0.5
    rr_over: float = 1.25
    rr_sev_over: float = 2.0
    min_base: float = 0.02
    """Groups smaller than this share of residents are reported and never drive a verdict."""
    tvx_watch: float = 0.1
    tvx_high: float = 0.2
    k_anon: int = 10
    """No count of people from 1 to below this is shown."""
    round_base: int = 5
