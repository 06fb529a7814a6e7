"""Clusters: wards that are looked at together, because each by itself has too few votes to say who took part.

published_in({"clusters": [{"name": "The lanes", "pots": ["hilltop", "riverside"], …}]})  ->  (Cluster("The lanes", …),)

A cluster takes the place of its wards: they have one report, one verdict and one quorum, and none of their own. So what
is published of who took part is one partition of the voters, and the whole. Voting and counting stay ward by ward.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pbudget.kit.texts import listed

FEWEST_WARDS = 2


class Cluster(NamedTuple):
    """Contests of wards that are looked at together: their slugs, their names and the codes of their wards."""

    name: str
    pots: tuple[str, ...]
    pot_names: tuple[str, ...]
    wards: tuple[str, ...]

    @property
    def wards_named(self) -> str:
        """The wards in a sentence: `Hilltop, Quayside and Riverside`."""
        return listed(self.pot_names)


def as_published(clusters: Iterable[Cluster]) -> list[dict[str, Any]]:
    """The clusters as a manifest has them."""
    return [{"name": each.name, "pots": list(each.pots), "wards": list(each.wards)} for each in clusters]


def published_in(manifest: Mapping[str, Any]) -> tuple[Cluster, ...]:
    """The clusters that a manifest published; none where it has none, or is from before there were any."""
    names = {pot["id"]: pot["name"] for pot in manifest.get("pots", ())}
    return tuple(
        Cluster(each["name"], tuple(each["pots"]), tuple(names[pot] for pot in each["pots"]), tuple(each["wards"]))
        for each in manifest.get("clusters", ())
    )


def cluster_of(clusters: Iterable[Cluster], pot: str) -> Cluster | None:
    """The cluster that a contest is in."""
    return next((each for each in clusters if pot in each.pots), None)


def clusters_in_words(clusters: Iterable[Cluster]) -> tuple[str, ...]:
    """Which wards are looked at together, for residents."""
    return tuple(
        f"{each.wards_named} are looked at together, as “{each.name}”: one report says who took part there, and the "
        "quorum is of these wards together. Each ward still votes on its own projects, and its votes are counted on "
        "their own."
        for each in clusters
    )


def names_of_reports(contests: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """What each report of a round is on, by the slug of its first contest; contests are (slug, name, cluster or "").

    [("hilltop", "Hilltop", "The lanes"), ("quayside", "Quayside", ""), ("riverside", "Riverside", "The lanes")]
    ->  {"hilltop": "The lanes (Hilltop and Riverside)", "quayside": "Quayside"}
    """
    members: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for slug, name, cluster in contests:
        members.setdefault((cluster, "" if cluster else slug), []).append((slug, name))
    return {
        joined[0][0]: f"{cluster} ({listed([name for _, name in joined])})" if cluster else joined[0][1]
        for (cluster, _), joined in members.items()
    }
