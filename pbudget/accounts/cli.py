"""`pbudget staff`: accounts of officers, councillors, stewards and auditors."""

import click

from pbudget.accounts import actions, queries
from pbudget.accounts.actions import OneTimeLink, say_link
from pbudget.kit.clock import say_moment
from pbudget.web.access import ROLES

EMAIL = click.argument("email")


@click.group()
def staff() -> None:
    """Staff accounts: invite, list, stop, start again."""


@staff.command()
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="Give it twice for two.")
@click.option("--ward", "wards", multiple=True, help="Ward code of a councillor, such as E05000416; can be repeated.")
@click.option("--name", default="", help="What screens call them; the part before the @ unless given.")
@EMAIL
def invite(email: str, roles: tuple[str, ...], wards: tuple[str, ...], name: str) -> None:
    """Make an account and print its one-time link. Pass it on by a way only that person reads."""
    _print_link(actions.invite_staff(email, roles, wards, label=name))


@staff.command("reset-totp")
@EMAIL
def reset_totp(email: str) -> None:
    """Lost phone or password: stop both, sign out everywhere, print a new link. Make sure who asks."""
    _print_link(actions.reset_staff(email))


@staff.command()
@EMAIL
def disable(email: str) -> None:
    """Stop an account at once; what it did stays in the audit log."""
    actions.disable_staff(email)
    click.echo(f"{actions.normal_email(email)} can no longer sign in and is signed out everywhere.")


@staff.command()
@EMAIL
def enable(email: str) -> None:
    """Start a stopped account again."""
    actions.enable_staff(email)
    click.echo(f"{actions.normal_email(email)} can sign in again, with the password and the phone they had.")


@staff.command("list")
def list_command() -> None:
    """Every account: state, roles, wards."""
    found = queries.accounts()
    if not found:
        click.echo("No accounts yet. Make one with: pbudget staff invite --role officer EMAIL")
    for each in found:
        where = f"  {', '.join(each.wards)}" if each.wards else ""
        test = "  (test account)" if each.is_demo else ""
        click.echo(f"{each.email:<40} {each.state:<9} {', '.join(each.roles)}{where}{test}")


def _print_link(link: OneTimeLink) -> None:
    click.echo(say_link(link))
    click.echo(f"It works once, until {say_moment(link.expires_at)}.", err=True)
