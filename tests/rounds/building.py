"""A round that two officers have set up and can open, made through the ordinary actions; the clock stands still.

ready = ready_round(app)          every task done: keys made, two locked copies, a test that passed
ready.open(app)                   A asks, B approves
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from pbudget.accounts.models import Staff, StaffRole
from pbudget.db import db, transaction
from pbudget.kit.clock import FixedClock
from pbudget.proposals.actions import save_proposals
from pbudget.proposals.queries import proposals_of
from pbudget.proposals.rules import NewProposal
from pbudget.rounds.approving import approve, request_approval
from pbudget.rounds.models import EscrowReceipt, Round
from pbudget.rounds.opening import make_keys
from pbudget.rounds.queries import pots_of, set_up_by_slug
from pbudget.rounds.readiness import frozen_pots
from pbudget.rounds.rules.manifest import contest_digest
from pbudget.rounds.setting_up import add_pots, create_round, save_columns, save_dates
from pbudget.wards.models import Borough, Ward
from pbudget.web.access import StaffView

NOW = datetime(2027, 2, 20, 12, tzinfo=UTC)
OPENS, CLOSES = datetime(2027, 3, 1, 9, tzinfo=UTC), datetime(2027, 3, 14, 17, tzinfo=UTC)
PASSPHRASE = "nine green bottles standing"
WITNESSES = [{"role": f"Test witness {n}", "email": f"witness{n}@test.example"} for n in (1, 2, 3)]


@dataclass(frozen=True)
class Ready:
    """A round and its two officers."""

    id: int
    slug: str
    a: StaffView
    b: StaffView

    def open(self) -> str:
        """A asks, B approves; the id of the request."""
        asked = request_approval(self.id, "open", {}, self.a)
        approve(asked, self.b, fresh=True)
        return asked

    def do(self, act: str, **payload: Any) -> str:
        """A asks for an act, B approves it."""
        asked = request_approval(self.id, act, payload, self.a)
        approve(asked, self.b, fresh=True)
        return asked


def set_clock(app: Flask, moment: datetime) -> None:
    """Every clock of the application says this from now on."""
    app.extensions["clock"] = FixedClock(moment)


def officer(
    label: str, *, days: int = 30, invited_by: str = "console", roles: tuple[str, ...] = ("officer",)
) -> StaffView:
    """An officer whose account is so many days old."""
    made = NOW - timedelta(days=days)
    with transaction() as session:
        email = f"{label.lower().replace(' ', '-')}@test.example"
        staff = Staff(email=email, label=label, created_at=made, invited_by=invited_by, totp_secret="x")
        staff.roles = [StaffRole(role=role) for role in roles]
        session.add(staff)
        session.flush()
        return StaffView(staff.id, label, frozenset(roles), frozenset(), made, invited_by)


def put_wards(*names: str) -> list[int]:
    """Wards of a test borough; their ids."""
    with transaction() as session:
        borough = Borough(slug="testtown", name="Testtown")
        session.add(borough)
        session.flush()
        wards = [Ward(code=f"X99{n:06}", name=name, borough_id=borough.id) for n, name in enumerate(names, 1)]
        session.add_all(wards)
        session.flush()
        return [ward.id for ward in wards]


def new_proposals(pot_id: int, costs: dict[str, int]) -> list[NewProposal]:
    return [NewProposal(pot_id, name, name.capitalize(), "For everybody.", "", cost) for name, cost in costs.items()]


def ready_round(app: Flask, name: str = "Spring vote 2027", *, assurance: str = "open") -> Ready:
    """A round in which every task is done."""
    set_clock(app, NOW)
    a, b = officer("Officer A"), officer("Officer B")
    slug = create_round(name, "Testtown", a.id)
    round_id = set_up_by_slug(slug).id
    save_dates(round_id, OPENS, CLOSES, a.id)
    add_pots(round_id, {put_wards("Riverside")[0]: "Riverside"}, 3_000_000, a.id)
    pot = pots_of(round_id)[0]
    with transaction() as session:
        save_proposals(session, round_id, new_proposals(pot.id, {"benches": 1_200_000, "trees": 2_000_000}), a.id)
    for task, columns in COLUMNS.items():
        save_columns(round_id, task, {**columns, **({"assurance": assurance} if task == "voters" else {})}, a.id)
    pass_test(round_id)
    make_keys(round_id, a.id)
    with transaction() as session:  # what take_escrow_copy notes, without the half second of scrypt it takes each time
        session.add_all(EscrowReceipt(round_id=round_id, staff_id=staff.id, downloaded_at=NOW) for staff in (a, b))
    return Ready(round_id, slug, a, b)


COLUMNS: dict[str, dict[str, Any]] = {
    "ballot": {},
    "rule": {"unawarded": "It stays in the ward."},
    "proposals": {},
    "voters": {},
    "questions": {},
    "quorum": {},
    "witnesses": {"witnesses": WITNESSES},
    "annul": {"annul_rule": "If the ledger does not verify."},
    "publish": {"publish_reason": "Small wards."},
    "documents": {"documents": {"privacy": "/privacy", "accessibility": "/accessibility-statement", "dpia": "DPIA-1"}},
}


def pass_test(round_id: int) -> None:
    """Note a logic-and-accuracy test of the round as it is now that came out as expected."""
    contests = contest_digest(frozen_pots(pots_of(round_id), proposals_of(round_id), {}))
    with transaction() as session:
        session.get_one(Round, round_id).l_and_a = {"passed": True, "contests": contests}


def phase_of(round_id: int) -> str:
    """The phase as it is stored."""
    db.session.expire_all()
    return db.session.get_one(Round, round_id).phase
