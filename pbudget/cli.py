"""The command line `pbudget`: a click group that imports a command only when it is asked for."""

import importlib
import sys
from typing import NamedTuple

import click

from pbudget.kit.errors import BadInput


class Command(NamedTuple):
    """Where a command lives and whether it needs the application (settings, database, rooms)."""

    target: str
    help: str
    needs_app: bool = False


COMMANDS = {
    "backup": Command("pbudget.backups.cli:backup", "Copy the database while people vote.", needs_app=True),
    "calculator": Command("pbudget.calculator.cli:calculator", "Load a budget, check a response.", needs_app=True),
    "count": Command("pbudget.tally.cli:count", "Count a Pabulib file and print the outcome with its reasons."),
    "demo": Command("pbudget.demo.cli:demo", "Fill an empty database with a made-up borough.", needs_app=True),
    "guard": Command("pbudget.guard.cli:guard", "Say whether one section of the community decided a past vote."),
    "keys": Command("pbudget.keys.cli:keys", "Put a round's keys back from an escrow copy.", needs_app=True),
    "migrate": Command("pbudget.web.cli:migrate", "Bring the database to this version's schema.", needs_app=True),
    "outbox": Command("pbudget.outbox.cli:outbox", "Say what e-mail waits and what could not be sent.", needs_app=True),
    "replay": Command("pbudget.replays.cli:replay", "Load past elections from Pabulib files.", needs_app=True),
    "restore": Command("pbudget.backups.cli:restore", "Put a backup in the place of the database."),
    "roll": Command("pbudget.roll.cli:roll", "Load who may vote, make codes and letters.", needs_app=True),
    "serve": Command("pbudget.web.cli:serve", "Serve the site with the bundled server.", needs_app=True),
    "staff": Command("pbudget.accounts.cli:staff", "Invite staff, list, stop, reset their accounts.", needs_app=True),
    "verify": Command("pbudget.ledger.cli:verify", "Check a ledger, or a result bundle, for any change."),
    "wards": Command("pbudget.wards.cli:wards", "Load ward boundaries, population figures, postcodes.", needs_app=True),
    "work": Command("pbudget.jobs.cli:work", "Send e-mail, carry out jobs, keep to the clock.", needs_app=True),
}


class LazyGroup(click.Group):
    """Looks a command up in COMMANDS and imports its module only then, so that `count` stays light."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command name, in text order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The click command itself, or None when there is no such name."""
        if cmd_name not in COMMANDS:
            return None
        if COMMANDS[cmd_name].needs_app:
            _enter_app(ctx)
        module, _, attribute = COMMANDS[cmd_name].target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


def _enter_app(ctx: click.Context) -> None:
    """Run the rest of the command inside the application: settings, database, rooms."""
    from app import create_app

    ctx.with_resource(create_app().app_context())


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pbudget")
def pbudget() -> None:
    """Participatory budgeting for a co-operative council."""


def main() -> None:
    """Run the command line; bad input ends with one line on standard error and exit status 2."""
    try:
        pbudget()
    except BadInput as error:
        click.echo(f"pbudget: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
