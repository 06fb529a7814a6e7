"""Ballot papers as plain values, for the rules."""

from pbudget.ballots.rules.paper import Contest, Option

OPTIONS = (
    Option("skate", "Skate park", 6_000_000),
    Option("pocket", "Pocket park", 5_000_000),
    Option("swings", "New swings", 2_000_000),
)
LIMITS = {"approval": {"most": 2}, "knapsack": {}, "ranked": {"most": 2}, "points": {"points": 10, "cap": 6}}


def contest(ballot_type: str = "approval", *, options: tuple[Option, ...] = OPTIONS, **changes) -> Contest:
    """A contest in Riverside with £100,000; limits as usual for its kind."""
    given = {"slug": "riverside", "name": "Riverside", "amount": 10_000_000, "options": options}
    return Contest(ballot_type=ballot_type, **{**given, **LIMITS[ballot_type], **changes})
