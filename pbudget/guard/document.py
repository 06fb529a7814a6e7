"""The report a person reads, as plain data: a terminal prints it, a page or a print-out lays it out.

Example: `document_of(story, ...)` on Gdynia 2022 Chylonia (large) has the verdict "at risk of capture", its reasons, a
table of ages with small counts left out, five what-ifs beside the result, and who is served.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pbudget.guard.participation import ParticipationTable, Row
from pbudget.guard.rules.assessment import Assessment, Findings
from pbudget.guard.rules.bridging import NOT_FUNDED
from pbudget.guard.rules.contest import Contest
from pbudget.guard.serving import served_counts
from pbudget.guard.words import CANNOT_SEE, WHAT_IF, Story
from pbudget.wards.rules.names import dimension_label, group_label

SAME = "The same projects are funded."
EQUAL_SHARES_RULE = "The Method of Equal Shares had been the rule"
FRAGILE = 2.0
"""From this design effect on, weighting rests on so few people that the report says so."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One way the count could have gone: what it assumes, what would change, and the share of the money that moves."""

    label: str
    change: str
    moved: float
    another_rule: bool = False
    comes: tuple[str, ...] = ()
    goes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServedRow:
    """One group: share with nothing they backed funded, and share of the money; None for groups under ten."""

    label: str
    nothing: float | None
    money: float | None


@dataclass(frozen=True, slots=True)
class ServedTable:
    """Who is served, in one dimension."""

    label: str
    rows: tuple[ServedRow, ...]


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One project worth a word: its title, whether it is funded, and the label it has."""

    title: str
    funded: bool
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `noted` is the headline with its notes; `verdict` alone decides the colour."""

    title: str
    verdict: str
    headline: str
    meaning: str
    ballots: int
    reasons: tuple[str, ...]
    participation: tuple[ParticipationTable, ...]
    what_ifs: tuple[WhatIf, ...]
    what_if_warning: str
    served: tuple[ServedTable, ...]
    projects: tuple[ProjectLine, ...]
    cautions: tuple[str, ...]
    cannot_see: tuple[str, ...]
    versions: Mapping[str, str]
    notes: tuple[str, ...] = ()
    """What stands beside the verdict and changes no winner."""
    beside: str = "residents"
    """Whom those who took part are compared with."""
    quorum: str = ""
    """Whether enough people took part, in a sentence; empty where the round had no quorum."""
    cluster: str = ""
    """The name of wards that are looked at together; empty for a report on one contest."""
    wards: tuple[str, ...] = ()
    """Their names."""

    @property
    def differs(self) -> bool:
        """Whether any of the what-ifs by the same rule funds something else."""
        return any(each.moved > 0 or each.comes or each.goes for each in self.what_ifs if not each.another_rule)


def document_from(kept: Mapping[str, Any]) -> Document:
    """The document that `asdict` wrote down."""
    tables = [{**each, "rows": tuple(Row(**row) for row in each["rows"])} for each in kept["participation"]]
    served = [{**each, "rows": tuple(ServedRow(**row) for row in each["rows"])} for each in kept["served"]]
    parts = {
        "participation": tuple(ParticipationTable(**each) for each in tables),
        "served": tuple(ServedTable(**each) for each in served),
        "what_ifs": tuple(_what_if_from(each) for each in kept["what_ifs"]),
        "projects": tuple(ProjectLine(**each) for each in kept["projects"]),
    }
    return Document(**{**kept, **parts})


def _what_if_from(kept: Mapping[str, Any]) -> WhatIf:
    return WhatIf(**{**kept, **{name: tuple(kept.get(name, ())) for name in ("comes", "goes")}})


def document_of(
    title: str, story: Story, mes_winners: Sequence[str], cautions: Sequence[str], versions: Mapping[str, str]
) -> Document:
    """Lay a story out as a report."""
    found = story.found
    return Document(
        title,
        found.verdict.verdict,
        story.headline,
        story.meaning,
        found.contest.ballots,
        tuple(story.reasons()),
        tuple(_telling_first(story)),
        tuple(_what_ifs(story, mes_winners)),
        _warning(found),
        tuple(_served(story)),
        tuple(_projects(story)),
        tuple(cautions),
        CANNOT_SEE,
        versions,
        tuple(story.notes()),
        story.beside,
    )


