"""Queues reminders and delivers them, in a process that can be killed: INSTANCE MOMENT DATABASE PORT."""

import sys
from datetime import datetime
from pathlib import Path

from app import create_app
from pbudget.kit.clock import FixedClock
from pbudget.kit.smtp import MailServer
from pbudget.outbox.tasks import deliver_due_mail
from pbudget.rounds import reminding
from pbudget.rounds.reminding import send_due_reminders
from tests.conftest import make_settings

if __name__ == "__main__":
    instance, moment, database_url, port = sys.argv[1:]
    app = create_app(
        make_settings(Path(instance), database_url, mail_server=MailServer("127.0.0.1", int(port), "none"))
    )
    reminding.PORTION = 25
    app.extensions["clock"] = FixedClock(datetime.fromisoformat(moment))
    with app.app_context():
        busy = True
        while busy:
            queued, sent = send_due_reminders(), deliver_due_mail()
            busy = queued or sent
