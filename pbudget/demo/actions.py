"""Filling a database with a demonstration, through the actions of the rooms: all of it or nothing.

Everything is read and counted first, then written in one transaction that ends with the label on every screen. Only
the postcodes come after it; if the process is killed before them, `complete_ashmere` adds them at the next start.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pbudget import schema
from pbudget.accounts.actions import make_demo_accounts
from pbudget.audit.actions import SYSTEM
from pbudget.config import Settings
from pbudget.db import transaction
from pbudget.demo.ashmere.editions import BOROUGH_WIDE, COMING, FIRST, SECOND, CostedIdea, borough_ideas, ward_ideas
from pbudget.demo.ashmere.files import past_files
from pbudget.demo.ashmere.residents import baseline_csv, postcodes_csv
from pbudget.demo.ashmere.shapes import geojson
from pbudget.demo.ashmere.wards import BOROUGH, HELP_HOURS, HELP_PHONE, HUBS, PLACE, WARDS, cluster_of
from pbudget.demo.budget import KEYS
from pbudget.demo.label import (
    ASHMERE_NOTICE,
    REAL_NOTICE,
    is_labelled,
    label_put_back_on_error,
    labelled_boroughs,
    put_label,
)
from pbudget.demo.queries import has_schema, holds_only_demo, is_empty
from pbudget.demo.real import RealBorough, RealData
from pbudget.demo.voting import SLUG
from pbudget.guard.queries import headlines_of
from pbudget.hubs.actions import HubGiven, save_help_line, save_hub
from pbudget.kit.clock import Clock
from pbudget.kit.errors import BadInput
from pbudget.kit.slugs import slug
from pbudget.proposals.actions import add_projects
from pbudget.replays.actions import Counted, count_content, count_file, store
from pbudget.rounds.actions import put_round, replace_pot
from pbudget.rounds.queries import round_by_slug
from pbudget.rounds.rules.counting import rule_as_json
from pbudget.tally.election import Project
from pbudget.tally.rules.rule import rule_in_file
from pbudget.wards.actions import import_boundaries, import_postcodes, load_baseline
from pbudget.wards.queries import borough, has_postcodes, ward
from pbudget.wards.rules.baselines import read_baseline
from pbudget.wards.rules.boundaries import read_boundaries
from pbudget.wards.rules.names import DEMO_SOURCE

PENCE = 100


class DatabaseNotEmpty(BadInput):
    """There is something in the database already; the message says what to do. Nothing was changed."""


class SchemaMissing(BadInput):
    """The migrations have not run; the message says how to run them."""


@dataclass(frozen=True)
class Filled:
    """What a demonstration holds."""

    boroughs: int
    wards: int
    contests: int
    ballots: int


def refuse_unless_room(instance: Path, *, reset: bool) -> None:
    """Raise DatabaseNotEmpty unless the database is empty, or holds only a demonstration that is to be replaced."""
    if not has_schema():
        raise SchemaMissing("The database has no tables yet. Run pbudget migrate, then pbudget demo.")
    if is_empty() or (reset and holds_only_demo(labelled_boroughs(instance))):
        return
    if holds_only_demo(labelled_boroughs(instance)):
        raise DatabaseNotEmpty("The database already holds a demo. Use --reset to empty it and fill it again.")
    raise DatabaseNotEmpty(
        "The database holds more than a demo, and a demo never mixes with it. "
        "Set PBUDGET_INSTANCE (or DATABASE_URL) to an empty place and run pbudget migrate there first."
    )


def fill_with_ashmere(
    instance: Path, clock: Clock, *, reset: bool = False, on_step: Callable[[str], None] = lambda _: None
) -> Filled:
    """Fill an empty database with the made-up borough; with `reset`, in place of an earlier demonstration."""
    refuse_unless_room(instance, reset=reset)
    counted = [count_content(content, name) for name, content in past_files().items()]
    on_step("counted")
    with _filling(instance, reset=reset) as session:
        _write_wards(clock)
        _write_help()
        store(counted, is_demo=True)
        on_step("stored")
        _write_coming_round(session)
        put_label(instance, ASHMERE_NOTICE, [slug(BOROUGH)])
        on_step("labelled")
    on_step("committed")
    complete_ashmere(instance)
    return Filled(1, len(WARDS), len(counted), _ballots(counted))


@contextmanager
def _filling(instance: Path, *, reset: bool) -> Iterator[Session]:
    """A transaction on an empty database, or none at all; on any error the label is as it was before.

    With `reset` an earlier demonstration is cleared away first: its ledger cannot be emptied, so every table is made
    anew. A reset cut short after that leaves an empty site, which the next start fills.
    """
    if reset and not is_empty():
        clear_away(instance)
    try:
        with label_put_back_on_error(instance), transaction() as session:
            refuse_unless_room(instance, reset=False)
            yield session
    except IntegrityError as error:
        raise DatabaseNotEmpty(
            "Another process filled the database at the same moment. Look at what it did."
        ) from error


def clear_away(instance: Path) -> None:
    """Remove a demonstration: its label, the keys of its round and budgets, every table."""
    settings: Settings = current_app.extensions["settings"]
    put_label(instance, "", [])
    for name in (SLUG, *KEYS):
        rmtree(settings.keys_folder / name, ignore_errors=True)
    schema.remake()


def complete_ashmere(instance: Path) -> bool:
    """Add what is missing from an Ashmere whose making was cut short, or that this machine has not labelled yet.

    Whether there is an Ashmere at all.
    """
    found = borough(slug(BOROUGH))
    if found is None or not found.is_demo:
        return False
    if not is_labelled(instance):
        put_label(instance, ASHMERE_NOTICE, [found.slug])
    with transaction() as session:
        make_demo_accounts(session, WARDS[0].code)
    if not has_postcodes():
        with TemporaryDirectory(prefix="pbudget-demo-") as folder:
            directory = Path(folder) / f"{DEMO_SOURCE}.csv"
            directory.write_bytes(postcodes_csv())
            import_postcodes(directory)
    _report_past_rounds()
    return True


def _report_past_rounds() -> None:
    """What the guard has to say of the rounds that Ashmere has behind it."""
    from pbudget.guard.reporting import report_past_round  # brings numpy with it, which a second start does not need

    for edition in (FIRST, SECOND):
        past = round_by_slug(slug(edition.name))
        if past and not headlines_of(past.id):
            report_past_round(past.id)


def _write_wards(clock: Clock) -> None:
    import_boundaries(read_boundaries(geojson(), demo=True), BOROUGH, source=DEMO_SOURCE, demo=True)
    load_baseline(read_baseline(baseline_csv(), demo=True), clock, name=BOROUGH, demo=True)


def _write_help() -> None:
    """The phone line and three hubs, so that every page of the demonstration ends as a real one does."""
    save_help_line(HELP_PHONE, HELP_HOURS, SYSTEM)
    for name, address, hours, access, code in HUBS:
        found = ward(code)
        assert found is not None
        save_hub(None, HubGiven(name, address, hours, access, found.id), SYSTEM)


def _write_coming_round(session: Session) -> None:
    """The round that is being prepared: a pot for each ward and one for all of them."""
    round_id = put_round(
        session,
        slug(COMING.name),
        name=COMING.name,
        place=PLACE,
        phase="set-up",
        opens_on=COMING.opens_on,
        closes_on=COMING.closes_on,
        is_demo=True,
    )
    for each in WARDS:
        found = ward(each.code)
        ward_id = found.id if found else None
        ideas, joined = ward_ideas(each, COMING), cluster_of(each.code)
        _write_pot(session, round_id, each.name, COMING.ward_pot, ideas, ward_id, joined)
    _write_pot(session, round_id, BOROUGH_WIDE, COMING.borough_pot, borough_ideas(COMING), None)


def _write_pot(
    session: Session,
    round_id: int,
    name: str,
    pounds: int,
    ideas: Sequence[CostedIdea],
    ward_id: int | None,
    cluster: str = "",
) -> None:
    pot_id = replace_pot(
        session,
        round_id,
        slug(name),
        name=name,
        amount=pounds * PENCE,
        ballot_type="approval",
        rule=rule_as_json(rule_in_file({"rule": COMING.rule})),
        ward_id=ward_id,
        cluster=cluster,
    )
    described = [
        Project(idea.reference, idea.cost * PENCE, idea.title, idea.category, {"description": idea.description})
        for idea in ideas
    ]
    add_projects(session, pot_id, described)


def fill_with_real_data(
    instance: Path,
    clock: Clock,
    data: RealData,
    *,
    reset: bool = False,
    on_counted: Callable[[Path], None] = lambda _: None,
) -> Filled:
    """Fill an empty database with real wards, residents and elections; with `reset`, in place of a demonstration."""
    refuse_unless_room(instance, reset=reset)
    counted = []
    for file in data.elections:
        counted.append(count_file(file))
        on_counted(file)
    with _filling(instance, reset=reset) as session:
        slugs = [_write_borough(each, clock) for each in data.boroughs]
        store(counted, is_demo=True)
        put_label(instance, REAL_NOTICE, slugs)
        make_demo_accounts(session, min((code for each in data.boroughs for code in each.codes), default=""))
    return Filled(len(data.boroughs), sum(len(each.codes) for each in data.boroughs), len(counted), _ballots(counted))


def _write_borough(real: RealBorough, clock: Clock) -> str:
    """Write one borough; its slug."""
    found = ""
    if real.boundaries:
        found = import_boundaries(real.boundaries, real.name).slug
    for report in real.baselines:
        found = load_baseline(report, clock, name=real.name).slug
    return found


def _ballots(counted: Sequence[Counted]) -> int:
    return sum(each.election.ballots for each in counted)
