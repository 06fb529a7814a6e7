"""What the worker does for the guard: the reports of a counted round, asked for as soon as it is counted."""

from collections.abc import Mapping
from typing import Any

from pbudget.calculator.queries import budget_by_slug
from pbudget.db import database_now, db, transaction
from pbudget.equality.queries import plan_of
from pbudget.equality.rules.consultations import guard_key_of_budget, of_budget
from pbudget.guard.queries import REPORT, budgets_without_report, rounds_to_look_at, rounds_without_report
from pbudget.jobs.actions import enqueue
from pbudget.jobs.progress import Progress
from pbudget.jobs.queries import jobs_of_round
from pbudget.keys.actions import destroy_keys
from pbudget.rounds.opening import keys_folder


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


def look_at_closed_budgets() -> None:
    """As soon as a budget has closed: who answered it; then nothing is left of what people said about themselves."""
    db.session.rollback()  # what was closed since is to be seen
    found = budgets_without_report()
    db.session.rollback()
    for budget in found:
        from pbudget.guard.budgets import report_on_budget  # brings numpy with it

        report_on_budget(budget)


def destroy_keys_of_budgets() -> None:
    """Destroy on this machine the keys to answers that are deleted; each machine's worker does it, again and again."""
    db.session.rollback()
    for key in sorted(keys_folder().glob(f"{guard_key_of_budget('*')}/guard.key")):
        budget = budget_by_slug(key.parent.name.removeprefix(guard_key_of_budget("")))
        if budget and plan_of(of_budget(budget.id)).are_destroyed:
            destroy_keys(keys_folder(), key.parent.name, ("guard",))


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
