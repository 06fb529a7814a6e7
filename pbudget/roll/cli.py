"""`pbudget roll`: load who may vote, make codes, write the printer's file."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from flask import current_app

from pbudget.config import Settings
from pbudget.hubs.queries import help_known
from pbudget.kit.errors import BadInput
from pbudget.roll import letter_queries, queries
from pbudget.roll.generating import confirm_download, generate_codes, start_batch
from pbudget.roll.identify import clock
from pbudget.roll.importing import RollNotUsable, check_file, import_roll
from pbudget.roll.letter_queries import BatchView
from pbudget.roll.letters import Letter, letters_of, mail_merge
from pbudget.roll.rules.letters import LetterWords
from pbudget.roll.tasks import clear_away, terms_for
from pbudget.roll.typesetting import letters_pdf, parts_of
from pbudget.roll.words import say_imported, say_number_of, say_problems, say_report, say_when
from pbudget.rounds.queries import RoundView, round_by_slug, wards_in_round
from pbudget.wards.queries import WardName, wards_around

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ROUND = click.argument("round_name", metavar="ROUND")


class RoundNotReady(BadInput):
    """There is no such round, ward or batch, or its phase does not allow this; the message names it."""


@click.group()
def roll() -> None:
    """Who may vote: the roll, voting codes and letters."""


@roll.command("import")
@ROUND
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Check the file and say what is wrong; load nothing.")
@click.option("--add", "adding", is_flag=True, help="Add to the roll there is instead of replacing it.")
@click.option("--youngest", type=int, help="Youngest age on the last day of voting, if not the round's; 0: any.")
def import_command(round_name: str, file: Path, dry_run: bool, adding: bool, youngest: int | None) -> None:
    """Load a roll from a CSV file: people, addresses or a count for each ward. All of it or nothing."""
    round_ = _round_being_set_up(round_name)
    youngest = round_.youngest_age if youngest is None else youngest
    wards = {ward.code: ward.id for ward in _wards(round_)}
    terms = terms_for(wards, youngest, round_.closes_on or _today(), round_.oldest_age)
    report = check_file(file, round_.id, terms, adding=adding)
    for line in [*say_report(report), *say_problems(report)]:
        click.echo(line, err=not report.usable)
    if not report.usable:
        raise RollNotUsable(f"{file.name} was not loaded. Mend the rows above and try again.")
    if dry_run:
        click.echo("The file can be loaded. This was a dry run: nothing was.")
        return
    with _progress("Writing") as progress:
        done = import_roll(file, round_.id, terms, adding=adding, progress=progress)
    click.echo(say_imported(done))


@roll.command()
@ROUND
@click.option("--ward", "ward_code", default="", help="Only this ward, by its code; otherwise every ward in turn.")
@click.option("--test", is_flag=True, help="Five test letters a ward, whose codes cannot vote.")
def codes(round_name: str, ward_code: str, test: bool) -> None:
    """Make codes for everybody without one, and print each batch's number and passphrase. They are shown once."""
    round_ = _round(round_name)
    sizes = queries.roll_size_by_ward(round_.id)
    wards = [ward for ward in _wards(round_) if ward.code == ward_code or (not ward_code and sizes.get(ward.id))]
    if not wards:
        raise RoundNotReady(f"{round_name} has no roll{f' in ward {ward_code}' if ward_code else ''}. Load one first.")
    for ward in wards:
        if test or letter_queries.entries_without_code(round_.id, ward.id, limit=1):
            _make_batch(round_, ward, "test" if test else "letters")


def _make_batch(round_: RoundView, ward: WardName, kind: str) -> None:
    """Start a batch, say how to open it, then fill it: a kill in between leaves a batch that can be continued."""
    started = start_batch(round_.id, ward.id, kind)
    click.echo(f"{ward.name}: batch {started.id}, passphrase {started.passphrase}")
    with _progress(ward.name) as progress:
        number = generate_codes(started.id, progress)
    click.echo(f"{ward.name}: {say_number_of(number, 'code', 'codes')} made. The file is kept for 24 hours.")


