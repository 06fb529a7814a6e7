"""Builders of a round with a roll: a test states only what matters to it."""

import secrets
from datetime import UTC, date, datetime

from sqlalchemy import insert

from pbudget.db import transaction
from pbudget.roll.hashing import ScryptCost, make_verifier
from pbudget.roll.models import RollEntry, RollImport, VotingCode
from pbudget.roll.rules.codes import Code, make_code
from pbudget.rounds.actions import put_round
from pbudget.wards.models import Borough, Ward

FIRST, SECOND = "X99000001", "X99000002"
CHEAP = ScryptCost(n=4, r=1)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


class MovingClock:
    """A clock that a test sets forward."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def add_wards() -> dict[str, int]:
    """Two wards of a demo borough, their ids by code."""
    with transaction() as session:
        borough = Borough(slug="test-borough", name="Test borough", is_demo=True)
        wards = [Ward(code=FIRST, name="Test ward", borough=borough), Ward(code=SECOND, name="Other", borough=borough)]
        session.add_all(wards)
        session.flush()
        return {ward.code: ward.id for ward in wards}


def add_round(slug: str = "test-2027") -> int:
    with transaction() as session:
        return put_round(
            session,
            slug,
            opens_on=date(2027, 3, 1),
            closes_on=date(2027, 3, 14),
            name="Test round 2027",
            place="Testtown",
            phase="set-up",
        )


def add_entries(round_id: int, ward_id: int, number: int = 1, **columns: object) -> list[str]:
    """The ids of new entries of a visible import."""
    ids = [secrets.token_hex(16) for _ in range(number)]
    with transaction() as session:
        made = RollImport(
            round_id=round_id,
            kind="named",
            file_name="test.csv",
            sha256="0" * 64,
            rows=number,
            visible=True,
            touched_at=NOON.replace(tzinfo=None),
        )
        session.add(made)
        session.flush()
        rows = [
            {"id": i, "round_id": round_id, "ward_id": ward_id, "import_id": made.id, "number": n + 2, **columns}
            for n, i in enumerate(ids)
        ]
        session.execute(insert(RollEntry), rows)
    return ids


def add_code(round_id: int, entry_id: str, cost: ScryptCost = CHEAP, **columns: object) -> Code:
    """A live code of an entry."""
    code = make_code()
    salt, verifier = make_verifier(code.secret, cost)
    with transaction() as session:
        session.add(
            VotingCode(
                round_id=round_id,
                selector=code.selector,
                salt=salt,
                verifier=verifier,
                roll_entry_id=entry_id,
                **columns,
            )
        )
    return code