def _telling_first(story: Story) -> list[ParticipationTable]:
    """The tables of who took part; those in which some group is far from its share come first."""
    tables = [story.table(name) for name in story.found.balances]
    return sorted(tables, key=lambda table: not any(row.flag for row in table.rows))


def _warning(found: Assessment) -> str:
    """What every what-if says, and that this one is fragile where it is."""
    if found.findings and found.findings.robust.raked.deff > FRAGILE:
        return f"{WHAT_IF} Here the weights rest on few people, so the weighted what-if is fragile."
    return WHAT_IF


def _what_ifs(story: Story, mes_winners: Sequence[str]) -> list[WhatIf]:
    """List the what-ifs beside the result; nothing where there is not enough data for the weighted ones."""
    found, findings = story.found, story.found.findings
    contest, cast = found.contest, found.cast
    if not contest.ballots:
        return []
    place = {project: p for p, project in enumerate(contest.projects)}
    shares = _change(story, EQUAL_SHARES_RULE, [place[project] for project in mes_winners], another_rule=True)
    if findings is None:
        return [shares]
    robust, together = findings.robust, findings.effects
    lines = [_change(story, "Everybody had turned out in proportion", robust.raked_winners)]
    lines += [
        _by_money(f"{story.who(name)} had been held to their share", moved) for name, moved in robust.caps.items()
    ]
    if together.each:
        changed = "Other projects are funded." if together.together_changes else SAME
        lines.append(WhatIf("Ballots alike had counted only as many as usual", changed, together.together_moved))
    return [*lines, shares] if cast else lines


def _by_money(label: str, moved: float) -> WhatIf:
    change = SAME if moved <= 0 else f"{moved:.0%} of the money awarded goes elsewhere."
    return WhatIf(label[:1].upper() + label[1:], change, moved)


def _change(story: Story, label: str, winners: Sequence[int], *, another_rule: bool = False) -> WhatIf:
    """Say which projects come in and which go out."""
    contest, cast = story.found.contest, story.found.cast
    comes = [story.title(p) for p in winners if p not in cast]
    goes = [story.title(p) for p in cast if p not in winners]
    change = " ".join(
        f"{verb} {', '.join(titles)}." for verb, titles in (("Also funded:", comes), ("Not funded:", goes)) if titles
    )
    moved = contest.share_moved(cast, winners)
    return WhatIf(label, change or SAME, moved, another_rule, tuple(comes), tuple(goes))


def _served(story: Story) -> list[ServedTable]:
    """Say who got what they backed, where that says nothing about fewer than ten people; as the tables above stand."""
    found = story.found
    names = [table.dimension for table in _telling_first(story)] if found.findings else []
    return [_served_table(found, name) for name in names if found.findings and name in found.findings.outcome.groups]


def _served_table(found: Assessment, dimension: str) -> ServedTable:
    assert found.findings is not None
    shown, groups = served_counts(found, dimension), found.findings.outcome.groups[dimension]
    rows = (
        ServedRow(group_label(dimension, group), round(shown[group].left_with_nothing, 2), shown[group].money)
        if group in shown
        else ServedRow(group_label(dimension, group), None, None)
        for group in groups
    )
    return ServedTable(dimension_label(dimension), tuple(rows))


def _projects(story: Story) -> list[ProjectLine]:
    """List the funded projects, and those shut out."""
    found = story.found
    labels = _labels(found.contest, found.findings)
    won = set(found.cast)
    return [
        ProjectLine(story.title(p), p in won, labels[p])
        for p in range(len(found.contest.projects))
        if p in won or labels[p] not in ("", NOT_FUNDED)
    ]


def _labels(contest: Contest, findings: Findings | None) -> Sequence[str]:
    return findings.labels if findings else [""] * len(contest.projects)
