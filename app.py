"""pbudget: the table of contents.

`python3 app.py` sets everything up and serves; `python3 app.py test` sets everything up and tests.
"""

if __name__ == "__main__":
    from pbudget.bootstrap import main

    raise SystemExit(main())

from flask import Flask
from flask_wtf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers

import pbudget.accounts.routes
import pbudget.ballots.link_routes
import pbudget.ballots.question_routes
import pbudget.ballots.routes
import pbudget.ballots.tasks
import pbudget.calculator.question_routes
import pbudget.calculator.question_staff_routes
import pbudget.calculator.routes
import pbudget.calculator.screen_routes
import pbudget.calculator.staff_routes
import pbudget.calculator.tasks
import pbudget.desk.officer_acts
import pbudget.desk.routes
import pbudget.desk.tasks
import pbudget.exports.routes
import pbudget.guard.budget_routes
import pbudget.guard.bundled
import pbudget.guard.deciding
import pbudget.guard.holding
import pbudget.guard.intake
import pbudget.guard.outreach_routes
import pbudget.guard.routes
import pbudget.guard.staff_routes
import pbudget.guard.tasks
import pbudget.guard.turnout_routes
import pbudget.home.routes
import pbudget.hubs.routes
import pbudget.jobs.tasks
import pbudget.ledger.models
import pbudget.ledger.watch
import pbudget.outbox.tasks
import pbudget.proposals.public_routes
import pbudget.proposals.routes
import pbudget.publicity.routes
import pbudget.rehearsals.routes
import pbudget.results.officer_acts
import pbudget.results.routes
import pbudget.results.staff_routes
import pbudget.results.tasks
import pbudget.roll.routes
import pbudget.roll.tasks
import pbudget.rounds.approval_routes
import pbudget.rounds.checking
import pbudget.rounds.cluster_routes
import pbudget.rounds.officer_acts
import pbudget.rounds.reminder_routes
import pbudget.rounds.reminding
import pbudget.rounds.routes
import pbudget.rounds.staff_routes
import pbudget.rounds.tasks
import pbudget.rounds.young_people_routes
import pbudget.wards.routes
import pbudget.web.health
import pbudget.web.layout
from pbudget.accounts.setup import init_accounts
from pbudget.config import ROOT, Settings, read_settings
from pbudget.db import init_database
from pbudget.jobs.queries import trouble_of_duty
from pbudget.jobs.registry import Duty, Handler, init_jobs
from pbudget.jobs.rules import Daily, Every, OnTheClock
from pbudget.ledger.further import init_further_checks
from pbudget.ledger.protection import protect_ledger
from pbudget.results.further_files import init_further_files
from pbudget.results.obstacles import init_obstacles
from pbudget.rounds.acts import init_acts
from pbudget.web.access import refuse_undeclared_routes
from pbudget.web.arrivals import init_arrivals
from pbudget.web.errors import init_errors
from pbudget.web.headers import init_headers
from pbudget.web.health import init_readiness
from pbudget.web.layout import init_layout
from pbudget.web.logs import init_logs
from pbudget.web.server import init_proxies

