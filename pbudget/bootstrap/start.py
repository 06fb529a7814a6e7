"""The order of things: look first for what would stop a long set-up, then each step, then serve or test."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from pbudget.bootstrap.assets import make_assets
from pbudget.bootstrap.browser import make_browser
from pbudget.bootstrap.checks import run_checks
from pbudget.bootstrap.database import make_database, make_demo, refuse_while_voting
from pbudget.bootstrap.lock import one_set_up_at_a_time
from pbudget.bootstrap.options import Options, read_options
from pbudget.bootstrap.packages import install_packages, make_venv
from pbudget.bootstrap.places import Places
from pbudget.bootstrap.preflight import refuse_taken_port, refuse_unusable_folder
from pbudget.bootstrap.progress import Progress
from pbudget.bootstrap.stops import SetUpStopped
from pbudget.bootstrap.tools import Workshop
from pbudget.config import read_settings
from pbudget.kit.errors import PbudgetError

STOPPED_BY_HAND = 130
MEND = "Mend that, then run the same command again: it goes on from here."


def run(arguments: Sequence[str], places: Places | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Everything `python3 app.py` does; the exit status, unless it ends by becoming the server."""
    options, places = read_options(arguments), places or Places()
    try:
        return test(options, places, environ) if options.test else serve(options, places, environ)
    except (SetUpStopped, PbudgetError) as stop:
        sys.stderr.write(f"pbudget: {stop}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"pbudget: {error.filename or 'This machine'}: {error.strerror or error}. {MEND}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\npbudget: Stopped. Run the same command to go on from here.\n")
        return STOPPED_BY_HAND


def serve(options: Options, places: Places, environ: Mapping[str, str]) -> int:
    """Set up, then become the server: the same process, so that whoever started this can stop it."""
    if options.serve:
        refuse_taken_port(options.host, options.port)
    refuse_unusable_folder(places)
    settings = read_settings(environ)
    refuse_while_voting(places, settings.database_url)
    progress = Progress(5 if options.demo else 4)
    with one_set_up_at_a_time(places, progress) as lock:
        workshop = Workshop(places, progress, environ, [lock])
        set_up(workshop, for_tests=False)
        same = make_database(workshop, settings.database_url)
        if options.demo:
            make_demo(workshop, settings.instance, settings.database_url, options.reset_demo, same)
    if options.serve:
        become_server(options, places, environ)
    progress.say("Set up. Start it with: python3 app.py")
    return 0


def become_server(options: Options, places: Places, environ: Mapping[str, str]) -> NoReturn:
    """Hand this process over to `pbudget serve`, which prints the address."""
    command = [str(places.pbudget), "serve", "--host", options.host, "--port", str(options.port), "--with-worker"]
    os.execve(command[0], command, dict(environ))  # noqa: S606 - our own command, no shell


def test(options: Options, places: Places, environ: Mapping[str, str]) -> int:
    """Set up for tests, then run all of them; the exit status."""
    refuse_unusable_folder(places)
    progress = Progress(4)
    with one_set_up_at_a_time(places, progress) as lock:
        workshop = Workshop(places, progress, environ, [lock])
        set_up(workshop, for_tests=True)
        chromium = make_browser(workshop)
    return run_checks(places, environ, chromium, options.pytest_arguments)


def set_up(workshop: Workshop, for_tests: bool) -> None:
    """What serving and testing both need."""
    make_venv(workshop)
    install_packages(workshop, for_tests)
    make_assets(workshop)
