"""`pbudget backup` and `pbudget restore`."""

import sys
from pathlib import Path

import click

from pbudget.backups.rules import BackupNotUsable, LossNotAccepted, two_people
from pbudget.ledger.checkpoints import Checkpoint, read_checkpoint


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def backup(folder: Path) -> None:
    """Copy the database into a new folder inside FOLDER, while people vote.

    Every ledger is verified first. Keys, letters, uploads and the secret of the cookies are not in the copy. Ends with
    status 1 where a ledger cannot be trusted: the copy is kept, and its name says so.
    """
    from pbudget.backups.actions import take_backup

    made = take_backup(folder)
    for ledger in made.note.ledgers:
        click.echo(f"       {ledger.round}: {ledger.entries:,} entries")
    for problem in made.problems:
        click.echo(f"WRONG  {problem}", err=True)
    if made.problems:
        click.echo(
            f"WRONG  {made.folder} is NOT a good backup. Keep it, and the last good one. Tell somebody.", err=True
        )
        sys.exit(1)
    click.echo(f"ok     {made.folder}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--against",
    multiple=True,
    type=click.Path(path_type=Path),
    help="The newest checkpoint a witness received (.json).",
)
@click.option("--none-sent", is_flag=True, help="No checkpoint was ever sent for a round that is still open.")
@click.option("--accept-loss", is_flag=True, help="Restore although votes are lost: two people answer for it.")
@click.option("--person", multiple=True, help="Who answers for a loss; give it twice.")
@click.option("--reason", default="", help="Why votes are given up.")
def restore(
    folder: Path, against: tuple[Path, ...], none_sent: bool, accept_loss: bool, person: tuple[str, ...], reason: str
) -> None:
    """Put the backup in FOLDER in the place of the database, both services being stopped.

    Refused when a checkpoint, this machine or the database in place knows of entries that the backup lacks.
    """
    from pbudget.backups.restoring import Restoring

    restoring = Restoring(folder, [_checkpoint(path) for path in against], none_sent)
    losses = restoring.losses()
    for loss in losses:
        click.echo(f"LOST   {loss.words()}", err=True)
    if losses and not accept_loss:
        raise LossNotAccepted(
            "This backup is older than what is known. Look for a newer one. To restore it all the same, two people "
            "answer for it: --accept-loss --person NAME --person NAME --reason WHY. Nothing was changed."
        )
    people = two_people(person) if losses else []
    if losses and not reason.strip():
        raise LossNotAccepted("Say why votes are given up: --reason WHY. Nothing was changed.")
    for line in restoring.restore(losses, people, reason.strip()):
        click.echo(line)


def _checkpoint(path: Path) -> Checkpoint:
    try:
        return read_checkpoint(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BackupNotUsable(f"{path} cannot be read. Name the checkpoint's file.") from error
