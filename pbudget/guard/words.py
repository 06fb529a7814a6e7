"""The guard's findings in sentences a councillor reads once: who came, whether it mattered, who is served, blocs.

Example: "People aged 60+ cast 37% of ballots and are 16% of the baseline. People aged 0–17 cast 8% and are 17%." No
sentence names a group with fewer than ten participants; a share is made of rounded counts.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pbudget.balance.disclosure import rounded
from pbudget.balance.representation import ABSENT, SEVERE, TOO_FEW, TOO_MANY, DimensionBalance
from pbudget.guard.participation import ParticipationTable, Row, may_be_named, participation_table, people
from pbudget.guard.rules.assessment import Assessment, Findings
from pbudget.guard.rules.bloc_effects import Effect
from pbudget.guard.rules.blocs import IDENTICAL, ONE_GROUP, SINGLE, Bloc
from pbudget.guard.rules.contest import UNKNOWN_LABEL
from pbudget.guard.rules.verdict import (
    AT_RISK,
    BALANCED,
    BY_BLOC,
    BY_HARM,
    BY_TURNOUT,
    NOT_ENOUGH,
    SKEW,
    WATCH,
    Axes,
    grounds_for_risk,
)
from pbudget.guard.serving import served_counts, shares_left_with_nothing

SMALL_GROUP = "people in a small group"
A_PROMPT = "This is a prompt for a person to look, not a finding of wrongdoing."
AT_RISK_BY = {
    BY_TURNOUT: "Part of this result was decided by who turned out, and by who did not.",
    BY_BLOC: "A large number of ballots alike, most of them from one group, decided part of this result.",
    BY_HARM: "Some groups turned out far more than others, and people of the groups that stayed away more often have "
    "nothing they backed funded.",
}
NOTED = {
    SKEW: "those who took part are unlike {beside}",
    IDENTICAL: "many identical ballots",
    SINGLE: "many ballots for one project only",
    ONE_GROUP: "many ballots alike from one group",
}
MEANS = {
    AT_RISK: f"A section of the community may have decided this result, and others are worse served. {A_PROMPT}",
    WATCH: "Something here should be looked at before the result is certified. It is not a finding of wrongdoing.",
    BALANCED: "Nothing found suggests that one section of the community decided this result.",
    NOT_ENOUGH: "There are too few ballots or answers to say whether one section of the community decided this result.",
}
WHAT_IF = (
    "What-ifs assume that people who did not take part would have voted like those of their group who did. That may "
    "be wrong. They are never counted: the result is the ballots as cast."
)
CANNOT_SEE = (
    "A bloc of 5% of ballots or less, though it can decide a close vote.",
    "A bloc whose members are like the residents and whose ballots look ordinary.",
    "Sections nobody asked about: a street, a school, a faith group, a party, tenure, class.",
    "Who was heard before the vote: who proposed, who chose the proposals, who spoke.",
    "Untrue answers, and population figures that are out of date.",
)


@dataclass(frozen=True, eq=False)
class Story:
    """One assessment in words. `titles` name the projects; `residents` is how many people the baseline counts."""

    found: Assessment
    titles: Mapping[str, str]
    beside: str = "residents"
    residents: int = 0
    left_out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Groups by dimension that have no figures here, because other tables beside this one would give some away."""

    def table(self, dimension: str) -> ParticipationTable:
        """Who took part, in one dimension, as a person may see it."""
        balance, left_out = self.found.balances[dimension], self.left_out.get(dimension, frozenset())
        return participation_table(dimension, balance, self.found.thresholds, left_out)

    @property
    def headline(self) -> str:
        """The verdict; never bare "balanced" where something is noted."""
        verdict, axes = self.found.verdict.verdict, self.found.verdict.axes
        if verdict != BALANCED or axes is None or not axes.noted:
            return verdict
        return f"{verdict}, noted: {', '.join(NOTED[kind].format(beside=self.beside) for kind in axes.noted)}"

    @property
    def meaning(self) -> str:
        """What the verdict means here, in a sentence or two."""
        verdict, axes = self.found.verdict.verdict, self.found.verdict.axes
        grounds = grounds_for_risk(axes, self.found.thresholds) if axes else ()
        return " ".join([*(AT_RISK_BY[ground] for ground in grounds), A_PROMPT]) if grounds else MEANS[verdict]

    def reasons(self) -> list[str]:
        """Why this verdict, most telling first."""
        axes, findings = self.found.verdict.axes, self.found.findings
        if axes is None or findings is None:
            return [self._too_little()]
        return [
            *self._skew(axes),
            *self._who_and_what(axes, findings),
            *(
                f"Without {self.who(group)}, who came at more than twice their share, a funded project would probably "
                "not have been funded."
                for group in axes.pivotal
            ),
            *self._silent(axes),
            *(self._bloc(effect) for effect in findings.effects.each if effect.matters),
        ]

    def _who_and_what(self, axes: Axes, findings: Findings) -> list[str]:
        """What turnout decided comes first where it decided something, else who is worse off."""
        turnout, harm = self._turnout(axes, findings), self._harm(findings)
        return [*turnout, *harm] if axes.turnout_decided else [*harm, *turnout]

    def notes(self) -> list[str]:
        """What is printed beside the verdict and changes no winner: ballots alike that do not matter."""
        findings = self.found.findings
        return [self._bloc(effect) for effect in findings.effects.each if not effect.matters] if findings else []

    def _too_little(self) -> str:
        limits, n = self.found.thresholds, self.found.contest.ballots
        if not n:
            return "Nobody has voted."
        if n < limits.min_n:
            ballots = "1 ballot was" if n == 1 else f"{n:,} ballots were"
            return f"{ballots} cast, and at least {limits.min_n} are needed to compare participants with residents."
        if not self.found.balances:
            return "There is nothing to compare participants with."
        return (
            f"No question was answered by at least {limits.min_known} people and by all but "
            f"{limits.max_unknown:.0%} of those who voted."
        )

    def _skew(self, axes: Axes) -> list[str]:
        """Say which groups came too often or too rarely, with figures where they may be shown."""
        if not axes.skew.level:
            return []
        sentences: list[str] = []
        for dimension, balance in self.found.balances.items():
            if balance.usable:
                sentences += self._far_off(dimension, balance)
        return sentences or [f"Participants are unlike {self.beside}, though no single group stands out."]

    def _far_off(self, dimension: str, balance: DimensionBalance) -> list[str]:
        flags = (*TOO_MANY, *TOO_FEW, ABSENT)
        flagged = balance.flagged(flags, self.found.thresholds.min_base)
        rows = {row.group: row for row in self.table(dimension).rows}
        named = sorted(
            (group for group in flagged if self._may_name(balance, group) and rows[group].share is not None),
            key=lambda group: -(balance.groups[group].rr or 0),
        )
        sentences = [self._came(dimension, rows[group]) for group in named]
        if any(group not in named and balance.groups[group].flag in SEVERE for group in flagged):
            sentences.append(f"A group too small to name took part far less or more than its share of {self.beside}.")
        return sentences

    def _came(self, dimension: str, row: Row) -> str:
        who = capitalised(people(dimension, [row.group]))
        if not row.participants:
            return (
                f"Nobody took part of {people(dimension, [row.group])}, who are {row.residents:.0%} of {self.beside}."
            )
        return f"{who} cast {row.share:.0%} of ballots and are {row.residents:.0%} of {self.beside}."

    def _may_name(self, balance: DimensionBalance, group: str) -> bool:
        return may_be_named(balance.groups[group], self.residents, self.found.thresholds)

    def who(self, name: str) -> str:
        """Name a group written as `age:60+`, if it may be named."""
        dimension, _, group = name.partition(":")
        if group == UNKNOWN_LABEL:
            return f"people whose {dimension} is unknown"
        return people(dimension, [group]) if self._may_name(self.found.balances[dimension], group) else SMALL_GROUP

    def _turnout(self, axes: Axes, findings: Findings) -> list[str]:
        alike = "had everybody turned out alike"
        sentences = [f"{self.title(p)} would probably not have been funded {alike}." for p in axes.decisive]
        sentences += [f"{self.title(p)} would probably have been funded {alike}." for p in axes.shut_out]
        if sentences:
            return [*sentences, f"At stake: {axes.turnout_money:.0%} of the money awarded."]
        if axes.skew.level:
            same = set(findings.robust.raked_winners) == set(self.found.cast)
            return [
                f"Had everybody turned out in proportion, {'the same' if same else 'other'} projects would have been "
                f"funded{'' if same else ', but only just'}."
            ]
        return []

    def _harm(self, findings: Findings) -> list[str]:
        sentences = []
        for dimension, harm in findings.outcome.harm.items():
            if harm.hurts(self.found.thresholds):
                balance = self.found.balances[dimension]
                nameable = all(self._may_name(balance, group) for group in harm.groups)
                who = people(dimension, harm.groups) if nameable else SMALL_GROUP
                sentences.append(self._worse_off(who, dimension, harm.groups))
        return sentences

    def _worse_off(self, who: str, dimension: str, groups: Collection[str]) -> str:
        """How many of these groups have nothing, and of the others; in words only where a group may not be counted."""
        shown = served_counts(self.found, dimension)
        everybody = self.found.findings and shown.keys() == self.found.findings.outcome.groups[dimension].keys()
        shares = shares_left_with_nothing(shown, groups) if everybody else None
        if self.found.contest.parts:  # the shares of several wards together would also say where people live
            others = "the others in their ward"
            return f"Many more of {who}, who took part too rarely, have nothing they backed funded than of {others}."
        if shares is None:
            return f"Many more of {who}, who took part too rarely, have nothing they backed funded than of the others."
        return (
            f"Of {who}, who took part too rarely, {shares[0]:.0%} have nothing they backed funded. "
            f"Of the others {shares[1]:.0%} have nothing."
        )

    def _silent(self, axes: Axes) -> list[str]:
        titles = [self.title(p) for p in axes.unknown_decisive]
        return [
            f"{title} would probably not have been funded without people who did not say who they are."
            for title in titles
        ]

    def _bloc(self, effect: Effect) -> str:
        bloc = effect.bloc
        titles = " and ".join(self.title(p) for p in bloc.named)
        usual = f"; about {round(bloc.expected):,} would be usual."
        what: dict[str, Callable[[], str]] = {
            IDENTICAL: lambda: f"{bloc.count:,} ballots name exactly {titles}{usual}",
            SINGLE: lambda: f"{bloc.count:,} ballots name {titles} and nothing else{usual}",
            ONE_GROUP: lambda: self._one_group(bloc, titles, usual),
        }
        matters = (
            "Without them a funded project would probably lose."
            if effect.matters
            else "Counting only as many as usual changes no winner."
        )
        return f"{what[bloc.kind]()} {matters}"

    def _one_group(self, bloc: Bloc, titles: str, usual: str) -> str:
        """How many of a group cast the same ballot; no figure where it would give away a few others who did.

        Everybody can count how often a ballot was cast, so a group's count beside it is also that of all the others.
        """
        who, limits = self.who(bloc.group), self.found.thresholds
        others = self.found.contest.casts_of(bloc.named) - bloc.count
        if 0 < others < limits.k_anon:
            return f"Far more ballots of {who} than usual name exactly {titles}."
        return f"About {rounded(bloc.count, limits.round_base):,} ballots of {who} name exactly {titles}{usual}"

    def title(self, project: int) -> str:
        """Quote a project by the name people read."""
        name = self.found.contest.projects[project]
        return f"“{self.titles.get(name, name)}”"


def capitalised(text: str) -> str:
    """Begin a sentence with a capital letter."""
    return text[:1].upper() + text[1:]


def titles_of(projects: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Name projects by id; where two have one name, the id is added."""
    names = [name for _, name in projects]
    return {ident: f"{name} [{ident}]" if names.count(name) > 1 else name for ident, name in projects}
