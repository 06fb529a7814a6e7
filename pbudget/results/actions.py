"""Writing a result down: how many ballots there were, and each outcome with its lines."""

from collections.abc import Mapping

from sqlalchemy import insert
from sqlalchemy.orm import Session

from pbudget.results.models import BallotCount, OutcomeLine
from pbudget.results.models import Outcome as OutcomeRow
from pbudget.results.rules.stories import story
from pbudget.rounds.rules.counting import rule_as_json
from pbudget.tally.election import Election
from pbudget.tally.rules.outcome import Outcome


def record_ballot_count(session: Session, pot_id: int, election: Election, sizes: Mapping[str, int]) -> None:
    """Keep how many ballots a pot received and how many projects they name."""
    session.add(BallotCount(pot_id=pot_id, ballots=election.ballots, blank=election.blank_ballots, sizes=dict(sizes)))


def record_outcome(
    session: Session, pot_id: int, position: int, outcome: Outcome, election: Election, proposals: Mapping[str, int]
) -> None:
    """Keep one outcome of a pot; `position` 0 is the result. `proposals` maps references to their ids."""
    row = OutcomeRow(
        pot_id=pot_id,
        position=position,
        rule=rule_as_json(outcome.rule),
        spent=outcome.spent,
        remaining=outcome.remaining,
        story=story(outcome, election),
    )
    session.add(row)
    session.flush()
    lines = [
        {
            "outcome_id": row.id,
            "proposal_id": proposals[line.project.id],
            "position": place,
            "funded": line.funded,
            "votes": line.votes,
            "score": str(line.score),
            "rank": line.rank,
            "reason": line.reason,
        }
        for place, line in enumerate(outcome.lines)
    ]
    if lines:
        session.execute(insert(OutcomeLine), lines)
