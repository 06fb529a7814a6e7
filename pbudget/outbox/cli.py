"""`pbudget outbox`."""

import click

from pbudget.db import transaction
from pbudget.outbox.actions import send_again
from pbudget.outbox.queries import message_counts, troubled_messages


@click.command()
@click.option("--again", type=int, metavar="NUMBER", help="Put this message back into the queue.")
def outbox(again: int | None) -> None:
    """Say what waits to be sent and what could not be: numbers and reasons, no addresses."""
    if again is not None:
        with transaction() as session:
            send_again(session, again)
    counts = message_counts()
    click.echo(
        "  ".join(f"{state}: {counts.get(state, 0)}" for state in ("queued", "sending", "sent", "failed", "unsure"))
    )
    for message in troubled_messages():
        tries = f"tried {message.attempts} times" if message.attempts != 1 else "tried once"
        click.echo(f"{message.id}  {message.state}, {tries}: {message.problem}")
