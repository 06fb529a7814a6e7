"""From the letter to the tracker, without scripts, on both engines."""

import json

from pbudget.ledger.queries import counted_ballots, verify_ledger
from tests.support.open_round import NOON


def test_a_letter_becomes_a_recorded_vote(voter, vote):
    voter.at()
    voter.begin()
    voter.at("/how-to-vote")
    voter.fill("riverside", "skate", "swings").fill("borough", "trees")
    assert "Skate park" in voter.at("/check").text
    voter.cast()
    tracker = voter.tracker()
    assert len(tracker) == 13
    ((_slot, payload),) = counted_ballots(vote.id)
    assert payload["contests"] == {"riverside": ["skate", "swings"], "borough": ["trees"]}
    assert (payload["ward"], payload["channel"], payload["assurance"]) == ("X99000001", "online", "code")
    assert verify_ledger(vote.id).ok
    assert vote.entries[0] not in json.dumps(payload)
    found = voter.post(f"/rounds/{vote.slug}/check-reference", {"reference": tracker.lower()}, 200)
    assert "Recorded" in found.text


def test_a_vote_closed_early_says_when_it_ended_and_not_when_it_was_to_end(voter):
    voter.begin().fill("riverside", "skate").cast()
    voter.vote.change(phase="closed", closed_at=NOON)
    for page in (voter.at(), voter.at("/recorded")):
        assert "ended at midday on Sunday 7 March 2027" in page.text
        assert "14 March" not in page.text
