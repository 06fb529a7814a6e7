"""`pbudget work`."""

import os
import signal
import sys
import threading

import click
from flask import current_app

from pbudget.jobs.worker import Worker


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--until-stdin-closes", is_flag=True, hidden=True, help="End when whoever started this is gone.")
def work(once: bool, until_stdin_closes: bool) -> None:
    """Send e-mail, carry out jobs, sign checkpoints, close rounds: until Ctrl-C."""
    worker = Worker(current_app._get_current_object())  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stopping.set())
    if until_stdin_closes:
        threading.Thread(target=_stop_when_alone, args=(worker,), daemon=True).start()
    if once:
        worker.work_once()
    else:
        click.echo("pbudget works: e-mail, jobs, checkpoints, closing times  (Ctrl-C stops it)", file=sys.stderr)
        worker.work()


def _stop_when_alone(worker: Worker) -> None:
    """The pipe from the server ends when the server does, however it ends."""
    while os.read(0, 4096):
        pass
    worker.stopping.set()
