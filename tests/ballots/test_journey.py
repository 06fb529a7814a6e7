"""From the letter to the tracker, without scripts, on both engines."""

import json

from pbudget.ledger.queries import counted_ballots, verify_ledger


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
