"""The three rounds of Ashmere: two that are over and one being prepared, with what is on each ballot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pbudget.demo.ashmere.ideas import IDEAS, Idea
from pbudget.demo.ashmere.local_ideas import BOROUGH_IDEAS, BOROUGH_IDEAS_TO_COME, OWN_IDEAS
from pbudget.demo.ashmere.wards import MadeUpWard, stream

BOROUGH_WIDE = "All of Ashmere"
GREEN_IDEAS, GREEN_BOROUGH_IDEAS = 9, 6


@dataclass(frozen=True)
class Edition:
    """One year's round. Pots in pounds; no ward sees the same idea in two editions.

    `rule` is named as Pabulib names it; `ideas` are the fewest and the most a ward has on its ballot.
    """

    year: int
    opens_on: date
    closes_on: date
    rule: str
    ward_pot: int
    borough_pot: int
    ideas: tuple[int, int]

    @property
    def name(self) -> str:
        """What the round is called."""
        return f"Ashmere neighbourhood budget {self.year}"


@dataclass(frozen=True)
class CostedIdea:
    """An idea on a ballot, with its reference and its cost in pounds."""

    reference: str
    title: str
    description: str
    category: str
    cost: int


FIRST = Edition(2025, date(2025, 3, 3), date(2025, 3, 16), "greedy", 30_000, 0, (8, 11))
SECOND = Edition(2026, date(2026, 3, 2), date(2026, 3, 15), "equalshares/greedy", 35_000, 150_000, (10, 14))
COMING = Edition(2027, date(2027, 3, 1), date(2027, 3, 14), "equalshares/greedy", 40_000, 160_000, (5, 7))
EDITIONS = (FIRST, SECOND, COMING)


def ward_ideas(ward: MadeUpWard, edition: Edition) -> list[CostedIdea]:
    """What is on the ballot of a ward: one of its own ideas, and others that fit any ward."""
    draw = stream(f"ideas of {ward.name}")
    shuffled = draw.sample(IDEAS, len(IDEAS))
    sizes = [low + int(draw.random() * (high - low + 1)) for low, high in (each.ideas for each in EDITIONS)]
    place = EDITIONS.index(edition)
    start = sum(sizes[:place])
    chosen = [OWN_IDEAS[ward.name][place], *shuffled[start : start + sizes[place] - 1]]
    return costed(chosen, ward.name[:3].upper(), ward.places, f"costs of {ward.name} in {edition.year}")


def green_ideas(ward: MadeUpWard) -> list[CostedIdea]:
    """What is on the ballot of a ward in the round visitors can vote in: ideas that no other round of it has."""
    draw = stream(f"ideas of {ward.name}")
    shuffled = draw.sample(IDEAS, len(IDEAS))
    return costed(shuffled[-GREEN_IDEAS:], ward.name[:3].upper(), ward.places, f"costs of {ward.name}, green fund")


def green_borough_ideas() -> list[CostedIdea]:
    """What is on the ballot of the whole borough in that round."""
    return costed(BOROUGH_IDEAS[:GREEN_BOROUGH_IDEAS], "ASH", {}, "costs of the borough, green fund")


def borough_ideas(edition: Edition) -> list[CostedIdea]:
    """What is on the ballot of the whole borough."""
    ideas = BOROUGH_IDEAS_TO_COME if edition == COMING else BOROUGH_IDEAS
    return costed(ideas, "ASH", {}, f"costs of the borough in {edition.year}")


def costed(ideas: Sequence[Idea], initials: str, places: Mapping[str, str], seed: str) -> list[CostedIdea]:
    """Ideas for these places, numbered `RIV-01`, `RIV-02`, …, each at a cost between its lowest and its highest."""
    draw = stream(seed)
    return [_costed(idea, f"{initials}-{number:02}", places, draw.random()) for number, idea in enumerate(ideas, 1)]


def _costed(idea: Idea, reference: str, places: Mapping[str, str], between: float) -> CostedIdea:
    exact = idea.low + between * (idea.high - idea.low)
    step = 10 if exact < 5_000 else 50
    title, description = (_capital(text.format(**places)) for text in (idea.title, idea.description))
    return CostedIdea(reference, title, description, idea.category, round(exact / step) * step)


def _capital(text: str) -> str:
    """A sentence that may begin with a place such as “the Boathouse”."""
    return text[:1].upper() + text[1:]
