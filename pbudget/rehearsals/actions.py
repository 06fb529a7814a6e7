"""Running the test: a rehearsal of the round, a hundred known voters, the count, and a signed statement."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pbudget import __version__
from pbudget.audit.actions import record
from pbudget.ballots.queries import paper_for
from pbudget.ballots.rules.paper import Choices, Contest
from pbudget.ballots.rules.payload import payload_of, problems_of_ballot
from pbudget.config import Settings
from pbudget.db import database_now, transaction
from pbudget.keys.actions import create_keys, destroy_keys, load_keys
from pbudget.keys.rules import RoundKeys, slot_of
from pbudget.kit.errors import BadInput
from pbudget.ledger.actions import append, append_ballot, open_ledger, sign_head
from pbudget.ledger.checkpoints import sign_bundle
from pbudget.ledger.queries import counted_ballots
from pbudget.ledger.rules import canonical
from pbudget.rehearsals.rules import (
    CHANNELS,
    EVERY_REPLACED,
    VOTERS,
    differences,
    expected_scores,
    known_ballot,
)
from pbudget.results.rules.counting import Listed, PotOnBallot, election_of
from pbudget.rounds.models import Round
from pbudget.rounds.opening import held_in_set_up
from pbudget.rounds.readiness import frozen_pots, parts_of
from pbudget.rounds.rules.dates import say_utc
from pbudget.rounds.rules.manifest import contest_digest
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule
from pbudget.wards.queries import ward_ids

Said = dict[str, list[Choices]]


class NothingToTest(BadInput):
    """There is no pot with proposals yet; the officer reads what to add first."""


def run_test(round_id: int, actor: str) -> bool:
    """Rehearse the round; whether everything came out as expected. The statement is kept with the round."""
    folder = _keys_folder()
    with transaction() as session:
        row = held_in_set_up(session, round_id)
        parts = parts_of(round_id)
        if not parts.pots or not all(parts.proposals.get(pot.id) for pot in parts.pots):
            raise NothingToTest("Every pot needs proposals before it can be tested. Add them first.")
        contests = contest_digest(frozen_pots(parts.pots, parts.proposals, {}))
        copy = _rehearsal(session, row, contests)
        keys = load_keys(folder, copy.slug, create_keys(folder, copy.slug))
        said = _cast_all(session, row, copy, keys)
        problems = _compare(session, row, copy, said, {pot.slug: pot.rule for pot in parts.pots})
        row.l_and_a = _statement(session, copy, keys, contests, problems)
        session.flush()
        record(session, actor, "logic-and-accuracy test", row.slug, passed=not problems)
    destroy_keys(folder, copy.slug)
    return not problems


def _keys_folder() -> Any:
    settings: Settings = current_app.extensions["settings"]
    return settings.keys_folder


def _rehearsal(session: Session, row: Round, contests: str) -> Round:
    """A round of its own, in no list, with an open ledger."""
    number = (session.scalar(select(func.count()).where(Round.rehearsal_of == row.id)) or 0) + 1
    slug = f"{row.slug[:60].rstrip('-')}-rehearsal-{number}"
    ids = create_keys(_keys_folder(), slug)
    copy = Round(slug=slug, name=row.name, place=row.place, phase="open", is_demo=row.is_demo, rehearsal_of=row.id)
    copy.key_ids = ids.as_json()
    session.add(copy)
    session.flush()
    manifest = {"round": slug, "rehearsal_of": row.slug, "contests": contests, "keys": ids.as_json()}
    open_ledger(session, copy.id, canonical(manifest), {"rehearsal_of": row.slug})
    return copy


def _cast_all(session: Session, row: Round, copy: Round, keys: RoundKeys) -> Said:
    """Cast a hundred known ballots, checked as a resident's are, some twice; what counts, by contest."""
    said: Said = {}
    for number in range(VOTERS):
        if number % EVERY_REPLACED == 0:
            _cast(session, row, copy, keys, number, known_ballot(paper_for(row.id, _ward(row, number)), number + 1))
        choices = known_ballot(paper_for(row.id, _ward(row, number)), number)
        _cast(session, row, copy, keys, number, choices)
        for slug, chosen in choices.items():
            said.setdefault(slug, []).append(chosen)
    return said


def _ward(row: Round, number: int) -> int:
    """The wards of the pots in turn; 0 where every pot is for everybody."""
    wards = sorted({pot.ward_id for pot in row.pots if pot.ward_id}) or [0]
    return wards[number % len(wards)]


def _cast(
    session: Session, row: Round, copy: Round, keys: RoundKeys, number: int, choices: Mapping[str, Choices]
) -> None:
    paper = paper_for(row.id, _ward(row, number))
    problems = problems_of_ballot(paper, choices)
    if problems:
        raise NothingToTest(f"A test ballot does not fit the limits of {next(iter(problems))}. Check the limits.")
    names = {ward_id: code for code, ward_id in ward_ids().items()}
    payload = payload_of(
        paper,
        choices,
        round_name=copy.slug,
        slot=slot_of(keys.k_round, f"rehearsal:{number}"),
        ward=names.get(_ward(row, number), "X99000000"),
        channel=CHANNELS[number % len(CHANNELS)],
        assurance=row.assurance,
    )
    again = "again" if number % EVERY_REPLACED == 0 and choices != known_ballot(paper, number) else "last"
    append_ballot(session, copy.id, payload, f"{copy.slug[-40:]} {number} {again}")


def _compare(session: Session, row: Round, copy: Round, said: Said, rules: Mapping[str, Rule]) -> list[str]:
    """Close the rehearsal, count it as a round is counted, and say what is not as it must be."""
    append(session, copy.id, "close", {"rehearsal": True})
    copy.phase = "closed"
    session.flush()
    ballots = [payload["contests"] for _, payload in counted_ballots(copy.id)]
    problems = [] if len(ballots) == VOTERS else [f"{VOTERS} ballots must count, and {len(ballots)} do."]
    wards = {pot.ward_id or 0 for pot in row.pots}
    contests = {each.slug: each for ward in sorted(wards) for each in paper_for(row.id, ward).contests}
    for slug, contest in contests.items():
        lines = count(election_of(_pot(contest), ballots, {}), rules[slug]).lines
        found = {line.project.id: line.score for line in lines}
        problems += differences(contest, expected_scores(contest, said.get(slug, [])), found)
    return problems


def _pot(contest: Contest) -> PotOnBallot:
    return PotOnBallot(
        slug=contest.slug,
        name=contest.name,
        amount=contest.amount,
        units=contest.units,
        currency=contest.currency,
        ballot_type=contest.ballot_type,
        most_choices=contest.most,
        proposals=[Listed(each.reference, each.title, each.cost, each.category, None) for each in contest.options],
    )


def _statement(session: Session, copy: Round, keys: RoundKeys, contests: str, problems: list[str]) -> dict[str, Any]:
    """What was done and found, signed with the rehearsal's key, whose public half is in it."""
    now = database_now(session)
    checkpoint = sign_head(session, copy.id, keys.signing, now)
    statement = {
        "passed": not problems,
        "problems": problems[:20],
        "contests": contests,
        "rehearsal": copy.slug,
        "voters": VOTERS,
        "entries": checkpoint.size,
        "head": checkpoint.head,
        "key": (copy.key_ids or {})["signing"],
        "software": __version__,
        "utc": say_utc(now),
    }
    return {**statement, "signature": sign_bundle(keys.signing, canonical(statement)).strip()}
