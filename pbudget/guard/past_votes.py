"""A past vote from a Pabulib file, looked at by the guard: the same recipe as for a live round, read-only.

The winners as cast follow the written recipe: greedy by votes; `greedy-no-skip` stops at the first project that does
not fit, anything else passes it over; META's minimum score holds; ties go to the lower cost, then the smaller id.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pbudget.balance.thresholds import Thresholds
from pbudget.guard.document import Document, document_of
from pbudget.guard.residents import Residents
from pbudget.guard.rules.assessment import Assessment, assess
from pbudget.guard.rules.contest import Answers, Contest, answers_of
from pbudget.guard.rules.labels import AGE, SEX, asked_as, labels_of
from pbudget.guard.rules.report import report_of
from pbudget.guard.rules.retally import contest_of_election, retally_for
from pbudget.guard.words import Story, titles_of
from pbudget.tally.election import Election
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import EQUAL_SHARES, GREEDY, Rule, rule_in_file

TIES = "cheaper"
MES = Rule(EQUAL_SHARES, completion="add1", ties=TIES)
OLD_FIGURES = 5
"""Years between figures and vote from which the report says so."""
OF_PROGRAM = "this program"
ALWAYS_ASKED = (AGE, SEX)
"""The questions of Pabulib's own columns; a file without the column has nobody's answer."""


@dataclass(frozen=True, eq=False)
class Look(ABC):
    """A vote, what it is compared with, what the guard found, Equal Shares' winners, what a reader must know."""

    residents: Residents | None
    found: Assessment
    mes_winners: tuple[str, ...]
    cautions: tuple[str, ...]
    limits_from: str = field(default=OF_PROGRAM, kw_only=True)
    """Where the limits were published."""
    intake: str = field(default="", kw_only=True)
    """When ballots came, where that was counted: another input of the report."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What was voted on."""

    @property
    @abstractmethod
    def titles(self) -> dict[str, str]:
        """The projects by id, as people read them."""

    @property
    @abstractmethod
    def counted_by(self) -> str:
        """The rule in a few words."""

    @property
    @abstractmethod
    def counted(self) -> dict[str, Any]:
        """What of the count decides the report: pot, costs, rule."""

    def as_object(self) -> dict[str, Any]:
        """The report for programs."""
        return report_of(self.found, self._configuration(), self.mes_winners)

    def document(self, left_out: Mapping[str, frozenset[str]] | None = None) -> Document:
        """The report for people; `left_out` are groups that tables beside this one would give away."""
        residents = self.residents
        living = max(residents.totals.values(), default=0) if residents else 0
        story = Story(self.found, self.titles, residents.called if residents else "residents", living, left_out or {})
        report = self.as_object()
        versions = {
            "Compared with": _compared(residents),
            "Counted by": self.counted_by,
            "Limits from": self.limits_from,
            "Limits": report["config_version"],
            "Baseline": report["baseline_version"],
            "Inputs": report["input_hash"],
        }
        return document_of(self.title, story, self.mes_winners, self.cautions, versions)

    def _configuration(self) -> dict[str, Any]:
        """Everything but ballots and baseline that decides the report."""
        return {
            **({"intake": self.intake} if self.intake else {}),
            **self.counted,
            "thresholds": asdict(self.found.thresholds),
        }


@dataclass(frozen=True, eq=False)
class Looked(Look):
    """A look at one contest."""

    election: Election
    rule: Rule

    @property
    def title(self) -> str:
        """What was voted on."""
        return " · ".join(filter(None, (self.election.name, self.election.meta.get("description", ""))))

    @property
    def titles(self) -> dict[str, str]:
        """The projects by id, as people read them."""
        return titles_of([(project.id, project.title) for project in self.election.projects])

    @property
    def counted_by(self) -> str:
        """The rule in a few words."""
        return self.rule.label()

    @property
    def counted(self) -> dict[str, Any]:
        """Pot, costs and rule."""
        return {
            "pot": str(self.election.pot),
            "projects": {project.id: str(project.cost) for project in self.election.projects},
            "rule": self.rule.label(),
        }


