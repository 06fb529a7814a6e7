"""Contest by contest: did enough people take part? It reads ballots by ward, and nothing of what anybody chose.

quorum_lines(manifest, {"E05000416": 87})  ->  [QuorumLine("Riverside", 87, 203, "2% of 10,105 residents …", False)]
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from pbudget.balance.quorum import published_in


class QuorumLine(NamedTuple):
    """One contest: its votes, how many its quorum needs, why so many, whether it is reached."""

    contest: str
    votes: int
    needed: int
    reason: str
    met: bool


def quorum_lines(manifest: Mapping[str, Any], votes: Mapping[str, int]) -> list[QuorumLine]:
    """Every contest of a round by its votes per ward code; nothing where the manifest has no quorum."""
    found = published_in(manifest)
    if found is None:
        return []
    lines = []
    for pot in manifest["pots"]:
        cast = sum(votes.values()) if pot["ward"] is None else votes.get(pot["ward"], 0)
        needs = found.of(pot["id"])
        lines.append(QuorumLine(pot["name"], cast, needs.needed, needs.reason, needs.is_met(cast)))
    return lines


def votes_by_code(ballots: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Ballots by ward code, from ballots by (ward code, channel)."""
    found = Counter[str]()
    for (code, _), number in ballots.items():
        found[code] += number
    return dict(found)
