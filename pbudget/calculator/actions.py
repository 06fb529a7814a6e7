"""What officers do with a budget year: load, change words, open, close, copy. Answering is in answering.py."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pbudget.audit.actions import SYSTEM, record
from pbudget.calculator.asking import choose_questions, make_key_for_answers
from pbudget.calculator.models import BudgetVersion, BudgetYear
from pbudget.calculator.queries import CLOSES_AT, BudgetView, budget_by_slug
from pbudget.calculator.rules.answers import LONGEST_REASON, usable_words
from pbudget.calculator.rules.budget import Budget, budget_as_json
from pbudget.calculator.rules.screens import PLACES, Screen
from pbudget.calculator.rules.standing import CLOSED, OPEN, SET_UP, only_words_differ, parts_not_signed_off
from pbudget.db import database_now, transaction
from pbudget.equality.actions import take_no_more_answers
from pbudget.equality.rules.consultations import of_budget
from pbudget.kit.clock import LONDON, say_moment
from pbudget.kit.errors import BadInput
from pbudget.kit.slugs import slug

SHOWN = 3


class FiguresSettled(BadInput):
    """Residents are answering, so figures, limits and steps stay as they are; words can still be corrected."""


class BudgetClosed(BadInput):
    """The budget has closed: nothing of it changes any more."""


class NotReadyToOpen(BadInput):
    """Something keeps the budget from opening; the message says what."""


class NoSuchBudget(BadInput):
    """There is no budget of that name; the message says which there are."""


def load_budget(budget: Budget, actor: str = SYSTEM, *, note: str = "", is_demo: bool = False) -> str:
    """Keep a budget as a new year, or as the next version of the year with its title; its name in addresses.

    The same budget once more changes nothing. Raises FiguresSettled and BudgetClosed.
    """
    name = slug(budget.title)
    with transaction() as session:
        there = budget_by_slug(name, session, to_change=True)
        if there is None:
            number = _new_year(session, name, budget, is_demo=is_demo)
            _keep_version(session, number, 1, budget, actor, note)
            record(session, actor, "budget loaded", name, version=1, lines=len(budget.lines))
        elif there.content != (budget := _with_its_times(there, budget)):
            _next_version(session, there, budget, actor, note)
    return name


def _new_year(session: Session, name: str, budget: Budget, *, is_demo: bool) -> int:
    row = BudgetYear(slug=name, title=budget.title, closes_at=closing_moment(budget), is_demo=is_demo)
    session.add(row)
    session.flush()
    return row.id


def _with_its_times(there: BudgetView, budget: Budget) -> Budget:
    """A file changes when a budget opens and closes only before it has opened; later an officer does, with a reason."""
    return (
        budget if there.standing == SET_UP else replace(budget, opens=there.content.opens, closes=there.content.closes)
    )


def _next_version(session: Session, there: BudgetView, budget: Budget, actor: str, note: str) -> None:
    if there.standing == CLOSED:
        raise BudgetClosed("This budget has closed, so nothing of it can change. Load the file under another title.")
    if there.standing == OPEN and not only_words_differ(there.content, budget):
        raise FiguresSettled(
            "Residents are answering, so figures, limits, lines and steps cannot change. Words can be corrected."
        )
    number = there.version + 1
    _keep_version(session, there.id, number, budget, actor, note)
    values = {"version": number, "title": budget.title}
    if there.standing == SET_UP:
        values["closes_at"] = closing_moment(budget)
    session.execute(update(BudgetYear).where(BudgetYear.id == there.id).values(**values))
    record(session, actor, "budget changed", there.slug, version=number)


def _keep_version(session: Session, budget_id: int, number: int, budget: Budget, actor: str, note: str) -> None:
    content = json.dumps(budget_as_json(budget), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    session.execute(
        insert(BudgetVersion).values(
            budget_id=budget_id,
            number=number,
            content=content,
            fingerprint=hashlib.sha256(content.encode("utf-8")).hexdigest(),
            made_at=database_now(session),
            made_by=actor,
            note=note,
        )
    )


def closing_moment(budget: Budget) -> datetime | None:
    """When it closes, in UTC; the file says it in London time."""
    return _in_utc(budget.closes) if budget.closes else None


def _in_utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=LONDON).astimezone(UTC)


def change_words(name: str, budget: Budget, version: int, actor: str, note: str) -> None:
    """Keep the next version, made from `version`. Raises BadInput where somebody else made one meanwhile."""
    with transaction() as session:
        there = held_budget(session, name)
        _refuse_other_version(there, version)
        if there.content != budget:
            _next_version(session, there, budget, actor, note)


def _refuse_other_version(there: BudgetView, version: int) -> None:
    if there.version != version:
        raise BadInput("Somebody else changed this budget a moment ago. Look at it again, then change it")


def change_closing_time(name: str, closes: str, version: int, reason: str, actor: str) -> None:
    """Another closing time for a budget that is open, which residents read together with the reason.

    `closes` as 2027-03-14T17:00 in London. Raises BudgetClosed and BadInput.
    """
    why = usable_words(reason, LONGEST_REASON)
    with transaction() as session:
        there = held_budget(session, name)
        _refuse_other_version(there, version)
        if there.standing != OPEN or there.closes_at is None:
            raise BudgetClosed("This budget is not open, so its closing time stays as it is")
        moment = _in_utc(closes)
        if moment <= there.read_at:
            raise BadInput("Enter a time that is still to come. To end it now, go back and press “Close it now”")
        if moment == there.closes_at:
            raise BadInput("It closes then already. Enter another time")
        if not why:
            raise BadInput("Say why. Residents read it")
        before, after = say_moment(there.closes_at), say_moment(moment)
        note = f"{CLOSES_AT} {after} instead of {before}. Why: {why}"
        _next_version(session, there, replace(there.content, closes=closes), actor, note)
        session.execute(update(BudgetYear).where(BudgetYear.id == there.id).values(closes_at=moment))
        record(session, actor, "budget closing time changed", name, before=before, after=after, why=why)


def ask_after_budget(name: str, questions: Sequence[str], own: tuple[str, str], actor: str) -> None:
    """Settle what people may be asked about themselves once they sent it: names of standard questions, and one of the
    council's own (its title, and its answers in lines). Raises FiguresSettled once it has opened, and BadInput.
    """
    with transaction() as session:
        there = held_budget(session, name)
        if there.standing != SET_UP:
            raise FiguresSettled("The budget has opened, so the questions stay as they are.")
        choose_questions(session, there, questions, own, actor)


def problems_to_open(budget: BudgetView, now: datetime) -> list[str]:
    """What keeps a budget from opening, each with what to do."""
    found = []
    if budget.closes_at is None:
        found.append("It is not settled when it closes. Settle it under “When it closes”")
    elif budget.closes_at <= now:
        found.append("The closing time has passed. Change it in the file and load it again")
    opens = budget.content.opens
    if opens and now < _in_utc(opens):
        found.append(f"Its file says that it opens on {opens.replace('T', ' at ')}. Wait, or change it in the file")
    waiting = parts_not_signed_off(budget.content)
    if waiting:
        names = ", ".join(waiting[:SHOWN]) + (f" and {len(waiting) - SHOWN} more" if len(waiting) > SHOWN else "")
        found.append(f"Nobody has signed off the words of {names}")
    return found


def open_budget(name: str, actor: str) -> None:
    """Let residents answer until it closes. Raises NotReadyToOpen; repeating it does no harm."""
    with transaction() as session:
        there = held_budget(session, name)
        now = database_now(session)
        if there.standing == OPEN:
            return
        if there.standing == CLOSED:
            raise BudgetClosed("This budget has closed. Load it under another title to ask again.")
        problems = problems_to_open(there, now)
        if problems:
            raise NotReadyToOpen(f"{problems[0]}.")
        make_key_for_answers(session, there)
        session.execute(update(BudgetYear).where(BudgetYear.id == there.id).values(phase=OPEN, opened_at=now))
        record(session, actor, "budget opened", name, version=there.version)


def close_budget(name: str, actor: str) -> None:
    """End it now: no answer comes in or changes after this. Repeating it does no harm."""
    with transaction() as session:
        there = held_budget(session, name)
        if there.phase != OPEN:
            return
        _close(session, there, actor)


def close_budgets_that_are_over() -> int:
    """Close every budget whose time has come; how many."""
    with transaction() as session:
        now = database_now(session)
        over = select(BudgetYear.slug).where(BudgetYear.phase == OPEN, BudgetYear.closes_at <= now)
        names = session.scalars(over).all()
        for name in names:
            _close(session, held_budget(session, name), SYSTEM)
    return len(names)


def set_up_screen(name: str, place: str, actor: str) -> Screen:
    """A screen for residents at a hub or a road show, recorded. Raises BadInput: not open, or no such place."""
    if place not in PLACES:
        raise BadInput("Choose where this screen stands")
    with transaction() as session:
        there = budget_by_slug(name, session)
        if there is None or there.standing != OPEN:
            raise BadInput("Choose a budget that is open")
        record(session, actor, "budget screen set up", there.slug, channel=place)
    return Screen(there.slug, place, there.read_at.astimezone(LONDON).date().isoformat())


def _close(session: Session, there: BudgetView, actor: str) -> None:
    now = database_now(session)
    ended = min(now, there.closes_at) if there.closes_at else now
    session.execute(update(BudgetYear).where(BudgetYear.id == there.id).values(phase=CLOSED, closed_at=ended))
    take_no_more_answers(session, of_budget(there.id))
    record(session, actor, "budget closed", there.slug)


def held_budget(session: Session, name: str, *, to_answer: bool = False) -> BudgetView:
    """A budget year, held until the transaction ends; by many at once `to_answer`. Raises NoSuchBudget."""
    there = budget_by_slug(name, session, to_change=not to_answer, to_answer=to_answer)
    if there is None:
        raise NoSuchBudget(f"There is no budget “{name[:60]}”. Load one with pbudget calculator load FILE.csv.")
    return there
