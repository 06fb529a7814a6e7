"""Pabulib files (.pb) in and out: META, PROJECTS and VOTES, separated by semicolons.

Format: Faliszewski et al. 2023 (arXiv 2305.11035). A file that cannot be counted without guessing is refused with its
name, the line and the reason (`BadInput`); what a person should know but the count does not need is an
`Election.notices` entry. Example: META budget 100, PROJECTS 1 (60) and 2 (50), VOTES "1,2" and "" become a pot of
10000 pence, two projects, one ballot on both and one blank ballot.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from pbudget.kit.errors import BadInput
from pbudget.kit.money import amount_text
from pbudget.tally.amounts import amount, in_units, shorten, units_for, whole_number
from pbudget.tally.election import BallotClass, BallotType, Election, Notice, Number, Project
from pbudget.tally.pbtext import PbText
from pbudget.tally.pbvotes import Ballots, Casts, merge, read_casts
from pbudget.tally.rules.figures import number_text
from pbudget.tally.rules.scores import scores, votes

SECTIONS = ("META", "PROJECTS", "VOTES")
VOTE_TYPES: dict[str, BallotType] = {
    "approval": "approval",
    "choose-1": "approval",
    "ordinal": "ranked",
    "cumulative": "points",
    "scoring": "points",
}
COUNTED_BY = ("budget", "vote_type", "num_projects", "num_votes", "max_length", "currency")
"""What the count takes from META, or checks against it."""
OWN_COLUMNS = ("project_id", "cost", "name", "category")
SHOWN = 3


def read(source: Path | str | bytes, *, name: str = "", keep_voters: bool = False, encoding: str = "utf-8") -> Election:
    """Read an election from a path or from the bytes of a file; `name` is what messages call it.

    `keep_voters` keeps every ballot's other columns (age, sex, district, ...) in file order, for the guard. Raises
    `BadInput`: not a Pabulib file, another encoding, cut off, or anything that could only be counted by guessing.
    """
    path = Path(source) if isinstance(source, str) else source
    text = PbText(path, name or (path.name if isinstance(path, Path) else "the file"), encoding)
    return _Reading(text, keep_voters).election()


class _Reading:
    """One pass over one file: what was read so far, and where."""

    def __init__(self, text: PbText, keep_voters: bool) -> None:
        self.text = text
        self.rows = text.rows()
        self.keep_voters = keep_voters
        self.meta: dict[str, str] = {}
        self.meta_lines: dict[str, int] = {}
        self.header: list[str] = []
        self.cells: dict[str, tuple[int, dict[str, str]]] = {}
        self.notices: list[Notice] = []

    def election(self) -> Election:
        """Read the three sections and check them against each other."""
        self._read_up_to_votes()
        ballot_type = self._ballot_type()
        header = self._header("VOTES")
        casts = read_casts(self.rows, header, ballot_type == "points", self.keep_voters)
        ids = {project_id: position for position, project_id in enumerate(self.cells)}
        self._check_counts(casts)
        if casts.repeated:
            ballots_have = "1 ballot has" if casts.repeated == 1 else f"{casts.repeated:,} ballots have"
            self._notice(f"{ballots_have} a voter_id that an earlier ballot has; all are counted", casts.repeated_line)
        ballots = merge(casts, ids, ballot_type, self.rows)
        self.notices += ballots.notices
        election = self._build(ballot_type, casts, ballots)
        self._check_totals(election)
        return replace(election, notices=tuple(self.notices))

    def _read_up_to_votes(self) -> None:
        """Read META and PROJECTS, which must come in this order, and stop at the line that says VOTES."""
        section = ""
        for row in self.rows:
            marker = self._marker(row)
            if marker:
                section = self._enter(section, marker)
                if section == "VOTES":
                    return
            elif section == "META":
                self._read_meta(row)
            elif section == "PROJECTS":
                self._read_project(row)
            else:
                self.text.refuse(self.rows.line, "a Pabulib file starts with the line META")
        missing = SECTIONS[SECTIONS.index(section) + 1 if section else 0]
        self.text.refuse(0, f"the section {missing} is missing: the file is cut off or is not a Pabulib file")

    def _marker(self, row: list[str]) -> str:
        """Say which section a row opens: "META", "PROJECTS", "VOTES" or none."""
        first = row[0].strip("\ufeff \t").upper()
        return first if first in SECTIONS and not any(cell.strip() for cell in row[1:]) else ""

    def _enter(self, before: str, section: str) -> str:
        """Check that a section comes where it should."""
        expected = SECTIONS[SECTIONS.index(before) + 1] if before else "META"
        if section != expected:
            self.text.refuse(
                self.rows.line, f"{section} stands where {expected} should: the order is META, PROJECTS, VOTES"
            )
        if section == "PROJECTS":
            self.header = self._header("PROJECTS")
        return section

    def _header(self, section: str) -> list[str]:
        """Read the header row of a section: names in lower case, empty ones at the end dropped."""
        row = next(iter(self.rows), None)
        if row is None:
            self.text.refuse(0, f"{section} has no header: the file is cut off")
        header = [cell.strip().lower() for cell in row]
        while header and not header[-1]:
            header.pop()
        return header

    def _read_meta(self, row: list[str]) -> None:
        """Keep one line of META; two that disagree are refused where the count depends on them."""
        key = row[0].strip().lower()
        value = row[1].strip() if len(row) > 1 else ""
        if (key, value.lower()) == ("key", "value"):
            return
        if self.meta.get(key, value) != value:
            if key in COUNTED_BY:
                self.text.refuse(self.rows.line, f"META says {key} twice, first on line {self.meta_lines[key]}")
            self._notice(f"META says {key} twice; the last one is used")
        if any(cell.strip() for cell in row[2:]):
            self._notice(f"META {key} has more than one value; only the first is used")
        self.meta[key], self.meta_lines[key] = value, self.rows.line

    def _read_project(self, row: list[str]) -> None:
        """Keep one line of PROJECTS under its id."""
        line = self.rows.line
        cells = dict(zip(self.header, self.rows.cells(self.header, row, "PROJECTS"), strict=True))
        project_id = cells.get("project_id", row[0].strip())
        if not project_id:
            self.text.refuse(line, "a project has no project_id")
        if project_id in self.cells:
            first = self.cells[project_id][0]
            self.text.refuse(line, f"project “{shorten(project_id)}” is listed twice, first on line {first}")
        self.cells[project_id] = line, cells

    def _ballot_type(self) -> BallotType:
        """Find out how people voted."""
        for key in ("vote_type", "budget"):
            if not self.meta.get(key):
                self.text.refuse(0, f"META does not say {key}")
        stated = self.meta["vote_type"].lower()
        if stated not in VOTE_TYPES:
            kinds = ", ".join(VOTE_TYPES)
            why = f"vote_type “{shorten(stated)}” is not known; the types are {kinds}"
            self.text.refuse(self.meta_lines["vote_type"], why)
        if not self.cells:
            self.text.refuse(0, "PROJECTS lists no project")
        if "cost" not in self.header:
            self.text.refuse(0, "the header of PROJECTS has no column “cost”")
        if "project_id" not in self.header:
            self._notice("PROJECTS has no column “project_id”; its first column was taken as the id")
        return VOTE_TYPES[stated]

    def _check_counts(self, casts: Casts) -> None:
        """Compare what META announces with what is there: a file that was cut off is not an election."""
        for key, found, what in (
            ("num_projects", len(self.cells), "projects"),
            ("num_votes", casts.ballots, "ballots"),
        ):
            if not self.meta.get(key):
                self._notice(f"META does not say {key}, so nothing shows whether all {what} are there", 0)
                continue
            stated = self._whole(key)
            if found < stated:
                self.text.refuse(
                    self.meta_lines[key],
                    f"META says {key} is {stated:,} and the file has {found:,} {what}: "
                    "it is cut off, or was changed by hand",
                )
            if found > stated:
                self._notice(f"META says {key} is {stated:,} and the file has {found:,} {what}; all are counted", 0)
        if casts.last_row_short and not self.text.ends_with_a_line_end:
            self.text.refuse(self.rows.reader.line_num, "the last line ends too early: the file is cut off")

    def _build(self, ballot_type: BallotType, casts: Casts, ballots: Ballots) -> Election:
        """Put the election together, all money in smallest units."""
        pot = self._amount(self.meta["budget"], self.meta_lines["budget"], "the budget")
        costs = [self._amount(cells["cost"], line, f"the cost of {key}") for key, (line, cells) in self.cells.items()]
        units = units_for([pot, *costs])
        own = zip(self.cells.items(), costs, strict=True)
        return Election(
            pot=in_units(pot, units),
            projects=tuple(_project(key, in_units(cost, units), cells) for (key, (_, cells)), cost in own),
            classes=ballots.classes,
            ballot_type=ballot_type,
            length=self._length() if ballot_type == "ranked" else 0,
            currency=self.meta.get("currency", ""),
            units=units,
            name=self.text.name,
            meta=self.meta,
            voter_columns=casts.columns if self.keep_voters else (),
            voters=ballots.voters,
        )

    def _length(self) -> int:
        """Find L, the allowed length of a ranked ballot."""
        return (self._whole("max_length") if self.meta.get("max_length") else 0) or len(self.cells)

    def _check_totals(self, election: Election) -> None:
        """Compare the votes (or points) each project is said to have with what its ballots say.

        A file whose last line is not finished, and where the votes differ by one here and there, lost the end of its
        last ballot: it is cut off. Any other difference is worth a notice.
        """
        for column, counted in (("votes", votes(election)), ("score", scores(election))):
            wrong = [
                (project.id, stated, found)
                for project, found in zip(election.projects, counted, strict=True)
                if (stated := _number(project.columns.get(column, ""))) not in (None, found)
            ]
            if not wrong:
                continue
            texts = [f"{shorten(key)} {stated} (the ballots give {number_text(found)})" for key, stated, found in wrong]
            by_one = column == "votes" and all(abs((stated or 0) - found) == 1 for _, stated, found in wrong)
            if by_one and not self.text.ends_with_a_line_end:
                why = f"the last line is not finished, and PROJECTS says {column} {texts[0]}: the file is cut off"
                self.text.refuse(self.rows.reader.line_num, why)
            more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
            self._notice(f"PROJECTS says {column} {', '.join(texts[:SHOWN])}{more}; the ballots were counted", 0)

    def _amount(self, text: str, line: int, what: str) -> Decimal:
        """Read an amount of money, or refuse it with its place."""
        try:
            number = amount(text)
        except BadInput as error:
            self.text.refuse(line, f"{what} {error}" if text else f"{what} is missing")
        if "," in text:
            self._notice(f"{what} “{text}” was read with a decimal comma", line)
        return number

    def _whole(self, key: str) -> int:
        """Read a whole number from META, or refuse it with its place."""
        try:
            return whole_number(self.meta[key])
        except BadInput as error:
            self.text.refuse(self.meta_lines[key], f"{key} {error}")

    def _notice(self, text: str, line: int | None = None) -> None:
        """Note something for the person; `line` is the row being read unless given."""
        self.notices.append(Notice(self.rows.line if line is None else line, text))


def _number(text: str) -> int | None:
    """Read a count that is only compared, never counted by; anything else is nothing to compare with."""
    try:
        return whole_number(text)
    except BadInput:
        return None


def _project(project_id: str, cost: int, cells: dict[str, str]) -> Project:
    """Build one project; columns that have no place of their own are kept as text."""
    columns = {key: value for key, value in cells.items() if key not in OWN_COLUMNS}
    category = cells.get("category", cells.get("categories", ""))
    return Project(project_id, cost, cells.get("name", ""), category, columns)


def write(election: Election, *, seed: str = "") -> bytes:
    """Write an election as a Pabulib file in UTF-8.

    Ballots are shuffled by SHA-256 of `seed` and their place among all ballots in text order, then numbered from 1;
    no column about voters is written. Votes, scores and the counts in META are those of the ballots.
    """
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\n")
    table.writerows([["META"], ["key", "value"], *_meta_out(election)])
    table.writerows([["PROJECTS"], *_projects_out(election)])
    table.writerows([["VOTES"], *_votes_out(election, seed)])
    return out.getvalue().encode()


def _meta_out(election: Election) -> Iterator[tuple[str, str]]:
    """Yield META in the order the format lists it; counts and the pot are the election's own."""
    own = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.ballots),
        "budget": amount_text(election.pot, election.units),
        "vote_type": _vote_type(election),
        "currency": election.currency,
    }
    if election.ballot_type == "ranked":
        own["max_length"] = str(election.length)
    merged = {**election.meta, **own}
    known = [key for key in META_ORDER if merged.get(key)]
    for key in known + [key for key in merged if key not in META_ORDER and merged[key]]:
        yield key, merged[key]


