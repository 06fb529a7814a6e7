"""What the database holds: nothing, a demonstration, or something that is not ours to touch."""

from collections.abc import Collection

from sqlalchemy import Exists, Table, exists, inspect, select

from pbudget.db import db

OF_THE_WORKER = frozenset({"duty", "worker", "audit_entry"})
"""Tables that fill by themselves while people and a worker are at work: their rows say nothing about whose data this
is."""


def has_schema() -> bool:
    """Whether the migrations have run."""
    return inspect(db.engine).has_table("borough")


def is_empty() -> bool:
    """Whether no table has a row."""
    return not any(_has_rows(table) for table in db.metadata.sorted_tables if table.name not in OF_THE_WORKER)


def holds_only_demo(boroughs: Collection[str]) -> bool:
    """Whether everything there belongs to a demonstration: rolls, codes, ballots and the rest hang on its rounds.

    `boroughs` are the slugs of real boroughs that a demonstration loaded; made-up ones and rounds say so themselves.
    """
    borough, round_, staff = (db.metadata.tables[name] for name in ("borough", "round", "staff"))
    budget = db.metadata.tables["budget_year"]
    real = [
        select(borough.c.id).where(~borough.c.is_demo, borough.c.slug.not_in(boroughs)),
        select(round_.c.id).where(~round_.c.is_demo),
        select(staff.c.id).where(~staff.c.is_demo),
        select(budget.c.id).where(~budget.c.is_demo),
    ]
    return not any(_any(each.exists()) for each in real)


def _has_rows(table: Table) -> bool:
    return _any(exists().select_from(table))


def _any(condition: Exists) -> bool:
    return bool(db.session.scalar(select(condition)))
