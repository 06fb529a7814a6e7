"""`pbudget verify`: check the ledgers in the database, or a result bundle on its own."""

import sys
from pathlib import Path

import click

from pbudget.kit.errors import BadInput
from pbudget.ledger.bundle import Bundle, Finding, check_bundle, check_opening, open_bundle
from pbudget.ledger.checkpoints import Checkpoint, read_checkpoint
from pbudget.ledger.rules import Verification, fingerprint, say_size


class NothingToVerify(BadInput):
    """What was named is neither a round with a ledger nor a bundle; the message says what there is."""


@click.command()
@click.argument("what", required=False)
@click.option("--against", type=click.Path(path_type=Path), help="A checkpoint kept from an earlier day (.json).")
@click.option("--opening", type=click.Path(path_type=Path), help="With a bundle: the ballots that auditors download.")
def verify(what: str | None, against: Path | None, opening: Path | None) -> None:
    """Check that nothing in a ledger was changed, removed, added or put in another order.

    WHAT is a round's name in addresses (every round when left out), or a result bundle: a folder or a .zip file.
    Ends with status 1 where something cannot be trusted.
    """
    checkpoint = _read(against) if against else None
    if what and Path(what).exists():
        good = _verify_bundle(Path(what), checkpoint, opening)
    elif opening:
        raise NothingToVerify("Name the result bundle too: pbudget verify BUNDLE --opening FILE.")
    else:
        good = _verify_database(what, checkpoint)
    sys.exit(0 if good else 1)


def _read(path: Path) -> Checkpoint:
    try:
        return read_checkpoint(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise NothingToVerify(f"{path} cannot be read. Name the checkpoint's file.") from error


def _verify_bundle(path: Path, against: Checkpoint | None, opening: Path | None) -> bool:
    bundle, good = open_bundle(path), True
    for finding in check_bundle(bundle, against):
        good = _say_finding(finding) and good
    if opening:
        good = _say_finding(_opened(bundle, opening)) and good
    click.echo("Nothing was changed." if good else "This bundle cannot be trusted.")
    return good


def _opened(bundle: Bundle, opening: Path) -> Finding:
    try:
        with opening.open("rb") as lines:
            return check_opening(bundle, lines)
    except OSError as error:
        raise NothingToVerify(f"{opening} cannot be read. Name the file that the auditor downloaded.") from error


def _verify_database(slug: str | None, against: Checkpoint | None) -> bool:
    from sqlalchemy.exc import DBAPIError

    from app import create_app
    from pbudget.ledger.further import further_findings
    from pbudget.ledger.queries import database_damage, rounds_with_a_ledger, verify_ledger

    with create_app().app_context():
        try:
            rounds = [(round_id, name) for round_id, name in rounds_with_a_ledger() if slug in (None, name)]
        except DBAPIError as error:
            raise NothingToVerify("The database has no ledger that can be read. Run `pbudget migrate`.") from error
        if not rounds and slug:
            raise NothingToVerify(f"No round called {slug} has a ledger, and there is no file or folder of that name.")
        if against and len(rounds) != 1:
            raise NothingToVerify("Name the round that the checkpoint is for: pbudget verify ROUND --against FILE.")
        damage = database_damage()
        if damage:
            click.echo(f"WRONG  the database file is damaged: {damage}")
        results = [_say(name, verify_ledger(round_id, against)) for round_id, name in rounds]
        results += [_say_finding(finding) for round_id, _ in rounds for finding in further_findings(round_id)]
    if not rounds:
        click.echo("No round has a ledger yet.")
    return all(results) and not damage


def _say_finding(finding: Finding) -> bool:
    click.echo(f"{'ok   ' if finding.ok else 'WRONG'}  {finding.text}")
    return finding.ok


def _say(name: str, found: Verification) -> bool:
    if found.ok:
        click.echo(
            f"ok     {name}: {say_size(found.size)}, fingerprint {fingerprint(found.head)}. Nothing was changed."
        )
    elif found.first_bad_seq is None:
        click.echo(f"WRONG  {name}: {found.reason}.")
    else:
        click.echo(f"WRONG  {name}: entry {found.first_bad_seq} cannot be trusted: {found.reason}.")
    return found.ok
