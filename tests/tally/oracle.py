"""pabutools, the reference implementation, asked the way pbudget counts: a test dependency, never shipped."""

from functools import lru_cache
from pathlib import Path

from pabutools.election import (
    AdditiveSatisfaction,
    ApprovalBallot,
    ApprovalProfile,
    Cardinality_Sat,
    Cost_Sat,
    Instance,
    Profile,
    Project,
    parse_pabulib,
)
from pabutools.fractions import frac
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen

from pbudget.tally.election import Election
from pbudget.tally.rules.rule import Rule

Case = tuple[Instance, Profile]


def from_election(election: Election) -> Case:
    """The same approval election in pabutools' terms; money in smallest units."""
    projects = [Project(project.id, project.cost) for project in election.projects]
    profile = ApprovalProfile(
        ApprovalBallot(projects[i] for i in ballot.choices) for ballot in election.classes for _ in range(ballot.times)
    )
    return supported(Instance(projects, budget_limit=election.pot), profile)


@lru_cache(maxsize=1)
def from_file(path: Path) -> Case:
    """A real file as pabutools reads it."""
    return supported(*parse_pabulib(str(path)))


def supported(instance: Instance, profile: Profile) -> Case:
    """Leave out projects nobody supports: pabutools funds them when they fit, pbudget never does."""
    named = {project for ballot in profile for project in ballot}
    for project in list(instance):
        if project not in named:
            instance.remove(project)
    profile.instance = instance
    return instance, profile


def winners(case: Case, rule: Rule) -> list[str] | None:
    """The ids pabutools funds by the same rule, ties by id; None where its rule does not take such ballots."""
    instance, profile = case
    if rule.name == "phragmen":
        if not isinstance(profile, ApprovalProfile):
            return None
        bought = sequential_phragmen(instance, profile.as_multiprofile())
    elif rule.name == "equal-shares":
        bought = _equal_shares(instance, profile, rule)
    else:
        order = PointCostSat if rule.name == "greedy" else PointSat
        bought = greedy_utilitarian_welfare(instance, profile, sat_class=order)
    return sorted(project.name for project in bought)


def winners_in_file(path: Path, rule: Rule) -> list[str] | None:
    """The ids pabutools funds in a file."""
    return winners(from_file(path), rule)


def _equal_shares(instance: Instance, profile: Profile, rule: Rule) -> list[Project]:
    utilities = {"cost": Cost_Sat, "cardinality": Cardinality_Sat, "score": PointSat}
    multi = profile.as_multiprofile()
    bought = method_of_equal_shares(instance, multi, sat_class=utilities[rule.utility])
    if rule.completion == "none":
        return list(bought)
    return list(greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat, initial_budget_allocation=bought))


class PointSat(AdditiveSatisfaction):
    """What a ballot gives: 1 for an approval, its points, or L for the first place, L - 1 for the second."""

    def __init__(self, instance: Instance, profile: Profile, ballot: object) -> None:
        super().__init__(instance, profile, ballot, _points)


class PointCostSat(AdditiveSatisfaction):
    """Points times cost: divided by cost, as pabutools' greedy rule does, this orders by points."""

    def __init__(self, instance: Instance, profile: Profile, ballot: object) -> None:
        super().__init__(instance, profile, ballot, lambda *args: _points(*args) * args[3].cost)


def _points(instance: Instance, profile: Profile, ballot: object, project: Project, known: object) -> object:
    if project not in ballot:  # type: ignore[operator]
        return 0
    if hasattr(ballot, "position"):
        return max(int(instance.meta["max_length"]) - ballot.position(project), 0)
    return 1 if isinstance(ballot, ApprovalBallot) else frac(ballot[project])  # type: ignore[index]