@roll.command("continue")
@click.argument("batch", type=int)
def continue_command(batch: int) -> None:
    """Go on with a batch whose making was cut short. The passphrase stays the one that was shown."""
    with _progress(f"Batch {batch}") as progress:
        number = generate_codes(batch, progress)
    click.echo(f"Batch {batch}: {say_number_of(number, 'code', 'codes')} made.")


@roll.command()
@ROUND
@click.argument("batch", type=int)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--passphrase", prompt=True, hide_input=True, help="Asked for when not given; do not type it here.")
@click.option("--large", is_flag=True, help="PDF in large print.")
@click.option("--delete", is_flag=True, help="Delete the plain codes here once OUT is written.")
def letters(round_name: str, batch: int, out: Path, passphrase: str, large: bool, delete: bool) -> None:
    """Write a batch as the printer's mail-merge CSV, or as PDF where OUT ends in .pdf.

    PDF needs pbudget[letters]; more than 1,000 letters become OUT-1.pdf, OUT-2.pdf and so on. Only you can read the
    files; move them by a safe way and delete them.
    """
    round_ = _round(round_name)
    view, ward = _batch_and_ward(round_, batch)
    found = letters_of(batch, passphrase, round_.slug, ward.name)
    opens, closes = say_when(round_.opens_at, round_.opens_on), say_when(round_.closes_at, round_.closes_on)
    words = LetterWords(round_.name, ward.name, opens, closes, help_known().line)
    if out.suffix.lower() == ".pdf":
        written = _write_pdfs(out, found, words, large=large, test=view.kind == "test")
    else:
        written = [_write_for_owner(out, mail_merge(found, words))]
    if delete:
        confirm_download(batch)
    click.echo(f"{say_number_of(len(found), 'letter', 'letters')} written to {', '.join(map(str, written))}.")


def _write_pdfs(out: Path, found: list[Letter], words: LetterWords, *, large: bool, test: bool) -> list[Path]:
    """Write a file for each part; nothing is overwritten."""
    parts = parts_of(found)
    names = [out] if len(parts) == 1 else [out.with_stem(f"{out.stem}-{n}") for n in range(1, len(parts) + 1)]
    council = _settings().council_name
    return [
        _write_for_owner(name, letters_pdf(part, words, council, large=large, test=test))
        for name, part in zip(names, parts, strict=True)
    ]


def _write_for_owner(path: Path, content: bytes) -> Path:
    """Make the file, readable by its owner only; one that is there stays as it is."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise RoundNotReady(f"{path} is there already. Move it away, or name another file.") from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return path


@roll.command()
def purge() -> None:
    """Delete plain codes and uploads whose time is over. The worker does this by itself."""
    clear_away()
    click.echo("Expired files and interrupted imports are cleared away.")


def _round(name: str) -> RoundView:
    found = round_by_slug(name)
    if found is None:
        raise RoundNotReady(f"There is no round {name}. Use the name in its address: /rounds/NAME.")
    return found


def _round_being_set_up(name: str) -> RoundView:
    found = _round(name)
    if found.phase != "set-up":
        raise RoundNotReady(f"{found.name} is {found.phase}: two officers add to its roll, on its page.")
    return found


def _wards(round_: RoundView) -> list[WardName]:
    return wards_in_round(round_.id)


def _batch_and_ward(round_: RoundView, batch_id: int) -> tuple[BatchView, WardName]:
    batch = letter_queries.batch(batch_id)
    if batch is None or batch.round_id != round_.id:
        raise RoundNotReady(f"{round_.slug} has no batch {batch_id}.")
    return batch, wards_around({batch.ward_id}, borough_wide=False)[0]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _today() -> date:
    return clock().now().date()


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
