"""The quorum: how many must take part in a contest, settled before voting opens and published with the manifest.

Quorum(100, 20).needed(6_368)  ->  128: 2 % of 6,368 residents, rounded up, is more than the floor of 100
Quorum(100, 20).needed(1_295)  ->  100: 2 % would be 26, so the floor stands

A missed quorum never voids a result: it is a reason to ask for more time and to reach more people, said in public.
Whole numbers only, so that 7 % of 50 is 4 and not, by a fraction of a machine's, 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

RESIDENTS, ROLL, UNKNOWN = "residents", "roll", ""
PEOPLE = {RESIDENTS: "residents of the ages that may vote", ROLL: "on the roll"}


class People(NamedTuple):
    """Whom a share is of: residents of the round's ages, places on the roll, or nobody knows how many."""

    of: str = UNKNOWN
    number: int = 0


@dataclass(frozen=True, slots=True)
class Quorum:
    """The two numbers an officer sets: the fewest votes in any contest, and a share in thousandths."""

    votes: int = 100
    per_thousand: int = 20

    def needed(self, people: int) -> int:
        """The larger of the floor and the share, rounded up to whole people."""
        return max(self.votes, -(-people * self.per_thousand // 1000))

    @property
    def percent(self) -> str:
        """The share as people read it: `2%`, `0.5%`."""
        return f"{self.per_thousand / 10:g}%"


@dataclass(frozen=True, slots=True)
class ContestQuorum:
    """What one contest needs, as it was frozen."""

    quorum: Quorum
    people: People

    @property
    def needed(self) -> int:
        """How many votes."""
        return self.quorum.needed(self.people.number)

    def is_met(self, votes: int) -> bool:
        """Whether so many votes are enough."""
        return votes >= self.needed

    @property
    def reason(self) -> str:
        """Where the number is from: `2% of 6,368 on the roll`."""
        if self.needed == self.quorum.votes or self.people.of == UNKNOWN:
            return "the fewest for any contest"
        return f"{self.quorum.percent} of {self.people.number:,} {PEOPLE[self.people.of]}"

    def sentence(self, votes: int) -> str:
        """What a report says of it."""
        cast = "1 vote" if votes == 1 else f"{votes:,} votes"
        numbers = f"{cast}, and {self.needed:,} were needed ({self.reason})"
        if self.is_met(votes):
            return f"The quorum was reached: {numbers}."
        return f"The quorum was missed: {numbers}. That does not annul the result. It says that too few were reached."


@dataclass(frozen=True, slots=True)
class RoundQuorum:
    """The quorum of a round with whom its share is of in each contest, by the slug of the pot."""

    quorum: Quorum
    people: Mapping[str, People] = field(default_factory=dict)

    def of(self, slug: str) -> ContestQuorum:
        """What one contest needs; nothing but the floor where nobody knows how many people there are."""
        return ContestQuorum(self.quorum, self.people.get(slug, People()))


def as_published(round_: RoundQuorum, slugs: list[str]) -> dict[str, Any]:
    """The quorum as a manifest has it, with what each contest needs."""
    contests = {slug: round_.of(slug) for slug in slugs}
    return {
        "votes": round_.quorum.votes,
        "per_thousand": round_.quorum.per_thousand,
        "contests": {
            slug: {"needed": each.needed, "of": each.people.of, "people": each.people.number}
            for slug, each in contests.items()
        },
    }


def published_in(manifest: Mapping[str, Any]) -> RoundQuorum | None:
    """The quorum that a manifest published; None where it was written before there was one."""
    stated = manifest.get("quorum")
    if not stated:
        return None
    people = {slug: People(each["of"], each["people"]) for slug, each in stated["contests"].items()}
    return RoundQuorum(Quorum(stated["votes"], stated["per_thousand"]), people)


def quorum_in_words(quorum: Quorum) -> tuple[str, ...]:
    """What the quorum is, for residents."""
    share = (
        f" and votes from at least {quorum.percent} of the residents of the ages that may vote. Where nobody knows how "
        "many they are, it is that share of the roll"
        if quorum.per_thousand
        else ""
    )
    return (
        f"Enough people took part if a contest has at least {quorum.votes:,} votes{share}. That is called the quorum.",
        "A missed quorum does not annul a result. The council says so, and what it did to reach more people.",
    )
