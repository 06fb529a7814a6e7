"""`pbudget demo`: a believable borough, or real published data, into an empty database."""

import sys
from pathlib import Path

import click
from flask import current_app

from pbudget.config import Settings
from pbudget.demo.actions import (
    DatabaseNotEmpty,
    Filled,
    complete_ashmere,
    fill_with_ashmere,
    fill_with_real_data,
    refuse_unless_room,
)
from pbudget.demo.budget import complete_budgets
from pbudget.demo.real import read_folder
from pbudget.demo.voting import complete_voting
from pbudget.kit.clock import SystemClock
from pbudget.kit.errors import BadInput


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing, quietly, when there is something in the database.")
@click.option("--reset", is_flag=True, help="Empty a database that holds only a demo, and fill it again.")
@click.option(
    "--real",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Load real data instead: geo/*.geojson, baseline/*.csv and pabulib/*.pb in FOLDER.",
)
def demo(if_empty: bool, reset: bool, folder: Path | None) -> None:
    """Fill an empty database with Ashmere, a made-up borough: wards, residents, two past rounds and one to come."""
    if if_empty and reset:
        raise BadInput("Use --if-empty or --reset, not both.")
    instance = _instance()
    try:
        refuse_unless_room(instance, reset=reset)
        click.echo(_real(instance, folder, reset=reset) if folder else _ashmere(instance, reset=reset))
    except DatabaseNotEmpty:
        if not if_empty:
            raise
        if complete_ashmere(instance):
            complete_voting(instance, SystemClock())
            complete_budgets(SystemClock())


def _instance() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.instance


def _ashmere(instance: Path, *, reset: bool) -> str:
    done = fill_with_ashmere(instance, SystemClock(), reset=reset)
    complete_voting(instance, SystemClock())
    complete_budgets(SystemClock())
    return f"Ashmere: {_say(done)}, a round open for voting, one being prepared, a budget to balance. See /rounds"


def _real(instance: Path, folder: Path, *, reset: bool) -> str:
    data = read_folder(folder)
    length, hidden = len(data.elections), not sys.stderr.isatty()
    with click.progressbar(length=length, label="Counting", file=sys.stderr, hidden=hidden) as bar:
        done = fill_with_real_data(instance, SystemClock(), data, reset=reset, on_counted=lambda _: bar.update(1))
    names = ", ".join(borough.name for borough in data.boroughs)
    return f"{names}: {_say(done)}. See /rounds and /boroughs/"


def _say(done: Filled) -> str:
    return f"{done.wards} wards and {done.contests} past contests with {done.ballots:,} ballots"
