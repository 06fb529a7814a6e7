"""`pbudget wards`: load boundaries, population figures and postcodes from files."""

import os
import sys
from pathlib import Path

import click

from pbudget.kit.clock import SystemClock
from pbudget.wards.actions import (
    BaselineLoaded,
    BaselineNotUsable,
    BoundariesImported,
    PostcodesImported,
    import_boundaries,
    import_postcodes,
    load_baseline,
)
from pbudget.wards.rules import baselines, boundaries
from pbudget.wards.rules.tables import FileNotUsable


def _ordinary_file(_context: click.Context, _parameter: click.Parameter, file: Path) -> Path:
    """Let a file through that can be read; anything else is refused in one line, as all other bad input is."""
    if file.is_dir():
        raise FileNotUsable(f"{file.name or file} is a folder. Name one file in it.")
    if not file.exists():
        raise FileNotUsable(f"{file.name}: there is no such file. Check its name and folder.")
    if not file.is_file():
        raise FileNotUsable(f"{file.name} is not an ordinary file.")
    if not os.access(file, os.R_OK):
        raise FileNotUsable(f"{file.name} cannot be read by this account. Change who may read it.")
    return file


FILE = click.argument("file", type=click.Path(path_type=Path), callback=_ordinary_file)
DEMO = click.option("--demo", is_flag=True, help="The file holds made-up wards (codes X99 and six digits).")


@click.group()
def wards() -> None:
    """Ward boundaries, population figures and postcodes."""


@wards.command("boundaries")
@FILE
@click.option("--borough", required=True, help="The borough's name; a new one is made.")
@click.option("--source", default="", help="Whom to credit beside the map. ONS files need none.")
@DEMO
def boundaries_command(file: Path, borough: str, source: str, demo: bool) -> None:
    """Load ward boundaries from a GeoJSON file (longitude and latitude). Safe to repeat."""
    content = _read(file, boundaries.LARGEST_FILE)
    done = import_boundaries(boundaries.read_boundaries(content, demo=demo), borough, source=source, demo=demo)
    for line in _say_boundaries(done):
        click.echo(line)


def _read(file: Path, largest: int) -> bytes:
    """The contents of a file, refused before it is read if it is too large."""
    size = file.stat().st_size
    if size > largest:
        raise FileNotUsable(
            f"{file.name} is {size // 1024**2:,} MB and at most {largest // 1024**2} MB can be read. "
            "Send the wards of one council."
        )
    return file.read_bytes()


def _say_boundaries(done: BoundariesImported) -> list[str]:
    lines = [
        f"{done.borough}: {len(done.added)} wards added, {len(done.changed)} changed, {len(done.unchanged)} as before.",
    ]
    if done.left_out:
        lines.append(f"Not in the file, so no longer on the map: {', '.join(done.left_out)}.")
    return [*lines, f"See /boroughs/{done.slug}"]


@wards.command("baseline")
@FILE
@click.option("--borough", default="", help="The borough's name; needed when its wards are not known yet.")
@click.option("--dry-run", is_flag=True, help="Check the file and say what is wrong; load nothing.")
@DEMO
def baseline_command(file: Path, borough: str, dry_run: bool, demo: bool) -> None:
    """Load residents by ward, dimension and group from a CSV file. Safe to repeat; nothing is ever half loaded."""
    report = baselines.read_baseline(_read(file, baselines.LARGEST_FILE), demo=demo)
    for line in say_report(report):
        click.echo(line, err=not report.usable)
    if not report.usable:
        number = len(report.problems)
        problems = "1 problem" if number == 1 else f"{number:,} problems"
        raise BaselineNotUsable(f"{file.name} has {problems}. Nothing was loaded. Mend the file and try again.")
    if dry_run:
        click.echo("The file can be loaded. This was a dry run: nothing was.")
        return
    for line in _say_loaded(load_baseline(report, SystemClock(), name=borough, demo=demo)):
        click.echo(line)


def say_report(report: baselines.BaselineReport) -> list[str]:
    """The report on a file, line by line: what it holds, the first problems, every warning."""
    dimensions = ", ".join(report.dimensions) or "none"
    lines = [f"{report.rows:,} rows, {len(report.wards)} wards. Dimensions: {dimensions}."]
    if report.encoding == "cp1252":
        lines.append("Read as Windows-1252 (not UTF-8): check names with accents.")
    shown = report.problems[: baselines.PROBLEMS_SHOWN]
    lines += [str(problem) for problem in shown]
    if len(report.problems) > len(shown):
        lines.append(f"… and {len(report.problems) - len(shown):,} more problems.")
    return [*lines, *(f"Warning: {warning}" for warning in report.warnings)]


def _say_loaded(done: BaselineLoaded) -> list[str]:
    lines = [f"{done.borough}: figures for {done.wards} wards loaded, version {done.version[:12]}."]
    if done.added or done.changed or done.removed:
        lines.append(f"{done.added} counts added, {done.changed} changed, {done.removed} removed.")
    else:
        lines.append("Every count is as before.")
    if done.new_wards:
        lines.append(f"{len(done.new_wards)} wards are new; they have no boundary yet.")
    if done.left_out:
        lines.append(f"Without figures, because the file does not hold them: {', '.join(done.left_out)}.")
    return [*lines, f"See /boroughs/{done.slug}"]


@wards.command("postcodes")
@FILE
def postcodes_command(file: Path) -> None:
    """Load the postcodes of our wards from the ONS Postcode Directory (CSV, any size). Safe to repeat."""
    length, hidden = file.stat().st_size, not sys.stderr.isatty()
    with click.progressbar(length=length, label="Reading", file=sys.stderr, hidden=hidden) as bar:
        done = import_postcodes(file, lambda read: bar.update(read))
    click.echo(_say_postcodes(done))


def _say_postcodes(done: PostcodesImported) -> str:
    return (
        f"{', '.join(done.boroughs)}: {done.kept:,} postcodes in {done.wards} wards. Of {done.read:,} rows read, "
        f"{done.elsewhere:,} lie elsewhere, {done.ended:,} have ended and {done.unreadable:,} could not be read."
    )
