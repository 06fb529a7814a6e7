"""An open round with a roll of named people in two wards, two officers, and a ballot where a test wants one."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import insert, select, update

from pbudget.accounts.models import Staff, StaffRole
from pbudget.ballots.actions import slot_for
from pbudget.ballots.queries import voting_round
from pbudget.db import db, transaction
from pbudget.ledger.actions import append_ballot
from pbudget.roll.models import RollEntry
from pbudget.roll.rules.codes import Code, make_code
from pbudget.rounds.approving import approve
from pbudget.rounds.opening import keys_folder
from pbudget.web.access import StaffView
from tests.support.open_round import BOROUGH_WIDE, NOON, OWN, OpenRound, PotPlan, open_round, put_code

POINTS = ("photo", "name-and-address")
POSTCODE = "SE1 7AB"
HILLTOP = PotPlan("hilltop", "Hilltop", ward=1)


@dataclass
class Desk:
    """The round, its two officers, and the first resident of Riverside with their code."""

    vote: OpenRound
    a: StaffView
    b: StaffView

    @property
    def entry(self) -> str:
        return self.vote.entries[0]

    @property
    def path(self) -> str:
        return f"/staff/rounds/{self.vote.slug}/desk"

    def approve(self, asked: str) -> None:
        """B approves what A asked for."""
        approve(asked, self.b, fresh=True)

    def cast(self, number: int = 0, choices: tuple[str, ...] = ("skate",), ward: str = "X99000001") -> str:
        """A ballot of the letter with this number, as the ballots room records it; its tracker."""
        slot = self.slot(self.vote.entries[number])
        payload = {
            "v": 1,
            "round": self.vote.slug,
            "slot": slot,
            "ward": ward,
            "channel": "online",
            "assurance": "code",
            "contests": {"riverside" if ward == "X99000001" else "hilltop": list(choices)},
        }
        with transaction() as session:
            return append_ballot(session, self.vote.id, payload, f"{number}{choices}{ward}").tracker

    def slot(self, entry: str) -> str:
        """The slot of an entry."""
        return slot_for(keys_folder(), voting_round(self.vote.slug), f"roll:{entry}")


def open_desk(app: Flask, letters: int = 3, **columns: object) -> Desk:
    """The desk of an open round, at noon a week before it closes."""
    vote = open_round(app, pots=(OWN, HILLTOP, BOROUGH_WIDE), letters=letters, **columns)
    with transaction() as session:
        for number, entry in enumerate(vote.entries, start=1):
            said = {"name": f"Test resident {number}", "address": f"{number} Test Road\nTestham", "postcode": POSTCODE}
            session.execute(update(RollEntry).where(RollEntry.id == entry).values(**said))
    return Desk(vote, officer("Officer A"), officer("Officer B"))


def officer(label: str) -> StaffView:
    """An officer whose account is a month old."""
    made = NOON - timedelta(days=30)
    with transaction() as session:
        email = f"{label.lower().replace(' ', '-')}@test.example"
        staff = Staff(email=email, label=label, created_at=made, invited_by="console", totp_secret="x")
        staff.roles = [StaffRole(role="officer")]
        session.add(staff)
        session.flush()
        return StaffView(staff.id, label, frozenset({"officer"}), frozenset(), made, "console")


def add_place(vote: OpenRound, *, code: bool = False, **columns: object) -> tuple[str, Code | None]:
    """One more entry of the roll, with a code or without."""
    with transaction() as session:
        like = session.scalars(select(RollEntry).where(RollEntry.round_id == vote.id)).first()
        entry = f"{vote.id:08x}{len(vote.entries):023x}f"
        given = {"ward_id": vote.wards[0], "number": len(vote.entries) + 1, "place": 1, **columns}
        session.execute(insert(RollEntry).values(id=entry, round_id=vote.id, import_id=like.import_id, **given))
        made = make_code() if code else None
        if made:
            put_code(session, vote.id, made, entry)
    vote.entries.append(entry)
    db.session.rollback()
    return entry, made
