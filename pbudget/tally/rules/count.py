"""Count an election: one rule, one outcome, a reason for every project.

Example: pot £100; A costs £60 with 5 votes, B £50 with 4, C £30 with 3. `count(election, Rule("greedy"))` funds A and
C, and says of B "Not funded: it costs £50 and £40 was left when its turn came."
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from pbudget.tally.election import Election, Number
from pbudget.tally.rules.equal_shares import Market, Purchases, equal_shares, market
from pbudget.tally.rules.figures import counted, ordinal
from pbudget.tally.rules.greedy import GreedyCount, by_value, by_votes, greedy
from pbudget.tally.rules.outcome import Line, Outcome, Payment, Step, Tie
from pbudget.tally.rules.phragmen import Savings, phragmen
from pbudget.tally.rules.rule import EQUAL_SHARES, GREEDY_VALUE, PHRAGMEN, Rule, refuse_what_does_not_apply
from pbudget.tally.rules.scores import scores, votes
from pbudget.tally.rules.ties import tie_ranks
from pbudget.tally.rules.words import Words

TieGroups = Sequence[tuple[tuple[int, ...], tuple[int, ...]]]


@dataclass(slots=True)
class _Counting:
    """One count under way. `funded` is in order of funding; `reasons` fills up until every project has one."""

    election: Election
    rule: Rule
    votes: tuple[int, ...]
    score: tuple[Number, ...]
    tie_rank: tuple[int, ...]
    candidates: list[int]
    words: Words
    funded: list[int] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    ties: list[tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=list)
    payments: tuple[Payment, ...] = ()
    steps: tuple[Step, ...] = ()
    completed: tuple[int, ...] = ()
    add1_runs: int = 0
    add1_raised: Fraction = Fraction(0)


def count(election: Election, rule: Rule) -> Outcome:
    """Count `election` by `rule`. The same ballots and projects in any order give the same outcome.

    Raises `BadInput` when the ballots cannot be counted by this rule (Phragmén without approval ballots).
    """
    refuse_what_does_not_apply(election, rule)
    score = scores(election)
    counting = _Counting(
        election, rule, votes(election), score, tie_ranks(election.projects, rule.ties), [], Words(election)
    )
    _admit(counting)
    if rule.name == EQUAL_SHARES:
        _count_equal_shares(counting)
    elif rule.name == PHRAGMEN:
        _count_phragmen(counting)
    else:
        _count_greedy(counting)
    return _outcome(counting)


def _admit(counting: _Counting) -> None:
    """Leave out projects without support, then those below the minimum score; give each its reason."""
    for i, score in enumerate(counting.score):
        if score <= 0:
            counting.reasons[i] = counting.words.no_support()
        elif score < counting.rule.minimum_score:
            counting.reasons[i] = counting.words.below_minimum(score, counting.rule.minimum_score)
        else:
            counting.candidates.append(i)


def _count_greedy(counting: _Counting) -> None:
    """Count by votes or by value."""
    election, rule = counting.election, counting.rule
    by_worth = rule.name == GREEDY_VALUE
    sort_by = by_votes(counting.candidates, counting.score)
    if by_worth:
        sort_by = by_value(counting.candidates, counting.score, election.projects)
    passed = greedy(election.projects, sort_by, counting.tie_rank, election.pot, rule.unaffordable == "stop")
    counting.funded = list(passed.funded)
    counting.ties = list(passed.tied)
    for place, i in enumerate(passed.order, 1):
        counting.reasons[i] = _greedy_reason(counting, passed, i, place, by_worth)


def _greedy_reason(counting: _Counting, passed: GreedyCount, i: int, place: int, by_worth: bool) -> str:
    """Say why a greedy count funded a project or did not."""
    words, cost = counting.words, counting.election.projects[i].cost
    if i in passed.left_before and cost <= passed.left_before[i]:
        left = words.money(passed.left_before[i] - cost)
        support = words.score(counting.score[i])
        rank = f"for {words.cost(i)}, ranked {ordinal(place)} by value" if by_worth else f", ranked {ordinal(place)}"
        return f"Funded: {support}{' ' if by_worth else ''}{rank}; {left} left after it."
    if cost > counting.election.pot:
        return words.dearer_than_pot(i)
    if i in passed.left_before:
        return words.did_not_fit(i, passed.left_before[i])
    at = passed.stopped_at if passed.stopped_at is not None else i
    return words.stopped_before(at, passed.left_before[at])


def _count_equal_shares(counting: _Counting) -> None:
    """Run Equal Shares, raise the shares where the rule says so, and fill up by votes where it says so."""
    election, rule = counting.election, counting.rule
    stall = market(election, rule.utility, counting.candidates, counting.tie_rank)
    share = Fraction(election.pot, election.ballots or 1)
    bought = _raised(counting, stall, share) if rule.completion == "add1" else equal_shares(stall, share)
    counting.payments = _with_money_left(election, bought.payments)
    counting.funded = [payment.project for payment in bought.payments]
    passed = None
    if rule.completion != "none":
        rest = [i for i in counting.candidates if i not in set(counting.funded)]
        left = election.pot - bought.spent
        passed = greedy(election.projects, by_votes(rest, counting.votes), counting.tie_rank, left)
        counting.completed = passed.funded
        counting.funded += passed.funded
        counting.ties = list(passed.tied)
    counting.ties = _lost_ties(bought.ties, counting.funded) + counting.ties
    _explain_shares(counting, bought, passed)


def _raised(counting: _Counting, stall: Market, share: Fraction) -> Purchases:
    """Raise every share by a step of the starting share until the outcome no longer fits; keep the last that fits.

    Run k gives every voter (1 + k * step) of the starting share, k = 1 ... runs; the first run that costs more than
    the pot ends it.
    """
    best = equal_shares(stall, share)
    for run in range(1, counting.rule.runs + 1):
        counting.add1_runs = run
        raised = run * counting.rule.step
        tried = equal_shares(stall, share * (1 + raised), counting.election.pot)
        if tried.spent > counting.election.pot:
            break
        best, counting.add1_raised = tried, raised
    return best


def _with_money_left(election: Election, payments: tuple[Payment, ...]) -> tuple[Payment, ...]:
    """Note after every round what is left of the pot."""
    left, noted = election.pot, []
    for payment in payments:
        left -= election.projects[payment.project].cost
        noted.append(replace(payment, left=left))
    return tuple(noted)


def _explain_shares(counting: _Counting, bought: Purchases, passed: GreedyCount | None) -> None:
    """Give every candidate of Equal Shares its reason."""
    words, projects = counting.words, counting.election.projects
    for number, payment in enumerate(counting.payments, 1):
        i = payment.project
        counting.reasons[i] = words.bought(number, payment, counting.votes[i], payment.left)
    for i in counting.candidates:
        if i in counting.reasons:
            continue
        left = passed.left_before[i] if passed else 0
        if passed and i in passed.funded:
            support, after = counted(counting.votes[i], "vote"), words.money(left - projects[i].cost)
            counting.reasons[i] = f"Funded from the money left over: {support}; {after} left after it."
        else:
            counting.reasons[i] = _unpaid_reason(counting, bought, i, left if passed else None)


def _unpaid_reason(counting: _Counting, bought: Purchases, i: int, left: int | None) -> str:
    """Say why Equal Shares did not fund a project; `left` is the money at its turn in the completion."""
    words, cost = counting.words, counting.election.projects[i].cost
    if cost > counting.election.pot:
        return words.dearer_than_pot(i)
    if cost == 0:
        return "Not funded: it costs nothing, so with cost utilities it is worth nothing to its supporters."
    reason = words.could_pay(i, counting.votes[i], bought.available(i), counting.add1_raised)
    return reason + ("." if left is None else f", and {words.money(left)} was left when its turn came.")


def _count_phragmen(counting: _Counting) -> None:
    """Run Phragmén's rule on the candidates that cost no more than the pot."""
    election, words = counting.election, counting.words
    affordable = [i for i in counting.candidates if election.projects[i].cost <= election.pot]
    saved = phragmen(election, affordable, counting.tie_rank)
    counting.steps = saved.steps
    counting.funded = [step.project for step in saved.steps]
    counting.ties = _lost_ties(saved.ties, counting.funded)
    for place, step in enumerate(saved.steps, 1):
        counting.reasons[step.project] = (
            f"Funded {ordinal(place)}: when every voter had been given {words.about(step.earned)}, its "
            f"{_savers(counting.votes[step.project])} saved its cost; {words.money(step.left)} left after it."
        )
    for i in counting.candidates:
        if i not in counting.reasons:
            counting.reasons[i] = _unsaved_reason(counting, saved, i)


