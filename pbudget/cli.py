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
    "count": Command("pbudget.tally.cli:count", "Count a Pabulib file and print the outcome with its reasons."),
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
        module, _, attribute = COMMANDS[cmd_name].target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, inside the application where it needs one."""
        name = (ctx._protected_args or [""])[0]
        if name in COMMANDS and COMMANDS[name].needs_app:
            from app import create_app

            ctx.with_resource(create_app().app_context())
        return super().invoke(ctx)


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
