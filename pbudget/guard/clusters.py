"""Wards that officers joined into a cluster, looked at as one: their contests side by side, their people together.

No member has a report of its own, so the table of a cluster stands where those of its wards would: what is published is
still one partition of the voters, and the whole. Every contest is counted again from its own pot and by its own rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from pbudget.balance.clusters import Cluster
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.document import Document
from pbudget.guard.past_votes import Look, equal_shares
from pbudget.guard.residents import Residents
from pbudget.guard.rules.assessment import assess
from pbudget.guard.rules.contest import Answers, Contest, Integers
from pbudget.guard.rules.retally import ADD1_REPLICATES, retally_for
from pbudget.guard.rules.together import SideBySide, together
from pbudget.guard.words import titles_of
from pbudget.tally.election import Election
from pbudget.tally.rules.rule import Rule

EACH_BY_ITSELF = (
    "Each ward voted on projects of its own. Every count here is ward by ward, put side by side. Ballots alike are "
    "looked for within a ward. Whether a project had friends in every group is not worked out for wards together."
)


class Member(NamedTuple):
    """One contest of a cluster: slug, name of its ward, how it was counted, and which of all ballots are its own."""

    slug: str
    ward: str
    election: Election
    rule: Rule
    contest: Contest
    winners: Sequence[str]
    ballots: Integers


@dataclass(frozen=True, eq=False)
class LookedTogether(Look):
    """A look at a cluster."""

    cluster: Cluster
    members: Sequence[Member]

    @property
    def title(self) -> str:
        """The cluster and its wards."""
        return f"{self.cluster.name} · {self.cluster.wards_named}"

    @property
    def titles(self) -> dict[str, str]:
        """The projects as people read them, each with its ward."""
        pairs = ((each, project) for each in self.members for project in each.election.projects)
        return titles_of([(f"{each.slug}/{project.id}", f"{project.title} ({each.ward})") for each, project in pairs])

    def document(self, left_out: Mapping[str, frozenset[str]] | None = None) -> Document:
        """The report for people, which names the wards."""
        return replace(super().document(left_out), cluster=self.cluster.name, wards=self.cluster.pot_names)

    @property
    def counted_by(self) -> str:
        """The rule, or the rule of each ward."""
        rules = {each.rule.label() for each in self.members}
        if len(rules) == 1:
            return f"{rules.pop()}, each ward by itself"
        return "; ".join(f"{each.ward}: {each.rule.label()}" for each in self.members)

    @property
    def counted(self) -> dict[str, Any]:
        """Pots, costs and rules by contest."""
        return {
            "cluster": self.cluster.name,
            "contests": {
                each.slug: {
                    "pot": str(each.election.pot),
                    "projects": {project.id: str(project.cost) for project in each.election.projects},
                    "rule": each.rule.label(),
                }
                for each in self.members
            },
        }


def look_together(
    cluster: Cluster,
    members: Sequence[Member],
    answers: Sequence[Answers],
    residents: Residents | None,
    limits: Thresholds,
    cautions: Sequence[str],
    **origin: str,
) -> LookedTogether:
    """The guard's look at a cluster, beside the stored outcome of each contest; `origin` as `Look` has it."""
    places = [each.ballots for each in members]
    contest = together([each.slug for each in members], [each.contest for each in members], places, answers)
    where = {project: n for n, project in enumerate(contest.projects)}
    again = SideBySide([retally_for(each.election, each.rule, each.contest) for each in members], places)
    cast = [where[f"{each.slug}/{winner}"] for each in members for winner in each.winners]
    found = assess(contest, again, limits, cast, replicates_for([each.rule for each in members]))
    shares = tuple(f"{each.slug}/{winner}" for each in members for winner in equal_shares(each.election))
    return LookedTogether(residents, found, shares, (*cautions, EACH_BY_ITSELF), cluster, members, **origin)


def replicates_for(rules: Sequence[Rule]) -> int | None:
    """Fewer where a rule takes long to count."""
    return ADD1_REPLICATES if any(rule.completion == "add1" for rule in rules) else None


def places_of(slugs: Sequence[str], ballots: Sequence[Sequence[str]]) -> list[Integers]:
    """For each contest, which ballots are its own; each ballot is given by the contests that are on it."""
    return [np.array([n for n, on in enumerate(ballots) if slug in on], dtype=np.int64) for slug in slugs]
