"""What holds in every election, whatever the rule: tried on random ones."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from pbudget.tally.election import BallotClass, Election
from pbudget.tally.rules.count import count
from pbudget.tally.rules.outcome import Outcome
from pbudget.tally.rules.rule import Rule
from tests.tally.strategies import counts

Count = tuple[Election, Rule]


def moved(election: Election, order: list[int]) -> Election:
    """The same election with its projects listed in another order (`order[new] = old`)."""
    place = {old: new for new, old in enumerate(order)}
    return replace(
        election,
        projects=tuple(election.projects[old] for old in order),
        classes=tuple(moved_ballot(ballot, place, election.ballot_type) for ballot in election.classes),
    )


def moved_ballot(ballot: BallotClass, place: dict[int, int], ballot_type: str) -> BallotClass:
    choices = [place[i] for i in ballot.choices]
    if ballot_type == "ranked":
        return ballot._replace(choices=tuple(choices))
    if ballot_type == "approval":
        return ballot._replace(choices=tuple(sorted(choices)))
    given_points = sorted(zip(choices, ballot.points, strict=True))
    return ballot._replace(choices=tuple(i for i, _ in given_points), points=tuple(p for _, p in given_points))


def said(outcome: Outcome) -> tuple[object, ...]:
    """All of an outcome that people see."""
    return outcome.winners, outcome.remaining, {line.project.id: line.reason for line in outcome.lines}, outcome.ties


@given(counts())
def test_the_pot_is_never_overspent_and_every_project_has_one_reason(case: Count) -> None:
    election, rule = case
    outcome = count(election, rule)
    cost = {project.id: project.cost for project in election.projects}
    assert outcome.spent == sum(cost[winner] for winner in outcome.winners) <= election.pot
    assert outcome.remaining == election.pot - outcome.spent
    assert sorted(line.project.id for line in outcome.lines) == sorted(cost)
    assert all(line.reason.startswith("Funded" if line.funded else "Not funded: ") for line in outcome.lines)
    assert {line.project.id for line in outcome.lines if line.funded} == set(outcome.winners)


@given(counts())
def test_a_project_without_support_or_dearer_than_the_pot_or_below_the_minimum_is_never_funded(case: Count) -> None:
    election, rule = case
    for line in count(election, rule).lines:
        if line.score == 0 or line.score < rule.minimum_score or line.project.cost > election.pot:
            assert not line.funded


@given(counts(), st.randoms())
def test_the_order_of_ballots_and_projects_changes_nothing(case: Count, chance: object) -> None:
    election, rule = case
    order = list(range(len(election.projects)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    other = moved(election, order)
    classes = list(other.classes)
    chance.shuffle(classes)  # type: ignore[attr-defined]
    assert said(count(replace(other, classes=tuple(classes)), rule)) == said(count(election, rule))


@given(counts())
def test_splitting_classes_of_identical_ballots_changes_nothing(case: Count) -> None:
    election, rule = case
    apart = [ballot._replace(times=1) for ballot in election.classes for _ in range(ballot.times)]
    split = count(replace(election, classes=tuple(apart)), rule)
    assert said(split) == said(count(election, rule))
    assert split.ballots == election.ballots


@given(counts())
def test_doubling_every_ballot_changes_no_winner(case: Count) -> None:
    election, rule = case
    rule = replace(rule, minimum_score=0)
    doubled = replace(election, classes=tuple(ballot._replace(times=2 * ballot.times) for ballot in election.classes))
    assert count(doubled, rule).winners == count(election, rule).winners


@given(counts(ties=("cheaper",)))
def test_renaming_the_projects_renames_the_outcome(case: Count) -> None:
    election, rule = case
    costs = [project.cost for project in election.projects]
    assume(len(set(costs)) == len(costs))
    new = {project.id: f"{len(costs) - i}-{project.id}" for i, project in enumerate(election.projects)}
    renamed = replace(election, projects=tuple(replace(project, id=new[project.id]) for project in election.projects))
    assert count(renamed, rule).winners == tuple(new[winner] for winner in count(election, rule).winners)


@given(counts(), st.integers(2, 1000))
def test_counting_in_finer_money_changes_no_winner(case: Count, factor: int) -> None:
    election, rule = case
    finer = replace(
        election,
        pot=election.pot * factor,
        projects=tuple(replace(project, cost=project.cost * factor) for project in election.projects),
    )
    assert count(finer, rule).winners == count(election, rule).winners


@given(counts())
def test_supporters_together_pay_exactly_what_a_project_costs(case: Count) -> None:
    election, rule = case
    shares = replace(rule, name="equal-shares", utility="cost" if rule.utility == "score" else rule.utility)
    for payment in count(election, shares).payments:
        paid = payment.price * payment.full_payers + payment.partial_paid
        assert paid == election.projects[payment.project].cost


@given(counts())
def test_nobody_pays_more_than_their_share(case: Count) -> None:
    election, rule = case
    outcome = count(election, replace(rule, name="equal-shares", utility="cost"))
    share = Fraction(election.pot, election.ballots) * (1 + outcome.add1_raised)
    supporters = {i: [b for b in election.classes if i in b.choices] for i in range(len(election.projects))}
    spent = sum(election.projects[payment.project].cost for payment in outcome.payments)
    reached = {b for payment in outcome.payments for b in supporters[payment.project]}
    assert spent <= share * sum(ballot.times for ballot in reached)
