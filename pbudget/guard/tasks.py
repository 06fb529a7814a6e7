"""What the worker does for the guard: the reports of a counted round, asked for as soon as it is counted."""

from collections.abc import Mapping
from typing import Any

from pbudget.db import database_now, db, transaction
from pbudget.guard.queries import REPORT, rounds_to_look_at, rounds_without_report
from pbudget.jobs.actions import enqueue
from pbudget.jobs.progress import Progress
from pbudget.jobs.queries import jobs_of_round


def make_reports(payload: Mapping[str, Any], progress: Progress) -> None:
    """Make the report of every contest of a round; what keeps it from being made is the job's message."""
    from pbudget.guard.live import report_round  # brings numpy with it, which no other work needs

    for done, total in report_round(payload["round"]):
        progress(done, total)


def ask_for_reports() -> None:
    """Queue the reports of every round that was counted and has none; one that failed is not tried again by itself."""
    db.session.rollback()  # what was counted since is to be seen
    for round_id in rounds_without_report():
        if not any(job.kind == REPORT for job in jobs_of_round(round_id)):
            with transaction() as session:
                enqueue(session, REPORT, {"round": round_id}, round_id)


def look_at_open_rounds() -> None:
    """Once a week: who is missing so far in each open round, for the officers' outreach."""
    from pbudget.guard.outreach import take_weekly_snapshots  # brings numpy with it

    take_weekly_snapshots()


def look_at_closed_rounds() -> None:
    """As soon as voting has stopped: who took part, for the officers, before anything is counted."""
    db.session.rollback()
    found = rounds_to_look_at(database_now(db.session()))
    db.session.rollback()
    for round_ in found:
        from pbudget.guard.outreach import look_at_the_close  # brings numpy with it

        look_at_the_close(round_)
