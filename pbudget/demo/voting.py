"""A round of Ashmere in which a visitor can vote: open from now for two weeks, with codes that the site itself shows.

It is made through the actions of the rooms, step by step, each step safe to repeat: what was cut short is finished at
the next start. Two things differ from a real round: no second officer approved the opening, and anyone can see the
codes. Both are said where they matter.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from pbudget.db import transaction
from pbudget.demo.ashmere.editions import BOROUGH_WIDE, CostedIdea, green_borough_ideas, green_ideas
from pbudget.demo.ashmere.wards import PLACE, WARDS, cluster_of
from pbudget.equality.actions import save_questions
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import STANDARD, asked
from pbudget.kit.clock import LONDON, Clock
from pbudget.proposals.actions import add_projects
from pbudget.roll.generating import code_file, confirm_download, generate_codes, spoil_batch, start_batch
from pbudget.roll.importing import import_roll
from pbudget.roll.letter_queries import batches
from pbudget.roll.queries import roll_size_by_ward
from pbudget.roll.rules.codes import Code
from pbudget.roll.rules.roll_file import RollTerms
from pbudget.rounds.actions import put_round, replace_pot
from pbudget.rounds.opening import begin_voting, held_round, make_keys
from pbudget.rounds.queries import RoundView, round_by_slug, set_up_by_id
from pbudget.rounds.readiness import frozen, parts_of
from pbudget.rounds.rules.counting import rule_as_json
from pbudget.rounds.rules.manifest import manifest_bytes
from pbudget.tally.election import Project
from pbudget.tally.rules.rule import EQUAL_SHARES, Rule
from pbudget.wards.queries import groups_by_dimension, ward_ids
from pbudget.web.layout import DEMO_CODES

NAME, SLUG = "Ashmere green fund", "ashmere-green-fund"
LETTERS_A_WARD = 3
YOUNGEST_VOTER = 16
WARD_POT, BOROUGH_POT = 2_000_000, 6_000_000
ACTOR = "demo"
SET_UP: dict[str, Any] = {
    "name": NAME,
    "place": PLACE,
    "phase": "set-up",
    "is_demo": True,
    "publish": "totals",
    "publish_reason": "A handful of ballots a ward: a file of them would show who voted how.",
    "challenge_days": 1,
    "quorum_votes": LETTERS_A_WARD - 1,
    "quorum_per_thousand": 0,
    "annul_rule": "If the ledger cannot be verified, the vote is annulled and held again.",
    "unawarded": "It stays with the ward for the next round.",
    "witnesses": [{"role": f"Test witness {n}", "email": f"witness-{n}@ashmere.example"} for n in (1, 2, 3)],
    "documents": {"privacy": "/privacy", "accessibility": "/accessibility-statement", "dpia": "Not needed for a demo"},
    "saved_tasks": [
        "name",
        "dates",
        "pots",
        "ballots",
        "rules",
        "publication",
        "questions",
        "quorum",
        "witnesses",
        "documents",
    ],
}


def complete_voting(instance: Path, clock: Clock) -> None:
    """Make the open round, or finish making it. Does nothing once it has opened."""
    round_ = round_by_slug(SLUG) or _set_up(clock)
    if round_.phase != "set-up":
        return
    _load_roll(round_.id)
    _make_codes(round_.id, instance / DEMO_CODES)
    make_keys(round_.id, ACTOR)
    with transaction() as session:
        row = held_round(session, round_.id)
        begin_voting(session, row, manifest_bytes(frozen(set_up_by_id(row.id), parts_of(row.id))))


def _set_up(clock: Clock) -> RoundView:
    """The round with its pots and proposals, not open yet."""
    opens, closes = _two_weeks_from(clock.now())
    with transaction() as session:
        round_id = put_round(
            session,
            SLUG,
            opens_on=opens.date(),
            closes_on=closes.date(),
            opens_at=opens,
            closes_at=closes,
            **SET_UP,
        )
        wards = ward_ids()
        for ward in WARDS:
            joined = cluster_of(ward.code)
            _put_pot(session, round_id, ward.name, WARD_POT, green_ideas(ward), wards[ward.code], joined)
        _put_pot(session, round_id, BOROUGH_WIDE, BOROUGH_POT, green_borough_ideas(), None)
        save_questions(session, of_round(round_id), asked(tuple(STANDARD), (), groups_by_dimension(()), YOUNGEST_VOTER))
    made = round_by_slug(SLUG)
    assert made
    return made


def _two_weeks_from(now: datetime) -> tuple[datetime, datetime]:
    """From this minute to 5pm in London two weeks later."""
    last_day = now.astimezone(LONDON) + timedelta(days=14)
    return now.replace(second=0, microsecond=0), last_day.replace(
        hour=17, minute=0, second=0, microsecond=0
    ).astimezone(UTC)


def _put_pot(
    session: Session,
    round_id: int,
    name: str,
    amount: int,
    ideas: Sequence[CostedIdea],
    ward_id: int | None,
    cluster: str = "",
) -> None:
    """A ward's pot is decided by ticks and Equal Shares; the borough's by sharing out ten points."""
    shape = {"ballot_type": "approval", "most_choices": 4} if ward_id else {"ballot_type": "points", "most_points": 10}
    rule = Rule(EQUAL_SHARES, completion="greedy", utility="cost" if ward_id else "score")
    slug_ = name.lower().replace(" ", "-")
    columns = {"name": name, "amount": amount, "ward_id": ward_id, "rule": rule_as_json(rule), "cluster": cluster}
    pot_id = replace_pot(session, round_id, slug_, **columns, **shape)
    add_projects(
        session,
        pot_id,
        [
            Project(idea.reference, idea.cost * 100, idea.title, idea.category, {"description": idea.description})
            for idea in ideas
        ],
    )


def _load_roll(round_id: int) -> None:
    """Three anonymous places in every ward."""
    if roll_size_by_ward(round_id):
        return
    with TemporaryDirectory(prefix="pbudget-demo-") as folder:
        file = Path(folder) / "synthetic-demo-roll.csv"
        with file.open("w", newline="", encoding="utf-8") as text:
            rows = csv.writer(text)
            rows.writerow(["ward_code", "count"])
            rows.writerows([ward.code, LETTERS_A_WARD] for ward in WARDS)
        import_roll(file, round_id, RollTerms(ward_ids(), {}), actor=ACTOR)


def _make_codes(round_id: int, shown: Path) -> None:
    """Codes for every ward, shown to all who come. A ward whose codes were made and not shown gets new ones."""
    known = shown.read_text(encoding="utf-8") if shown.is_file() else ""
    wards = ward_ids()
    for ward in WARDS:
        if f"{SLUG}\t{ward.name}\t" in known:
            continue
        for earlier in batches(round_id):
            if earlier.ward_id == wards[ward.code] and earlier.state != "void":
                spoil_batch(earlier.id, actor=ACTOR)
        with shown.open("a", encoding="utf-8") as file:
            file.writelines(f"{SLUG}\t{ward.name}\t{code}\n" for code in _codes_of(round_id, wards[ward.code]))


def _codes_of(round_id: int, ward_id: int) -> Iterator[str]:
    batch = start_batch(round_id, ward_id, actor=ACTOR)
    generate_codes(batch.id)
    made = code_file(batch.id).read(batch.passphrase)
    confirm_download(batch.id, actor=ACTOR)
    return (Code(each.selector, each.secret).grouped for each in made)
