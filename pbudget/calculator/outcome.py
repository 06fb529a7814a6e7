"""The results of a closed budget, read once for a page: for everybody alike, and for nobody before the close."""

from collections.abc import Sequence
from dataclasses import dataclass

from pbudget.calculator.models import CHANNELS
from pbudget.calculator.queries import BudgetView, SentView, responses_of
from pbudget.calculator.rules.budget import SERVICE, TAX
from pbudget.calculator.rules.choices import parts_of
from pbudget.calculator.rules.results import Answer, PartResult, Results, answers_of, parts_results, results_of
from pbudget.calculator.rules.sections import ALL, Section, sections_in_order
from pbudget.rounds.queries import WardChoice, wards_to_choose

MOST_LISTED = 5
CHANNEL_WORDS = {"online": "Online", "kiosk": "At a hub", "roadshow": "At a road show"}


@dataclass(frozen=True)
class Outcome:
    """Results as a page shows them: of everybody, or of one ward or channel."""

    results: Results
    parts: Sequence[PartResult]
    wards: Sequence[tuple[str, str, int | None]]
    channels: Sequence[tuple[str, str, int | None]]
    sections: Sequence[Section]
    ward: str
    channel: str
    of: str
    """Whom `parts` is about, in words; empty for everybody."""
    shown_answers: int

    @property
    def services(self) -> list[PartResult]:
        """The services among the parts: cutting one or giving it more says something of it alone."""
        return [part for part in self.parts if part.kind == SERVICE]

    @property
    def most_cut(self) -> list[PartResult]:
        """The services that most answers would have less of, first."""
        return [part for part in sorted(self.services, key=lambda part: -part.cut) if part.cut][:MOST_LISTED]

    @property
    def most_raised(self) -> list[PartResult]:
        """The services that most answers would have more of, first."""
        return [part for part in sorted(self.services, key=lambda part: -part.raised) if part.raised][:MOST_LISTED]

    @property
    def tax(self) -> PartResult | None:
        """Council tax, where it could be chosen."""
        return next((part for part in self.parts if part.key == TAX), None)

    def by_section(self, key: str) -> list[tuple[Section, list[PartResult]]]:
        """The parts of one section, or of all; nothing where there is no such section."""
        return [
            (section, [part for part in self.parts if part.key in section.keys])
            for section in self.sections
            if key in (section.key, ALL)
        ]


@dataclass(frozen=True)
class Said:
    """Comments on one part, or the reasons for not balancing."""

    title: str
    texts: Sequence[str]


def outcome_of(budget: BudgetView, ward: str = "", channel: str = "") -> Outcome | None:
    """The results; of one ward or channel where that may be shown. None where it may not, or there is no such."""
    places = {place.id: place for place in wards_to_choose()}
    answers = [_answer(sent, places) for sent in responses_of(budget)]
    names = {place.code: place.name for place in places.values()}
    results = results_of(budget.content, answers, list(names), CHANNELS)
    parts, of, shown = results.parts, "", results.answers
    if ward or channel:
        chosen = answers_of(answers, results, *(("ward", ward) if ward else ("channel", channel)))
        if chosen is None:
            return None
        parts, of = parts_results(budget.content, chosen), names.get(ward, "") if ward else CHANNEL_WORDS[channel]
        shown = (results.wards.cells[ward] if ward else results.channels.cells[channel]) or 0
    by_name = sorted(((code, name, results.wards.cells[code]) for code, name in names.items()), key=lambda row: row[1])
    return Outcome(
        results=results,
        parts=parts,
        wards=[*by_name, ("", "Not said", results.wards.cells[""])],
        channels=[(key, words, results.channels.cells[key]) for key, words in CHANNEL_WORDS.items()],
        sections=sections_in_order(budget.content),
        ward=ward,
        channel="" if ward else channel,
        of=of,
        shown_answers=shown,
    )


def _answer(sent: SentView, places: dict[int, WardChoice]) -> Answer:
    place = places.get(sent.ward_id or 0)
    return Answer(sent.choices, sent.is_balanced, place.code if place else "", sent.channel, sent.group_size)


def what_people_said(budget: BudgetView) -> list[Said]:
    """Every comment by line and every reason, in no order that says when they came: for officers, after the close."""
    sent = responses_of(budget)
    parts = [
        Said(part.name, sorted(each.comments[key] for each in sent if key in each.comments))
        for key, part in parts_of(budget.content).items()
    ]
    reasons = Said("Why people did not balance the budget", sorted(each.reason for each in sent if each.reason))
    return [each for each in (reasons, *parts) if each.texts]