ROOMS = (
    pbudget.web.health,
    pbudget.web.layout,
    pbudget.home.routes,
    pbudget.wards.routes,
    pbudget.hubs.routes,
    pbudget.publicity.routes,
    pbudget.accounts.routes,
    pbudget.roll.routes,
    pbudget.rounds.routes,
    pbudget.rounds.staff_routes,
    pbudget.rounds.cluster_routes,
    pbudget.rounds.approval_routes,
    pbudget.rounds.reminder_routes,
    pbudget.rounds.young_people_routes,
    pbudget.proposals.public_routes,
    pbudget.proposals.routes,
    pbudget.rehearsals.routes,
    pbudget.ballots.routes,
    pbudget.ballots.link_routes,
    pbudget.ballots.question_routes,
    pbudget.calculator.routes,
    pbudget.calculator.question_routes,
    pbudget.calculator.question_staff_routes,
    pbudget.calculator.staff_routes,
    pbudget.calculator.screen_routes,
    pbudget.desk.routes,
    pbudget.results.routes,
    pbudget.results.staff_routes,
    pbudget.guard.routes,
    pbudget.guard.budget_routes,
    pbudget.guard.staff_routes,
    pbudget.guard.outreach_routes,
    pbudget.guard.turnout_routes,
    pbudget.exports.routes,
)
ACTS = (
    *pbudget.rounds.officer_acts.ACTS,
    *pbudget.desk.officer_acts.ACTS,
    *pbudget.results.officer_acts.ACTS,
    *pbudget.guard.deciding.ACTS,
)
OBSTACLES_TO_PUBLICATION = (pbudget.guard.holding.why_held, pbudget.guard.holding.why_reports_are_awaited)
FURTHER_CHECKS = (pbudget.rounds.checking.check_codes,)
FURTHER_FILES = (pbudget.guard.bundled.reports_in_bundle,)
JOBS: dict[str, Handler] = {
    pbudget.roll.tasks.LOAD_ROLL: pbudget.roll.tasks.load_roll,
    pbudget.roll.tasks.MAKE_CODES: pbudget.roll.tasks.make_codes,
    pbudget.results.tasks.COUNT: pbudget.results.tasks.count_ballots,
    pbudget.results.tasks.RECOUNT: pbudget.results.tasks.recount_ballots,
    pbudget.guard.queries.REPORT: pbudget.guard.tasks.make_reports,
}
LEDGER_CHECK = "check of the ledgers"
DUTIES = (
    Duty("e-mail", Every(2), pbudget.outbox.tasks.deliver_due_mail),
    Duty("old e-mail", Every(3600), pbudget.outbox.tasks.clear_away),
    Duty("plain codes and uploads", Every(600), pbudget.roll.tasks.clear_away, per_machine=True),
    Duty("unfinished ballots", Every(60), pbudget.ballots.tasks.clear_away),
    Duty("budgets to balance", Every(5), pbudget.calculator.tasks.close_budgets),
    Duty("unfinished budgets", Every(600), pbudget.calculator.tasks.clear_away),
    Duty("requests and permits that ran out", Every(600), pbudget.desk.tasks.clear_away),
    Duty("reminders", Every(20), pbudget.rounds.reminding.send_due_reminders),
    Duty("closing", Every(5), pbudget.rounds.tasks.close_rounds),
    Duty("guard keys of certified rounds", Every(20), pbudget.guard.deciding.destroy_guard_keys, per_machine=True),
    Duty("who is missing so far", Daily(5), pbudget.guard.tasks.look_at_open_rounds),
    Duty("who took part when voting stopped", Every(20), pbudget.guard.tasks.look_at_closed_rounds),
    Duty("intake counters", OnTheClock(300), pbudget.guard.intake.count_intake),
    Duty("old intake counters", Every(3600), pbudget.guard.intake.clear_away),
    Duty("results held long enough", Daily(9), pbudget.guard.holding.end_holds),
    Duty("guard reports", Every(20), pbudget.guard.tasks.ask_for_reports),
    Duty("who answered closed budgets", Every(20), pbudget.guard.tasks.look_at_closed_budgets),
    Duty("guard keys of closed budgets", Every(20), pbudget.guard.tasks.destroy_keys_of_budgets, per_machine=True),
    Duty("keys of sealed rounds", Every(20), pbudget.results.tasks.destroy_keys, per_machine=True),
    Duty("rolls of sealed rounds", Every(20), pbudget.results.tasks.delete_rolls),
    Duty(LEDGER_CHECK, Every(3600), pbudget.ledger.watch.check_ledgers),
    Duty("daily checkpoint", Daily(6), pbudget.rounds.tasks.sign_checkpoints),
    Duty("old jobs", Daily(3), pbudget.jobs.tasks.clear_away),
)
LARGEST_REQUEST = 64 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The application: settings, database, headers, errors and every room, or no start at all."""
    settings = settings or read_settings()
    app = Flask("pbudget", root_path=str(ROOT))
    app.config.from_mapping(flask_config(settings))
    app.extensions["settings"] = settings
    init_logs(app, settings)
    init_database(app)
    protect_ledger(app)
    init_jobs(app, JOBS, DUTIES)
    init_acts(app, ACTS)
    init_further_checks(app, FURTHER_CHECKS)
    init_obstacles(app, OBSTACLES_TO_PUBLICATION)
    init_further_files(app, FURTHER_FILES)
    init_readiness(app, refuse=(pbudget.ledger.watch.rollback_problem,), say=(ledger_trouble,))
    init_proxies(app, settings)
    init_layout(app, settings)
    CSRFProtect(app)
    WTFormsHelpers(app)
    init_headers(app, settings)
    init_errors(app)
    init_arrivals(app)
    init_accounts(app, settings)
    for room in ROOMS:
        app.register_blueprint(room.pages)
    refuse_undeclared_routes(app)
    return app


def ledger_trouble() -> str:
    """What the last check of the ledgers found, for the readiness page; officers read it on theirs."""
    return trouble_of_duty(LEDGER_CHECK)


def flask_config(settings: Settings) -> dict[str, object]:
    """Our settings in the words of Flask and its extensions."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "SESSION_COOKIE_NAME": "__Host-pbudget" if settings.https else "pbudget",
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,  # every address of a static file carries its fingerprint
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a ballot may lie for two hours
        "TESTING": settings.testing,
        "PROPAGATE_EXCEPTIONS": False,
    }
