"""Ballots: the way from the letter to the tracker: drafts, choices, casting. Only this room reads drafts."""
