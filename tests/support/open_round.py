"""A round that is open for voting: proposals, pots, keys, a ledger with its manifest and, if wished, a roll with codes.

vote = open_round(app)                      one approval pot in Riverside and one for the whole borough, 3 letters
vote.codes[0]                               a code that can be typed, "7Q4K-9XTM-2BXPP"
vote.move_clock(vote.closes_at)             closing time, to the second
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from pbudget.balance.clusters import Cluster
from pbudget.balance.thresholds import Thresholds
from pbudget.db import transaction
from pbudget.keys.actions import create_keys
from pbudget.kit.clock import FixedClock
from pbudget.ledger.actions import open_ledger
from pbudget.proposals.actions import add_projects
from pbudget.roll.hashing import ScryptCost, make_verifier
from pbudget.roll.models import RollEntry, RollImport, VotingCode
from pbudget.roll.queries import codes_fingerprint
from pbudget.roll.rules.codes import Code, make_code
from pbudget.rounds.actions import put_round, replace_pot
from pbudget.rounds.models import Round
from pbudget.rounds.rules.counting import rule_as_json
from pbudget.rounds.rules.manifest import FrozenPot, FrozenProposal, FrozenRound, manifest_bytes
from pbudget.tally.election import Project
from pbudget.tally.rules.rule import Rule
from pbudget.wards.models import Borough, Ward

CHEAP = ScryptCost(n=2, r=1)
LIMITS = Thresholds()
OPENS, CLOSES = datetime(2027, 3, 1, 9, tzinfo=UTC), datetime(2027, 3, 14, 17, tzinfo=UTC)
NOON = datetime(2027, 3, 7, 12, tzinfo=UTC)
KINDS = {
    "approval": {"most_choices": 2},
    "knapsack": {"most_choices": None},
    "ranked": {"most_choices": 3},
    "points": {"most_choices": None, "most_points": 10},
}
IDEAS = (("skate", "Skate park", 6_000_000), ("pocket", "Pocket park", 5_000_000), ("swings", "New swings", 2_000_000))


@dataclass(frozen=True)
class PotPlan:
    """A pot to be made; `ward` is a place in OpenRound.wards, or None for all. Ideas are (id, title, pence)."""

    slug: str
    name: str
    ward: int | None = 0
    ballot_type: str = "approval"
    amount: int = 10_000_000
    ideas: Sequence[tuple[str, str, int]] = IDEAS
    about: str = "For everybody who lives near by."
    limits: dict[str, int | None] | None = None
    rule: Rule = field(default_factory=Rule)
    cluster: str = ""
    """The name under which its ward is looked at together with others."""

    def columns(self) -> dict[str, Any]:
        limits = {"most_choices": None, "most_points": None, **(KINDS[self.ballot_type] | (self.limits or {}))}
        return {"name": self.name, "amount": self.amount, "units": 100, "ballot_type": self.ballot_type, **limits}


OWN = PotPlan("riverside", "Riverside")
BOROUGH_WIDE = PotPlan("borough", "the whole borough", ward=None, ideas=(("trees", "A thousand trees", 4_000_000),))


@dataclass
class OpenRound:
    """What was made. Codes and roll entries stand in the same order; all belong to the first ward."""

    app: Flask
    id: int
    slug: str
    wards: list[int]
    opens_at: datetime
    closes_at: datetime
    codes: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/rounds/{self.slug}/vote"

    def move_clock(self, moment: datetime) -> None:
        """Every clock of the application says this from now on."""
        self.app.extensions["clock"] = FixedClock(moment)

    def change(self, **columns: Any) -> None:
        """Change columns of the round's row, as an officer's act would."""
        with transaction() as session:
            row = session.scalars(select(Round).where(Round.id == self.id)).one()
            for name, value in columns.items():
                setattr(row, name, value)


def open_round(
    app: Flask,
    slug: str = "spring-2027",
    *,
    pots: Sequence[PotPlan] = (OWN, BOROUGH_WIDE),
    letters: int = 3,
    assurance: str = "code",
    opens_at: datetime = OPENS,
    closes_at: datetime = CLOSES,
    now: datetime | None = NOON,
    cost: ScryptCost = CHEAP,
    limits: Thresholds = LIMITS,
    **columns: Any,
) -> OpenRound:
    """Make the round and open its ledger. `now=None` leaves the clock alone: then give moments around the present.

    `limits` are what its manifest says the guard goes by. `cost` is what checking a code takes; a server of its own
    needs the full one, `ScryptCost()`.
    """
    app.extensions["scrypt_cost"] = cost
    if now:
        app.extensions["clock"] = FixedClock(now)
    keys = create_keys(app.extensions["settings"].keys_folder, slug)
    given = {"name": "Spring vote 2027", "place": "Testtown", "language": "en", "currency": "GBP", "phase": "open"}
    given |= {
        "assurance": assurance,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "key_ids": keys.as_json(),
        **columns,
    }
    with transaction() as session:
        wards = put_wards(session)
        round_id = put_round(session, slug, opens_on=opens_at.date(), closes_on=closes_at.date(), **given)
        for plan in pots:
            put_pot(session, round_id, plan, wards)
        made = OpenRound(app, round_id, slug, wards, opens_at, closes_at)
        if assurance == "code":
            put_letters(session, made, letters, cost)
        settled = replace(frozen(made, pots, given, keys.as_json()), thresholds=limits, clusters=clusters_in(pots))
        manifest = manifest_bytes(settled)
        session.get_one(Round, round_id).manifest = manifest.decode()
        open_ledger(session, round_id, manifest)
    return made


def put_wards(session) -> list[int]:
    """Two wards of a borough: Riverside and Hilltop."""
    found = session.scalars(select(Ward.id).order_by(Ward.code)).all()
    if found:
        return list(found)
    borough = Borough(slug="testtown", name="Testtown")
    session.add(borough)
    session.flush()
    wards = [
        Ward(code=f"X9900000{n}", name=name, borough_id=borough.id) for n, name in ((1, "Riverside"), (2, "Hilltop"))
    ]
    session.add_all(wards)
    session.flush()
    return [ward.id for ward in wards]


def put_pot(session, round_id: int, plan: PotPlan, wards: list[int]) -> None:
    """A pot with its proposals."""
    ward_id = None if plan.ward is None else wards[plan.ward]
    pot_id = replace_pot(
        session,
        round_id,
        plan.slug,
        ward_id=ward_id,
        rule=rule_as_json(plan.rule),
        cluster=plan.cluster,
        **plan.columns(),
    )
    about = {"description": plan.about}
    add_projects(session, pot_id, [Project(name, cost, title, columns=about) for name, title, cost in plan.ideas])


def put_letters(session, made: OpenRound, letters: int, cost: ScryptCost) -> None:
    """A roll of the first ward with one live code each."""
    file = {"kind": "count", "file_name": "roll.csv", "sha256": "0" * 64, "rows": letters, "visible": True}
    roll = RollImport(round_id=made.id, touched_at=NOON, **file)
    session.add(roll)
    session.flush()
    for number in range(letters):
        entry, code = f"{made.id:08x}{number:024x}", make_code()
        place = {"ward_id": made.wards[0], "import_id": roll.id, "number": number + 1, "place": 1}
        session.execute(insert(RollEntry).values(id=entry, round_id=made.id, **place))
        put_code(session, made.id, code, entry, cost)
        made.entries.append(entry)
        made.codes.append(code.grouped)


def put_code(session, round_id: int, code: Code, entry: str, cost: ScryptCost = CHEAP) -> None:
    """One live code."""
    salt, digest = make_verifier(code.secret, cost)
    columns = {"selector": code.selector, "salt": salt, "verifier": digest, "roll_entry_id": entry, "state": "live"}
    session.execute(insert(VotingCode).values(round_id=round_id, **columns))


def frozen(made: OpenRound, pots: Sequence[PotPlan], given: dict[str, Any], keys: dict[str, str]) -> FrozenRound:
    """What the manifest of the round says."""
    return FrozenRound(
        slug=made.slug,
        name=given["name"],
        place=given["place"],
        currency=given["currency"],
        opens_at=made.opens_at,
        closes_at=made.closes_at,
        pots=tuple(frozen_pot(plan) for plan in pots),
        assurance=given["assurance"],
        contact_point="none",
        codes_per_address=1,
        channels=("online",),
        roll={"X99000001": len(made.codes)},
        publish="totals",
        publish_reason="",
        challenge_days=14,
        annul_rule="",
        unawarded="",
        witnesses=(),
        documents={},
        keys=keys,
        tested="",
        software="test",
        codes_fp=codes_fingerprint(made.id)[0] if made.codes else "",
    )


def clusters_in(pots: Sequence[PotPlan]) -> tuple[Cluster, ...]:
    """The clusters as the manifest has them."""
    joined = {name: [pot for pot in pots if pot.cluster == name] for name in dict.fromkeys(p.cluster for p in pots)}
    return tuple(
        Cluster(name, tuple(p.slug for p in them), tuple(p.name for p in them), tuple(code_of(p) or "" for p in them))
        for name, them in joined.items()
        if name
    )


def code_of(plan: PotPlan) -> str | None:
    return None if plan.ward is None else f"X9900000{plan.ward + 1}"


def frozen_pot(plan: PotPlan) -> FrozenPot:
    """A pot as the manifest has it."""
    proposals = tuple(FrozenProposal(name, title, cost) for name, title, cost in plan.ideas)
    return FrozenPot(slug=plan.slug, ward=code_of(plan), rule=plan.rule, proposals=proposals, **plan.columns())


def moments_around(now: datetime) -> dict[str, datetime]:
    """Opening and closing for a round that is open at this moment of the machine's own clock."""
    return {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=7)}
