"""A round that is open in two wards of the demonstration: in one nearly everybody who voted is old, in the other not.

Every vote but one is put in beside the pages; the last one is cast by a resident at a browser.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import insert, select

from pbudget.db import transaction
from pbudget.equality.actions import save_questions
from pbudget.equality.models import EqualityAnswer
from pbudget.equality.queries import plan_row
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import asked
from pbudget.equality.sealing import sealed
from pbudget.guard.reporting import residents_of
from pbudget.keys.actions import ids_of, load_key
from pbudget.keys.rules import guard_link_of, slot_of
from pbudget.ledger.actions import append_ballot
from pbudget.roll.hashing import ScryptCost
from pbudget.roll.models import RollEntry, RollImport
from pbudget.rounds.opening import keys_folder
from pbudget.wards.queries import groups_by_dimension
from tests.support.open_round import OpenRound, PotPlan, moments_around, open_round

SLUG, NAME = "two-wards", "Test round of two wards"
SKEWED, BALANCED = ("skewed-ward", "the skewed ward"), ("balanced-ward", "the balanced ward")
VOTES = 150
OLD_OF_TEN = 9
CODES = ("X99000001", "X99000002")
Vote = tuple[str, str]
"""A proposal, and the voter's band of ages."""


def open_two_wards(app: Flask) -> OpenRound:
    """Make the round and put the votes in; one letter is left for the resident at the browser."""
    pots = [PotPlan(slug, name, ward, amount=6_000_000) for ward, (slug, name) in enumerate((SKEWED, BALANCED))]
    now = datetime.now(UTC)
    around = {"now": None, "cost": ScryptCost(), "is_demo": True, "opened_at": now, **moments_around(now)}
    vote = open_round(app, SLUG, name=NAME, pots=pots, letters=1, **around)
    with transaction() as session:
        save_questions(session, of_round(vote.id), asked(("age", "sex"), (), groups_by_dimension(()), 16))
    for ward, votes in enumerate((list(of_old_people(vote)), list(of_everybody(vote)))):
        cast_all(vote, ward, votes)
    return vote


def bands(vote: OpenRound, ward: int) -> dict[str, float]:
    found = residents_of([vote.wards[ward]])
    assert found
    return dict(found.shares["age"])


def of_old_people(vote: OpenRound) -> Iterator[Vote]:
    """The oldest want a skate park, the youngest new swings; there is money for one of them."""
    youngest, *_, oldest = bands(vote, 0)
    for n in range(VOTES):
        yield ("skate", oldest) if n % 10 < OLD_OF_TEN else ("swings", youngest)


def of_everybody(vote: OpenRound) -> Iterator[Vote]:
    """Every band in its share, and all of them of the same mind: two in three for the skate park."""
    for band, share in bands(vote, 1).items():
        yield from (("skate" if n % 3 else "swings", band) for n in range(round(share * VOTES)))


def cast_all(vote: OpenRound, ward: int, votes: list[Vote]) -> None:
    folder, ids = keys_folder(), ids_of(keys_folder(), vote.slug)
    k_round, k_guard = (load_key(folder, vote.slug, name, ids) for name in ("round", "guard"))
    place = {"v": 1, "round": vote.slug, "channel": "online", "assurance": "code", "ward": CODES[ward]}
    with transaction() as session:
        plan = plan_row(session, of_round(vote.id))
        assert plan
        roll = session.scalar(select(RollImport.id).where(RollImport.round_id == vote.id))
        for n, (choice, band) in enumerate(votes):
            entry, number = f"{vote.id:08x}{ward + 1:08x}{n:016x}", 1000 * (ward + 1) + n
            row = {"ward_id": vote.wards[ward], "import_id": roll, "number": number, "place": 1}
            session.execute(insert(RollEntry).values(id=entry, round_id=vote.id, **row))
            slot = slot_of(k_round, f"roll:{entry}")
            contests = {(SKEWED, BALANCED)[ward][0]: [choice]}
            append_ballot(session, vote.id, {**place, "slot": slot, "contests": contests}, secrets.token_hex(32))
            link = guard_link_of(k_guard, slot)
            kept = sealed(k_guard, link, {"age": band, "sex": ("female", "male")[n % 2]})
            session.add(EqualityAnswer(plan_id=plan.id, guard_link=link, part=1, sealed=kept))
