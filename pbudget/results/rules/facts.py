"""Who took part, as it is kept with a count and read on the result: figures, none about a person.

{"cast": 3600, "counted": 3412, "replacing": 188, "wards": [{"id": 7, "code": "X1", "name": "Riverside", "ballots": 812,
 "roll": 9100}], "channels": {"online": 3300, "kiosk": 112}, "assurance": "code", "reissued": 12, …}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ASSURANCE_WORDS = {
    "code": "Identity assurance: a voting code was sent by letter to each place on the roll, and one ballot counts "
    "for each.",
    "roll": "Identity assurance: staff looked each voter up on the roll, and one ballot counts for each place on it.",
    "open": "Identity assurance: low. Voters said themselves who they are and where they live; nothing was checked "
    "against a roll.",
}
CHECK_WORDS = {
    "passed": "Before the count, every ballot counted was found to belong to a place on the roll. Nobody saw which.",
    "no roll": "This round had no roll, so no ballot could be checked against one.",
    "key lost": "The round’s key was lost, so the ballots could not be checked against the roll before the count. "
    "One ballot a voter was counted, by the slots stored with the ballots.",
}


@dataclass(frozen=True)
class WardTurnout:
    """Ballots counted from a ward and how many places its roll has (None: no roll)."""

    id: int
    code: str
    name: str
    ballots: int
    roll: int | None


def facts_of(
    totals: Mapping[str, int], wards: Sequence[WardTurnout], channels: Mapping[str, int], **plain: Any
) -> dict[str, Any]:
    """The figures as JSON."""
    listed = [{"id": w.id, "code": w.code, "name": w.name, "ballots": w.ballots, "roll": w.roll} for w in wards]
    return {**totals, "wards": listed, "channels": dict(channels), **plain}


def turnout_of(facts: Mapping[str, Any], ward_id: int | None = None) -> tuple[int, int | None]:
    """Ballots and places on the roll, of a ward or of the whole round; None where there was no roll."""
    wards = [ward for ward in facts["wards"] if ward_id in (None, ward["id"])]
    if not wards or any(ward["roll"] is None for ward in wards):
        return sum(ward["ballots"] for ward in wards), None
    return sum(ward["ballots"] for ward in wards), sum(ward["roll"] for ward in wards)
