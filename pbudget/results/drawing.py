"""A tie that decides money, drawn by lot in public: who waits for a draw, and the draw as an act of two officers.

Before opening the rule says `drawn`. Where the count finds a tie that decides who is funded, it stops and says so. The
names of all projects of that pot are drawn one by one in public; two officers enter the order, which becomes a ledger
entry; the count is made again with it. One draw settles every tie of a pot, and the contest's file carries the order
(`count_ties;drawn:skate,swings,…`), so that a recount needs nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pbudget.db import database_now
from pbudget.ledger.actions import append, hold_ledger
from pbudget.ledger.queries import EntryView, acts
from pbudget.proposals.queries import proposals_of
from pbudget.rounds.acts import Act, ActNotPossible, Subject
from pbudget.rounds.queries import pots_of, round_by_id
from pbudget.rounds.rules.dates import say_utc

LOT_NEEDED, LOT_DRAWN = "ties", "lot"
"""What the ledger's `reconcile` entries call them."""


@dataclass(frozen=True)
class Draw:
    """The draw of one pot: its projects as (reference, title) in the order of the ballot paper."""

    pot: str
    name: str
    projects: tuple[tuple[str, str], ...]


def drawn_in(round_id: int) -> dict[str, list[str]]:
    """The order drawn, by pot: from the ledger, so that anyone finds the same."""
    return {body["pot"]: body["order"] for body in _found(acts(round_id), LOT_DRAWN)}


def draws_awaited(round_id: int) -> list[Draw]:
    """The pots in which the last count found a tie that needs a draw, and none has been entered."""
    entries = acts(round_id)
    needed = _found(entries, LOT_NEEDED)
    missing = set(needed[-1]["contests"]) - {body["pot"] for body in _found(entries, LOT_DRAWN)} if needed else set()
    if not missing or any(each.kind == "tally" for each in entries):
        return []
    listed = proposals_of(round_id)
    return [
        Draw(pot.slug, pot.name, tuple((p.reference, p.title) for p in listed[pot.id] if p.withdrawn is None))
        for pot in pots_of(round_id)
        if pot.slug in missing
    ]


def _found(entries: Sequence[EntryView], check: str) -> list[Mapping[str, Any]]:
    said = [each.body or {} for each in entries if each.kind == "reconcile"]
    return [body for body in said if body.get("check") == check]


def subject_of_draw(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """The pot, every project in the order drawn, and where and before whom it was done."""
    round_ = round_by_id(round_id)
    if round_ is None or round_.phase != "closed":
        raise ActNotPossible("Lots are drawn after voting has closed, and before the result is published.")
    awaited = {each.pot: each for each in draws_awaited(round_id)}
    if payload["pot"] not in awaited:
        raise ActNotPossible("No lot is needed here: no tie decides money, or the lot has been entered already.")
    draw, order = awaited[payload["pot"]], list(payload["order"])
    titles = dict(draw.projects)
    if sorted(order) != sorted(titles):
        raise ActNotPossible("Give every project its place: 1 for the name drawn first, each number once.")
    in_words = [f"{titles[reference]} ({reference})" for reference in order]
    return {"pot": draw.pot, "name": draw.name, "order": order, "in_words": in_words, "where": payload["where"]}


def words_of_draw(subject: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every name in the order drawn."""
    places = [(f"Drawn {number}", text) for number, text in enumerate(subject["in_words"], start=1)]
    return [("Pot", subject["name"]), *places, ("Where, when and before whom", subject["where"])]


def carry_out_draw(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Put the draw on the record; the count is then made again."""
    hold_ledger(session, round_id)
    said = {name: subject[name] for name in ("pot", "order", "where")}
    append(session, round_id, "reconcile", {"check": LOT_DRAWN, **said, "utc": say_utc(database_now(session))})


def order_of(places: Mapping[str, int]) -> Sequence[str]:
    """References by the place they were drawn at; what is wrong with the places shows in the act's subject."""
    return sorted(places, key=lambda reference: (places[reference], reference))


DRAW = Act(
    "draw",
    "Enter the lots drawn",
    "lots were drawn for a tie",
    subject_of_draw,
    words_of_draw,
    carry_out_draw,
    single=False,
)
