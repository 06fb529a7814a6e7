"""Contest by contest: did enough people take part? It reads ballots by ward, and nothing of what anybody chose.

quorum_lines(manifest, {"E05000416": 87})  ->  [QuorumLine("Riverside", 87, 203, "2% of 10,105 residents …", False)]
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from pbudget.balance.clusters import cluster_of
from pbudget.balance.clusters import published_in as published_clusters
from pbudget.balance.quorum import published_in


class QuorumLine(NamedTuple):
    """One contest: its votes, how many its quorum needs, why so many, whether it is reached."""

    contest: str
    votes: int
    needed: int
    reason: str
    met: bool


def quorum_lines(manifest: Mapping[str, Any], votes: Mapping[str, int]) -> list[QuorumLine]:
    """Every contest of a round by its votes per ward code; nothing where the manifest has no quorum.

    Wards that are looked at together have one quorum, and one line.
    """
    found = published_in(manifest)
    if found is None:
        return []
    clusters, lines = published_clusters(manifest), []
    for pot in manifest["pots"]:
        cluster, needs = cluster_of(clusters, pot["id"]), found.of(pot["id"])
        if cluster and pot["id"] != cluster.pots[0]:
            continue
        wards = cluster.wards if cluster else (pot["ward"],)
        cast = sum(votes.values()) if pot["ward"] is None else sum(votes.get(ward, 0) for ward in wards)
        name = f"{cluster.name} ({cluster.wards_named} together)" if cluster else pot["name"]
        lines.append(QuorumLine(name, cast, needs.needed, needs.reason, needs.is_met(cast)))
    return lines


def votes_by_code(ballots: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Ballots by ward code, from ballots by (ward code, channel)."""
    found = Counter[str]()
    for (code, _), number in ballots.items():
        found[code] += number
    return dict(found)
