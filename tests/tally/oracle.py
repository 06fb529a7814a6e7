"""pabutools, the reference implementation, asked the way pbudget counts: a test dependency, never shipped."""

from functools import lru_cache
from pathlib import Path

from pabutools.election import (
    AdditiveSatisfaction,
    ApprovalBallot,
    ApprovalProfile,
    CardinalBallot,
    Cardinality_Sat,
    CardinalProfile,
    Cost_Sat,
    Instance,
    OrdinalBallot,
    OrdinalProfile,
    Profile,
    Project,
    parse_pabulib,
    total_cost,
)
from pabutools.fractions import frac
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen

from pbudget.tally.election import BallotClass, Election
from pbudget.tally.rules.rule import Rule

Case = tuple[Instance, Profile]


def from_election(election: Election) -> Case:
    """The same election in pabutools' terms; money in smallest units."""
    projects = [Project(project.id, project.cost) for project in election.projects]
    ballots = [_ballot(election, ballot, projects) for ballot in election.classes for _ in range(ballot.times)]
    profiles = {"approval": ApprovalProfile, "ranked": OrdinalProfile, "points": CardinalProfile}
    instance = Instance(projects, budget_limit=election.pot)
    instance.meta = {"max_length": str(election.length)}
    return supported(instance, profiles[election.ballot_type](ballots))


def _ballot(election: Election, ballot: BallotClass, projects: list[Project]) -> object:
    chosen = [projects[i] for i in ballot.choices]
    if election.ballot_type == "points":
        return CardinalBallot({p: frac(n.numerator, n.denominator) for p, n in zip(chosen, ballot.points, strict=True)})
    return OrdinalBallot(chosen) if election.ballot_type == "ranked" else ApprovalBallot(chosen)


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
        if not _approval(profile):
            return None
        bought = sequential_phragmen(instance, profile.as_multiprofile())
    elif rule.name == "equal-shares":
        bought = _equal_shares(instance, profile, rule)
    else:
        by_votes, by_value = (Cost_Sat, Cardinality_Sat) if _approval(profile) else (PointCostSat, PointSat)
        order = by_votes if rule.name == "greedy" else by_value
        bought = greedy_utilitarian_welfare(instance, profile, sat_class=order)
    return sorted(project.name for project in bought)


def _approval(profile: Profile) -> bool:
    return isinstance(profile, ApprovalProfile)


def winners_in_file(path: Path, rule: Rule) -> list[str] | None:
    """The ids pabutools funds in a file."""
    return winners(from_file(path), rule)


def _equal_shares(instance: Instance, profile: Profile, rule: Rule) -> list[Project]:
    utilities = {"cost": Cost_Sat, "cardinality": Cardinality_Sat, "score": PointSat}
    multi = profile.as_multiprofile()
    bought = method_of_equal_shares(instance, multi, sat_class=utilities[rule.utility])
    if rule.completion == "none":
        return list(bought)
    if rule.completion == "add1":
        bought = _raised(instance, multi, rule, utilities[rule.utility], bought)
    return list(greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat, initial_budget_allocation=bought))


def _raised(instance: Instance, multi: object, rule: Rule, utility: object, bought: list[Project]) -> list[Project]:
    """Raise the shares by giving pabutools a larger pot; keep the last outcome that fits the real one."""
    pot = instance.budget_limit
    for run in range(1, rule.runs + 1):
        raised = 1 + run * rule.step
        instance.budget_limit = frac(pot) * frac(raised.numerator, raised.denominator)
        tried = method_of_equal_shares(instance, multi, sat_class=utility)
        if total_cost(tried) > pot:
            break
        bought = tried
    instance.budget_limit = pot
    return bought


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
