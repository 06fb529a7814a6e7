"""`pbudget keys restore`: put a round's keys back from an officer's escrow copy."""

from pathlib import Path

import click
from flask import current_app

from pbudget.config import Settings
from pbudget.keys.actions import restore_escrow
from pbudget.kit.errors import BadInput, PbudgetError


class KeysNotRestored(BadInput):
    """The copy did not open, or other keys are in the place; the message says which, and nothing was overwritten."""


@click.group()
def keys() -> None:
    """The rounds' keys on this machine."""


@keys.command("restore")
@click.argument("copy", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.password_option("--passphrase", confirmation_prompt=False, help="Asked for when it is not given.")
def restore_keys(copy: Path, passphrase: str) -> None:
    """Put the keys in the escrow copy COPY back. Keys that are there already must be the same ones."""
    settings: Settings = current_app.extensions["settings"]
    try:
        ids = restore_escrow(settings.keys_folder, copy.read_bytes(), passphrase)
    except PbudgetError as error:
        raise KeysNotRestored(str(error)) from error
    click.echo(f"ok     The keys are in {settings.keys_folder}. Signing key: {ids.signing}")
    click.echo("Compare the signing key with the one the council published when voting opened.")
