"""`pbudget replay FILE.pb …`: past elections into the database."""

import sys
from pathlib import Path

import click

from pbudget.kit.money import format_money
from pbudget.replays.actions import Loaded, replay_files


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def replay(files: tuple[Path, ...]) -> None:
    """Load past elections from Pabulib files: all of them, or none when one cannot be read. Safe to repeat."""
    length, hidden = len(files), not sys.stderr.isatty()
    with click.progressbar(length=length, label="Counting", file=sys.stderr, hidden=hidden) as bar:
        loaded = replay_files(files, on_counted=lambda _: bar.update(1))
    for each in loaded:
        click.echo(describe(each))


def describe(loaded: Loaded) -> str:
    """One line for each file: what it was and what became of it."""
    election, outcome, contest = loaded.counted.election, loaded.counted.outcomes[0], loaded.counted.contest
    if loaded.was_there:
        return f"{contest.round_name}, {contest.name}: already there, nothing changed"
    spent = format_money(outcome.spent, election.currency, election.units)
    return (
        f"{contest.round_name}, {contest.name}: {len(outcome.winners)} of {len(election.projects)} projects funded "
        f"with {spent}, {election.ballots:,} ballots"
    )
