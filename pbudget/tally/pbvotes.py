"""The VOTES of a Pabulib file: from cells to classes of identical ballots.

Example with projects A, B, C: the cells "B,A", "A, B" and "" become two ballots on (0, 1) and one blank ballot.
Each distinct text is understood once, so 90,000 ballots cost little more than splitting their lines.
"""

from fractions import Fraction
from typing import NamedTuple

from pbudget.kit.errors import BadInput
from pbudget.tally.amounts import shorten
from pbudget.tally.election import BallotClass, BallotType, Notice, Number, Voter
from pbudget.tally.pbtext import Rows

Said = tuple[tuple[int, ...], tuple[Number, ...]]
"""What a ballot says: choices and points."""


class Casts(NamedTuple):
    """The vote cells as they stand in the file: each distinct text, how often, and the line it is first on."""

    times: dict[str, int]
    first: dict[str, int]
    ballots: int
    columns: tuple[str, ...]
    voters: list[tuple[str, tuple[str, ...]]]
    """Per ballot its text and the other cells; empty unless asked for."""
    last_row_short: bool
    repeated: int = 0
    """Ballots whose voter_id an earlier one has."""
    repeated_line: int = 0
    """The line of the first of them."""


class Ballots(NamedTuple):
    """All ballots, merged; and, where asked for, every voter with the position of their class."""

    classes: tuple[BallotClass, ...]
    voters: tuple[Voter, ...]
    notices: tuple[Notice, ...]


SEPARATOR = ";"
"""Joins a vote and its points into one text; it cannot be in either without quotation marks, and is refused there."""


def read_casts(rows: Rows, header: list[str], with_points: bool, keep_voters: bool) -> Casts:
    """Read every row to the end of the file, only counting distinct texts."""
    vote = _column(rows, header, "vote")
    points = _column(rows, header, "points") if with_points else -1
    needed, width = max(vote, points) + 1, len(header)
    others = [i for i in range(width) if i not in (vote, points)]
    times: dict[str, int] = {}
    first: dict[str, int] = {}
    voters: list[tuple[str, tuple[str, ...]]] = []
    size, ballots = width, 0
    who, known, repeated, repeated_line = (header.index("voter_id") if "voter_id" in header else -1), set[str](), 0, 0
    for row in rows:
        size = len(row)
        if size != width:
            _check_width(rows, header, row, needed)
        text = row[vote] if points < 0 else f"{row[vote]}{SEPARATOR}{row[points]}"
        if text in times:
            times[text] += 1
        else:
            times[text], first[text] = 1, rows.line
        ballots += 1
        if who >= 0 and row[who]:
            if row[who] in known:
                repeated, repeated_line = repeated + 1, repeated_line or rows.line
            known.add(row[who])
        if keep_voters:
            cells = rows.cells(header, row, "VOTES")
            voters.append((text, tuple(cells[i] for i in others)))
    return Casts(times, first, ballots, tuple(header[i] for i in others), voters, size < width, repeated, repeated_line)


def merge(casts: Casts, ids: dict[str, int], ballot_type: BallotType, refuse_at: Rows) -> Ballots:
    """Understand each distinct text once and merge the ballots that say the same."""
    understand = _Understanding(ids, ballot_type)
    merged: dict[Said, int] = {}
    said: dict[str, Said] = {}
    for text, times in casts.times.items():
        try:
            ballot = understand.ballot(text, casts.first[text])
        except BadInput as error:
            refuse_at.text.refuse(casts.first[text], str(error))
        merged[ballot] = merged.get(ballot, 0) + times
        if casts.voters:
            said[text] = ballot
    classes = tuple(BallotClass(choices, times, points) for (choices, points), times in merged.items())
    return Ballots(classes, _voters(casts, said, merged), tuple(understand.notices))


def _voters(casts: Casts, said: dict[str, Said], merged: dict[Said, int]) -> tuple[Voter, ...]:
    """Give every voter the position of their ballot's class."""
    if not casts.voters:
        return ()
    position = {ballot: number for number, ballot in enumerate(merged)}
    return tuple(Voter(position[said[text]], values) for text, values in casts.voters)