def _compared(residents: Residents | None) -> str:
    """Say what participants are compared with, with source and date."""
    if residents is None:
        return "nothing"
    if residents.name:
        return ", ".join((residents.name, *residents.sources, *residents.dates))
    source = "; ".join(residents.sources) or "shares without a stated source"
    return ", ".join(filter(None, (residents.ward, source, " and ".join(residents.dates) or "no date")))


def look_at(election: Election, residents: Residents | None, thresholds: Thresholds | None = None) -> Looked:
    """Look at a past vote, read with `keep_voters`; without residents nobody can say who is missing."""
    rule = _rule(election)
    shares = residents.shares if residents else {}
    answers = tuple(_answers(election, shares))
    contest = contest_of_election(election, [voter.ballot for voter in election.voters])
    contest = replace(contest, answers=answers)
    found = assess(contest, retally_for(election, rule, contest), thresholds)
    return Looked(
        residents, found, equal_shares(election), tuple(_cautions(election, residents, contest)), election, rule
    )


def equal_shares(election: Election) -> tuple[str, ...]:
    """What Equal Shares would fund."""
    return tuple(sorted(count(election, MES).winners)) if election.ballots else ()


def _rule(election: Election) -> Rule:
    stated = rule_in_file(election.meta, TIES)
    return Rule(GREEDY, unaffordable=stated.unaffordable, ties=TIES, minimum_score=stated.minimum_score)


def _answers(election: Election, shares: Mapping[str, Mapping[str, float]]) -> list[Answers]:
    found = []
    for dimension, groups in shares.items():
        question = asked_as(dimension)
        values = _column(election, question)
        if values is not None or question in ALWAYS_ASKED:
            said = values if values is not None else [""] * election.ballots
            found.append(answers_of(dimension, labels_of(dimension, said, list(groups)), groups))
    return found


def _column(election: Election, question: str) -> list[str] | None:
    """One column about the voters; None where the file has none of this name."""
    names = [name.strip().lower() for name in election.voter_columns]
    if question not in names:
        return None
    place = names.index(question)
    return [voter.values[place] for voter in election.voters]


def _cautions(election: Election, residents: Residents | None, contest: Contest) -> list[str]:
    """What a reader must know before believing the comparison."""
    if residents is None:
        return ["No population figures were given, so nobody can say who is missing. Add --baseline FILE."]
    asked = {answers.dimension for answers in contest.answers}
    return [
        *(["These population figures are made up for a demonstration."] if residents.made_up else []),
        *_not_asked(election, residents, asked),
        *(caution for answers in contest.answers for caution in _unmatched(answers)),
        *_years(election, residents),
        *_more_than_live_there(election, residents),
    ]


def _not_asked(election: Election, residents: Residents, asked: set[str]) -> list[str]:
    missing = [d for d in residents.shares if d not in asked or _column(election, asked_as(d)) is None]
    return [f"The file has no column “{asked_as(d)}”, so “{d}” cannot be compared." for d in missing]


def _unmatched(answers: Answers) -> list[str]:
    """Say when what people answered is not what the baseline calls its groups."""
    outside = sorted({label for label in answers.labels if label is not None and label not in answers.groups})
    if not outside:
        return []
    count = sum(label is not None and label not in answers.groups for label in answers.labels)
    return [
        f"{_loosely(count)} ballots have an answer to “{answers.dimension}” that is none of the baseline's groups "
        f"({_some(answers.groups)}); they count as unknown."
    ]


def _loosely(count: int) -> str:
    return "A few" if count < 10 else f"About {5 * round(count / 5):,}"


def _some(groups: Sequence[str]) -> str:
    return ", ".join(groups[:4]) + (" and others" if len(groups) > 4 else "")


def _years(election: Election, residents: Residents) -> list[str]:
    """Say when the figures are of quite another year than the vote."""
    digits = election.meta.get("instance", "")[:4]
    if not digits.isdigit():
        return []
    far = [year for year in residents.years if abs(year - int(digits)) >= OLD_FIGURES]
    return [f"The population figures are of {year} and the vote of {digits}: people have moved since." for year in far]


def _more_than_live_there(election: Election, residents: Residents) -> list[str]:
    living = max(residents.totals.values(), default=0)
    if not living or election.ballots <= living:
        return []
    return [
        f"{election.ballots:,} ballots were cast and {living:,} people live there by these figures: "
        "they are old, or of another ward."
    ]
