"""What commands and pages of the roll say, in one place."""

from datetime import date, datetime

from pbudget.kit.clock import say_day, say_moment
from pbudget.roll.importing import RollImported
from pbudget.roll.rules.roll_file import RollReport

KINDS = {
    "named": "a roll of people",
    "address": "a roll of addresses",
    "count": "a count of anonymous places for each ward",
}
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
STATES = {
    "making": "Being made",
    "ready": "Ready to download",
    "delivered": "Downloaded",
    "expired": "Not downloaded in time",
    "spoiled": "Voided",
}


def say_number_of(number: int, one: str, many: str) -> str:
    """`say_number_of(1, "row", "rows")` is `1 row`."""
    return f"{number:,} {one if number == 1 else many}"


def say_report(report: RollReport) -> list[str]:
    """What a file holds, line by line."""
    encoding = ENCODINGS.get(report.encoding, report.encoding.upper())
    separator = SEPARATORS.get(report.separator, "a separator of its own")
    lines = [
        f"This is {KINDS[report.kind]}{_how_much(report)}: "
        f"{say_number_of(report.rows, 'row', 'rows')} that can be used, "
        f"{say_number_of(report.codes, 'code', 'codes')} in {say_number_of(len(report.by_ward), 'ward', 'wards')}.",
        f"Read as {encoding} with {separator}. Columns used: {', '.join(report.used)}.",
    ]
    if report.ignored:
        lines.append(f"Columns that are not needed and will not be kept: {', '.join(report.ignored)}.")
    if report.encoding == "cp1252":
        lines.append("The file is not UTF-8: check names with accents.")
    lines += [
        f"{say_number_of(number, 'row', 'rows')} {kind}." for kind, number in sorted(report.problems_by_kind.items())
    ]
    return lines


def _how_much(report: RollReport) -> str:
    if report.is_whole:
        return ""
    return f", and here are its first {report.rows + report.number_of_problems:,} rows"


def say_problems(report: RollReport) -> list[str]:
    """The first problems by row, and how many more there are."""
    more = report.number_of_problems - len(report.problems)
    return [*report.problems, *([f"… and {more:,} more rows."] if more else [])]


def say_imported(done: RollImported) -> str:
    """One line for the command line and the page after loading."""
    instead = " It replaces the roll there was." if done.replaced else ""
    return (
        f"{say_number_of(done.rows, 'row', 'rows')} loaded, {say_number_of(done.codes, 'code', 'codes')} to be made."
        f"{instead} Fingerprint of the file: {done.sha256[:12]}."
    )


def say_when(moment: datetime | None, day: date | None) -> str:
    """A moment where one is set, else its day, else nothing: `5pm on Sunday 14 March 2027`, `14 March 2027`, ``."""
    if moment:
        return say_moment(moment)
    return say_day(day) if day else ""