def _savers(supporters: int) -> str:
    """Name the supporters of a project together with their verb."""
    return "one supporter had" if supporters == 1 else f"{supporters:,} supporters had together"


def _unsaved_reason(counting: _Counting, saved: Savings, i: int) -> str:
    """Say why Phragmén's rule did not fund a project."""
    if counting.election.projects[i].cost > counting.election.pot:
        return counting.words.dearer_than_pot(i)
    if i in saved.stopped_at:
        return counting.words.did_not_fit(i, saved.left).removesuffix(".") + ", which ended the count."
    return counting.words.stopped_before(saved.stopped_at[0], saved.left)


def _lost_ties(
    groups: Sequence[tuple[int, ...]], funded: Sequence[int]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Keep the ties (the one taken first, then the others) in which one of the others was not funded in the end."""
    won = set(funded)
    return [((taken,), lost) for taken, *others in groups if (lost := tuple(i for i in others if i not in won))]


def _outcome(counting: _Counting) -> Outcome:
    """Put the outcome together: funded projects in order, then the others by rank."""
    election = counting.election
    order = sorted(range(len(election.projects)), key=lambda i: (-counting.score[i], counting.tie_rank[i]))
    rank = {i: place for place, i in enumerate(order, 1)}
    won = set(counting.funded)
    listed = counting.funded + [i for i in order if i not in won]
    spent = sum(election.projects[i].cost for i in counting.funded)
    return Outcome(
        rule=counting.rule,
        winners=_ids(election, counting.funded),
        pot=election.pot,
        spent=spent,
        remaining=election.pot - spent,
        lines=tuple(
            Line(election.projects[i], counting.votes[i], counting.score[i], rank[i], i in won, counting.reasons[i])
            for i in listed
        ),
        ballots=election.ballots,
        classes=len(election.classes),
        payments=counting.payments,
        steps=counting.steps,
        completed=_ids(election, counting.completed),
        ties=tuple(
            Tie(_ids(election, taken), _ids(election, lost), counting.rule.ties) for taken, lost in counting.ties
        ),
        add1_runs=counting.add1_runs,
        add1_raised=counting.add1_raised,
    )


def _ids(election: Election, positions: Sequence[int]) -> tuple[str, ...]:
    """Turn positions into project ids, in the same order."""
    return tuple(election.projects[i].id for i in positions)