class _Understanding:
    """Reads vote texts of one election; collects what a person should know."""

    def __init__(self, ids: dict[str, int], ballot_type: BallotType) -> None:
        self.ids = ids
        self.ballot_type = ballot_type
        self.notices: list[Notice] = []

    def ballot(self, text: str, line: int) -> Said:
        """Understand one text as choices and points; raises `BadInput` with the reason."""
        if self.ballot_type == "points":
            vote, _, points = text.partition(SEPARATOR)
            return self._with_points(vote, points, line)
        parts = text.split(",")
        try:
            named = list(map(self.ids.__getitem__, parts))
        except KeyError:
            named = [choice for choice in self._choices(parts) if choice is not None]
        chosen = dict.fromkeys(named)
        if len(chosen) != len(named):
            self.notices.append(Notice(line, "a project is on a ballot twice; it counts once, at its first place"))
        return (tuple(chosen), ()) if self.ballot_type == "ranked" else (tuple(sorted(chosen)), ())

    def _choices(self, parts: list[str]) -> list[int | None]:
        """Find the projects named; None where there is nothing between two commas."""
        return [self._choice(part.strip()) for part in parts]

    def _choice(self, project_id: str) -> int | None:
        """Find one project by its id."""
        if project_id in self.ids:
            return self.ids[project_id]
        if project_id:
            raise BadInput(f"a ballot names project “{shorten(project_id)}”, which is not in PROJECTS")
        return None

    def _with_points(self, vote: str, points: str, line: int) -> Said:
        """Understand a ballot that gives points; a project given none is not on it."""
        choices = self._choices(vote.split(","))
        values = [] if points.strip().lower() == "none" else [value.strip() for value in points.split(",")]
        while values and not values[-1]:
            values.pop()
        while choices and choices[-1] is None:
            choices.pop()
        if len(choices) != len(values):
            raise BadInput(
                f"a ballot names projects and gives points in different numbers ({len(choices)} and {len(values)})"
            )
        given: dict[int, Number] = {}
        for choice, value in zip(choices, values, strict=True):
            if choice is None:
                raise BadInput("a ballot gives points without naming a project")
            number = _points(value)
            if given.setdefault(choice, number) != number:
                raise BadInput("a ballot gives the same project points twice, and not the same number")
        if len(given) != len(choices):
            self.notices.append(Notice(line, "a ballot gives a project the same points twice; they count once"))
        kept = sorted((choice, number) for choice, number in given.items() if number)
        return tuple(choice for choice, _ in kept), tuple(number for _, number in kept)


def _points(text: str) -> Number:
    """Read points: a whole number, or a decimal or fraction, exact; never below zero."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise BadInput(f"a ballot gives “{shorten(text)}” points, which is not a number") from None
    if number < 0:
        raise BadInput(f"a ballot gives {shorten(text)} points, and points cannot be below zero")
    return number.numerator if number.denominator == 1 else number


def _column(rows: Rows, header: list[str], name: str) -> int:
    """Find a column of VOTES that must be there, once."""
    names = [column.lower() for column in header]
    if names.count(name) != 1:
        rows.text.refuse(rows.line, f"the header of VOTES needs one column “{name}” and has {names.count(name)}")
    return names.index(name)


def _check_width(rows: Rows, header: list[str], row: list[str], needed: int) -> None:
    """Refuse a row whose vote is missing or whose cells have slipped."""
    if row[0].strip().lower() in ("meta", "projects", "votes") and not any(cell.strip() for cell in row[1:]):
        rows.text.refuse(rows.line, f"the section {row[0].strip().upper()} comes after VOTES; VOTES must be last")
    rows.cells(header, row, "VOTES")
    if len(row) < needed:
        rows.text.refuse(
            rows.line, f"the row has {len(row)} of {len(header)} fields and no vote: the file may be cut off"
        )
