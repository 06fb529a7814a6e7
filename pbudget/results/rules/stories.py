"""How a count went, as it is kept with the outcome: nothing that could not be printed."""

from dataclasses import replace
from typing import Any

from pbudget.tally.election import Election
from pbudget.tally.rules.outcome import Outcome, Payment, Step
from pbudget.tally.rules.rule import Rule, rules_that_apply


def other_rules(election: Election, rule: Rule) -> list[Rule]:
    """The rules to set beside the result: all that apply, with the round's own ties and minimum score, but its own.

    A greedy round is not shown its twin (skip or stop) when both are the same rule in all but name.
    """
    same_terms = [
        replace(other, ties=rule.ties, minimum_score=rule.minimum_score) for other in rules_that_apply(election)
    ]
    return [other for other in same_terms if other != rule]


def story(outcome: Outcome, election: Election) -> dict[str, Any]:
    """The rounds of Equal Shares, the steps of Phragmén, the ties that decided money, the completion: all as JSON.

    Exact amounts are text, a whole number or a fraction of the smallest unit of the currency.
    """
    title_of = {project.id: project.title for project in election.projects}

    def titles(references: tuple[str, ...]) -> list[str]:
        return [title_of[reference] for reference in references]

    return {
        "rounds": [_round(payment, election) for payment in outcome.payments],
        "steps": [_step(step, election) for step in outcome.steps],
        "completed": list(outcome.completed),
        "ties": [
            {"won": titles(tie.won), "lost": titles(tie.lost), "decided_by": tie.decided_by} for tie in outcome.ties
        ],
        "add1_runs": outcome.add1_runs,
        "add1_raised": str(outcome.add1_raised),
    }


def _round(payment: Payment, election: Election) -> dict[str, Any]:
    return {
        "project": election.projects[payment.project].id,
        "price": str(payment.price),
        "per_point": payment.per_point,
        "full_payers": payment.full_payers,
        "partial_payers": payment.partial_payers,
        "partial_paid": str(payment.partial_paid),
        "left": payment.left,
    }


def _step(step: Step, election: Election) -> dict[str, Any]:
    return {"project": election.projects[step.project].id, "earned": str(step.earned), "left": step.left}
