"""Turnout by ward against the roll, and by channel: what officers may see while voting is open. Nothing about choices.

turnout_lines({("E05000416", "online"): 12}, {7: 400}, {7: ("E05000416", "Riverside")})
-> (TurnoutLine("Riverside", 12, 400),)
Turnout of a ward is public and exact. By channel only all wards together are shown, through disclosure control: the
one paper ballot of a ward would be somebody the officers know.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pbudget.balance.disclosure import publishable


@dataclass(frozen=True)
class TurnoutLine:
    """One ward: ballots that count, and entries on the roll (None: there is no roll)."""

    ward: str
    ballots: int
    roll: int | None

    @property
    def percent(self) -> str:
        """Ballots as a share of the roll: `3.0%`; empty where there is no roll."""
        return f"{100 * self.ballots / self.roll:.1f}%" if self.roll else ""


def turnout_lines(
    ballots: Mapping[tuple[str, str], int], roll: Mapping[int, int], wards: Mapping[int, tuple[str, str]]
) -> tuple[TurnoutLine, ...]:
    """A line for every ward with a roll or a ballot, by name. `ballots` by (ward code, channel), `roll` by ward id."""
    by_code = Counter[str]()
    for (code, _), count in ballots.items():
        by_code[code] += count
    found = [(ward_id, code, name) for ward_id, (code, name) in wards.items() if ward_id in roll or code in by_code]
    lines = [TurnoutLine(name, by_code[code], roll.get(ward_id) if roll else None) for ward_id, code, name in found]
    return tuple(sorted(lines, key=lambda line: line.ward))


def ways_of_voting(ballots: Mapping[tuple[str, str], int]) -> dict[str, int | None]:
    """Ballots by channel, all wards together, as they may be shown: rounded, None where a count is too small."""
    by_channel = Counter[str]()
    for (_, channel), count in ballots.items():
        by_channel[channel] += count
    return dict(publishable(by_channel).cells)
