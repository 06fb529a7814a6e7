"""Setting a round up, a task at a time. Each save is one transaction with its line in the audit log.

Nothing here can touch a round that has opened: what was settled with it is settled.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.db import transaction
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import BadInput
from pbudget.kit.slugs import slug
from pbudget.rounds.models import Pot, Round
from pbudget.rounds.opening import held_in_set_up
from pbudget.rounds.rules.counting import rule_as_json
from pbudget.tally.rules.rule import Rule

NOT_FOR_ROUNDS = frozenset({"new", "unnamed"})
"""Addresses that a round cannot have: one is a page, the other says nothing."""
NOT_FOR_POTS = frozenset(
    {"check-reference", "declaration", "privacy-for-young-people", "result", "vote", "your-answers"}
)
"""Addresses under a round that are its own pages."""


class NameTaken(BadInput):
    """Another round, or another pot of this round, has the same name; the message says which to change."""


class WardTaken(BadInput):
    """A ward to be looked at with others is looked at with yet others; the officer looks at the list again."""


@dataclass(frozen=True)
class BallotLimits:
    """What the ballots of a pot look like."""

    ballot_type: str
    most_choices: int | None
    most_points: int | None


def create_round(name: str, place: str, actor: str, *, is_demo: bool = False) -> str:
    """The slug of a new round, which is its address from now on. Raises NameTaken."""
    address = slug(name)
    if address in NOT_FOR_ROUNDS:
        raise NameTaken("The web address is made from the name, so it needs more in it. Add the year or the season")
    try:
        with transaction() as session:
            session.add(
                Round(slug=address, name=name, place=place, phase="set-up", is_demo=is_demo, saved_tasks=["name"])
            )
            session.flush()
            record(session, actor, "round created", address)
    except IntegrityError as error:
        raise NameTaken("There is a round with this name already. Add the year or the season to the name") from error
    return address


@contextmanager
def saving(round_id: int, task: str, actor: str) -> Iterator[tuple[Session, Round]]:
    """The row of a round being set up, held; the task counts as saved and the audit log says so."""
    with transaction() as session:
        row = held_in_set_up(session, round_id)
        yield session, row
        row.saved_tasks = sorted({*(row.saved_tasks or []), task})
        session.flush()
        record(session, actor, "round set up", row.slug, task=task)


def save_columns(round_id: int, task: str, columns: Mapping[str, Any], actor: str) -> None:
    """Save the answers of a task that stand in columns of the round."""
    with saving(round_id, task, actor) as (_, row):
        for name, value in columns.items():
            setattr(row, name, value)


def save_dates(
    round_id: int,
    opens_at: datetime,
    closes_at: datetime,
    actor: str,
    *,
    reminder_days: int | None = None,
    extension_days: int | None = None,
) -> None:
    """Save when voting opens and closes (UTC), the days in London they fall on, the reminder, and any extension."""
    days = {"opens_on": opens_at.astimezone(LONDON).date(), "closes_on": closes_at.astimezone(LONDON).date()}
    moments = {"opens_at": opens_at, "closes_at": closes_at}
    further = {"reminder_days": reminder_days, "extension_days": extension_days}
    save_columns(round_id, "dates", {**moments, **days, **further}, actor)


def add_pots(round_id: int, names: Mapping[int | None, str], amount: int, actor: str) -> int:
    """Add a pot of this amount for each ward id (None: the whole area), under these names; how many.

    A ward that has a pot in this round gets no second one.
    """
    with saving(round_id, "pots", actor) as (session, row):
        there, taken = {pot.ward_id for pot in row.pots}, {pot.slug for pot in row.pots}
        position = max((pot.position for pot in row.pots), default=-1) + 1
        alike = _as_the_others(row)
        added = {ward_id: name for ward_id, name in names.items() if ward_id not in there}
        for place, (ward_id, name) in enumerate(added.items(), start=position):
            address = _free_slug(name, taken)
            taken.add(address)
            session.add(
                Pot(round_id=row.id, ward_id=ward_id, slug=address, name=name, position=place, amount=amount, **alike)
            )
    return len(added)


def _as_the_others(row: Round) -> dict[str, Any]:
    """Ballots and rule of a new pot: those of the pots that are there, so that one choice covers all."""
    if not row.pots:
        return {"ballot_type": "approval", "rule": rule_as_json(Rule())}
    return {name: getattr(row.pots[0], name) for name in ("ballot_type", "most_choices", "most_points", "rule")}


def _free_slug(name: str, taken: set[str]) -> str:
    base, taken = slug(name), taken | NOT_FOR_POTS
    number = next(number for number in range(1, len(taken) + 2) if _numbered(base, number) not in taken)
    return _numbered(base, number)


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"


def change_pot(round_id: int, pot_id: int, name: str, amount: int, actor: str) -> None:
    """Give a pot another name or amount; its address stays. Raises NameTaken."""
    with saving(round_id, "pots", actor) as (session, row):
        same = select(func.count()).where(Pot.round_id == row.id, Pot.name == name, Pot.id != pot_id)
        if session.scalar(same):
            raise NameTaken("Another pot of this round has this name. Choose a name of its own")
        pot = next(pot for pot in row.pots if pot.id == pot_id)
        pot.name, pot.amount = name, amount


def remove_pot(round_id: int, pot_id: int, actor: str) -> None:
    """Remove a pot with its proposals."""
    with saving(round_id, "pots", actor) as (session, row):
        session.execute(delete(Pot).where(Pot.round_id == row.id, Pot.id == pot_id))


def save_ballots(round_id: int, limits: Mapping[int, BallotLimits], actor: str) -> None:
    """Save what the ballots of each pot (by id) look like."""
    with saving(round_id, "ballot", actor) as (_, row):
        for pot in row.pots:
            for name, value in asdict(limits[pot.id]).items():
                setattr(pot, name, value)


def save_rules(round_id: int, rules: Mapping[int, Rule], unawarded: str, actor: str) -> None:
    """Save what each pot (by id) is counted by, and what happens to money no project gets."""
    with saving(round_id, "rule", actor) as (_, row):
        for pot in row.pots:
            pot.rule = rule_as_json(rules[pot.id])
        row.unawarded = unawarded


def save_cluster(round_id: int, before: str, name: str, slugs: Sequence[str], actor: str) -> None:
    """Look at the wards of these pots together under this name, in place of what was there under the name `before`.

    A ward is in one cluster at most. Raises NameTaken, WardTaken.
    """
    with saving(round_id, "pots", actor) as (_, row):
        others = {pot.cluster for pot in row.pots if pot.cluster not in ("", before)}
        if slug(name) == "unnamed":
            raise NameTaken("The web address is made from the name, so it needs letters or digits in it")
        if slug(name) in {slug(each) for each in others}:
            raise NameTaken("Other wards are together under this name. Choose a name of its own")
        free = {pot.slug for pot in row.pots if pot.ward_id is not None and pot.cluster in ("", before)}
        if not set(slugs) <= free:
            raise WardTaken("A ward you chose was joined to others, or removed, meanwhile. Look again")
        for pot in row.pots:
            if pot.slug in free:
                pot.cluster = name if pot.slug in slugs else ""


def remove_cluster(round_id: int, name: str, actor: str) -> None:
    """Look at the wards of this cluster by themselves again."""
    with saving(round_id, "pots", actor) as (_, row):
        for pot in row.pots:
            if pot.cluster == name:
                pot.cluster = ""
