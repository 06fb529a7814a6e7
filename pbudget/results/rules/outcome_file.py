"""outcome.json: who won in each contest, and every project's votes and score, so that each recount has one answer.

    {"contests":[{"ballots":3,"blank":1,"funded":["skate"],"id":"riverside",…,"totals":{"skate":["2","2"],…}}],…}

`totals` are votes and score as text (a score may be a fraction). Canonical JSON: the same result, the same bytes.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from pbudget.ledger.rules import canonical
from pbudget.results.rules.pbfile import terms_of
from pbudget.tally.election import Election
from pbudget.tally.rules.outcome import Outcome


def outcome_of(slug: str, election: Election, outcome: Outcome, withdrawn: Sequence[str]) -> dict[str, Any]:
    """One contest; money in the smallest unit of the currency."""
    lines = sorted(outcome.lines, key=lambda line: line.project.id)
    return {
        "id": slug,
        "name": election.name,
        "currency": election.currency,
        "units": election.units,
        "pot": outcome.pot,
        "spent": outcome.spent,
        "remaining": outcome.remaining,
        "rule": terms_of(outcome.rule),
        "rule_in_words": outcome.rule.label(),
        "ballots": election.ballots,
        "blank": election.blank_ballots,
        "funded": list(outcome.winners),
        "totals": {line.project.id: [str(line.votes), str(Fraction(line.score))] for line in lines},
        "titles": {line.project.id: line.project.title for line in lines},
        "reasons": {line.project.id: line.reason for line in lines},
        "ties": [{"won": list(t.won), "lost": list(t.lost), "decided_by": t.decided_by} for t in outcome.ties],
        "withdrawn": sorted(withdrawn),
    }


def outcome_bytes(round_slug: str, contests: Sequence[Mapping[str, Any]]) -> bytes:
    """The whole file."""
    return canonical({"v": 1, "round": round_slug, "contests": [dict(each) for each in contests]}) + b"\n"