def _vote_type(election: Election) -> str:
    """Name the ballot type as Pabulib does; what the file said where it still fits."""
    stated = election.meta.get("vote_type", "").lower()
    if VOTE_TYPES.get(stated) == election.ballot_type:
        return stated
    return {"approval": "approval", "ranked": "ordinal", "points": "cumulative"}[election.ballot_type]


META_ORDER = (
    *("description", "country", "unit", "district", "subunit", "instance", "num_projects", "num_votes", "budget"),
    *("vote_type", "rule", "date_begin", "date_end", "min_length", "max_length", "min_sum_cost", "max_sum_cost"),
    *("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score", "min_project_cost"),
    *("max_project_cost", "min_project_score_threshold", "neighborhoods", "subdistricts", "categories", "edition"),
    *("language", "currency", "fully_funded", "experimental", "comment", "acknowledgments"),
)


def _projects_out(election: Election) -> Iterator[list[str]]:
    """Yield the header and rows of PROJECTS; votes and scores are counted anew."""
    counted: dict[str, Sequence[Number]] = {"votes": votes(election)}
    if election.ballot_type != "approval":
        counted["score"] = scores(election)
    kept = {key: None for project in election.projects for key in project.columns if key not in ("votes", "score")}
    own = [key for key in ("name", "category") if any(getattr(project, key) for project in election.projects)]
    yield ["project_id", "cost", *counted, *own, *kept]
    for position, project in enumerate(election.projects):
        totals = [number_text(counted[key][position]).replace(",", "") for key in counted]
        cost = amount_text(project.cost, election.units)
        texts = [getattr(project, key) for key in own] + [project.columns.get(key, "") for key in kept]
        yield [project.id, cost, *totals, *texts]


def _votes_out(election: Election, seed: str) -> Iterator[list[str]]:
    """Yield the header and rows of VOTES, in an order that says nothing about when anybody voted."""
    yield ["voter_id", "vote", "points"] if election.ballot_type == "points" else ["voter_id", "vote"]
    cells = sorted(_cells(election, ballot) for ballot in election.classes for _ in range(ballot.times))
    order = sorted(range(len(cells)), key=lambda place: sha256(f"{seed}\0{place}".encode()).digest())
    for number, place in enumerate(order, 1):
        yield [str(number), *cells[place]]


def _cells(election: Election, ballot: BallotClass) -> list[str]:
    """Say what one ballot says: its projects, and its points highest first ("None" where a blank ballot gives none)."""
    if election.ballot_type != "points":
        return [",".join(election.projects[i].id for i in ballot.choices)]
    given = sorted(zip(ballot.choices, ballot.points, strict=True), key=lambda pair: -pair[1])
    named = ",".join(election.projects[i].id for i, _ in given)
    return [named, ",".join(str(points) for _, points in given) or "None"]
