"""A report as a page of text, 80 columns wide, for a terminal."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from pbudget.guard.document import Document, ServedTable
from pbudget.guard.participation import ParticipationTable

WIDTH = 80
WITHHELD = "withheld"


def printed(document: Document) -> str:
    """Print the whole report: verdict, reasons, tables, what-ifs, what to know before relying on it."""
    parts = [
        [document.title],
        [document.headline.upper(), *wrap(document.meaning, WIDTH)],
        _bullets("Quorum", [document.quorum] if document.quorum else []),
        _bullets("Why", document.reasons),
        _bullets("Also noted", document.notes),
        *[list(_participation(table)) for table in document.participation],
        _what_ifs(document),
        *[list(_served(table)) for table in document.served],
        _bullets("Projects", [_project(line.title, line.funded, line.label) for line in document.projects]),
        _bullets("Before you rely on this", document.cautions),
        _bullets("What the guard cannot see", document.cannot_see),
        [f"{name:<14}{version}" for name, version in document.versions.items()],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _bullets(heading: str, texts: Sequence[str]) -> list[str]:
    """Print a heading and a list, or nothing where the list is empty."""
    points = [line for text in texts for line in wrap(text, WIDTH, initial_indent="  -  ", subsequent_indent=" " * 5)]
    return [heading, *points] if points else []


def _participation(table: ParticipationTable) -> Iterator[str]:
    """Print one dimension: participants, their share, the share of residents, the ratio."""
    yield f"Who took part: {table.label}"
    if not table.rows:
        yield "  Fewer than 20 ballots: nothing is shown."
        return
    yield f"  {'':<32}{'ballots':>9}{'share':>8}{'population':>12}{'ratio':>7}"
    for row in table.rows:
        ballots = WITHHELD if row.participants is None else f"{row.participants:,}"
        figures = f"{ballots:>9}{_percent(row.share):>8}{_percent(row.residents):>12}{row.ratio:>7}"
        yield f"  {row.label[:31]:<32}{figures}  {row.flag}".rstrip()
    yield from wrap(_legend(table), WIDTH, initial_indent="  ", subsequent_indent="  ")


def _legend(table: ParticipationTable) -> str:
    rounded = "Ballots are rounded to the nearest 5."
    return f"{rounded} Withheld: under 10, or it would give such a count away." if table.withheld else rounded


def _what_ifs(document: Document) -> list[str]:
    """Print the what-ifs beside the result."""
    if not document.what_ifs:
        return []
    lines = _bullets("What if", [f"{line.label}: {line.change}" for line in document.what_ifs])
    return [*lines, *wrap(document.what_if_warning, WIDTH, initial_indent="  ", subsequent_indent="  ")]


def _served(table: ServedTable) -> Iterator[str]:
    """Print who got what they backed."""
    yield f"Who is served: {table.label}"
    yield f"  {'':<32}{'nothing funded':>16}{'share of money':>16}"
    for row in table.rows:
        shown = (_percent(row.nothing) or WITHHELD, _percent(row.money) or WITHHELD)
        yield f"  {row.label[:31]:<32}{shown[0]:>16}{shown[1]:>16}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _project(title: str, funded: bool, label: str) -> str:
    state = "funded" if funded else "not funded"
    return f"{title}: {state}{f', {label}' if label else ''}"
