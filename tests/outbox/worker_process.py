"""Delivers once, in a process that can be killed: `python -m tests.outbox.worker_process INSTANCE DATABASE PORT`."""

import sys
from pathlib import Path

from app import create_app
from pbudget.kit.smtp import MailServer
from pbudget.outbox.tasks import deliver_due_mail
from tests.conftest import make_settings

if __name__ == "__main__":
    instance, database_url, port = sys.argv[1:]
    server = MailServer("127.0.0.1", int(port), "none")
    with create_app(make_settings(Path(instance), database_url, mail_server=server)).app_context():
        deliver_due_mail()
