"""pabutools, the reference implementation, asked the way pbudget counts: a test dependency, never shipped."""

from collections.abc import Callable
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


def winners(case: Case, rule: Rule) -> list[str]:
    """The ids pabutools funds by the same rule, ties by id."""
    instance, profile = case
    return sorted(project.name for project in ORACLES[rule.name](instance, profile, rule))


def _greedy(instance: Instance, profile: Profile, rule: Rule) -> list[Project]:
    return list(greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat))


def _greedy_value(instance: Instance, profile: Profile, rule: Rule) -> list[Project]:
    return list(greedy_utilitarian_welfare(instance, profile, sat_class=Cardinality_Sat))


def _equal_shares(instance: Instance, profile: Profile, rule: Rule) -> list[Project]:
    utilities = {"cost": Cost_Sat, "cardinality": Cardinality_Sat, "score": PointSat}
    multi = profile.as_multiprofile()
    bought = method_of_equal_shares(instance, multi, sat_class=utilities[rule.utility])
    if rule.completion == "none":
        return list(bought)
    return list(greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat, initial_budget_allocation=bought))


def _phragmen(instance: Instance, profile: Profile, rule: Rule) -> list[Project]:
    return list(sequential_phragmen(instance, profile.as_multiprofile()))


ORACLES: dict[str, Callable[[Instance, Profile, Rule], list[Project]]] = {
    "greedy": _greedy,
    "greedy-value": _greedy_value,
    "equal-shares": _equal_shares,
    "phragmen": _phragmen,
}


class PointSat(AdditiveSatisfaction):
    """The points a ballot gives; for ranked ballots L for the first place, L - 1 for the second."""

    def __init__(self, instance: Instance, profile: Profile, ballot: object) -> None:
        super().__init__(instance, profile, ballot, _points)


class PointCostSat(AdditiveSatisfaction):
    """Points times cost: sorted per cost, as pabutools' greedy rule does, this orders by points."""

    def __init__(self, instance: Instance, profile: Profile, ballot: object) -> None:
        super().__init__(instance, profile, ballot, lambda *args: _points(*args) * args[3].cost)


def _points(instance: Instance, profile: Profile, ballot: object, project: Project, known: object) -> object:
    if project not in ballot:  # type: ignore[operator]
        return 0
    if hasattr(ballot, "position"):
        length = int(instance.meta["max_length"])
        return max(length - ballot.position(project), 0)
    return frac(ballot[project])  # type: ignore[index]


def greedy_by_points(case: Case) -> list[str]:
    """What greedy funds when points or ranks are counted, not ballots."""
    instance, profile = case
    return sorted(p.name for p in greedy_utilitarian_welfare(instance, profile, sat_class=PointCostSat))
