"""The acts of this room that need two officers: publish a result, and seal its round."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from pbudget.accounts.queries import demo_mode
from pbudget.db import database_now, db
from pbudget.equality.actions import destroy_answers
from pbudget.equality.rules.consultations import of_round
from pbudget.keys.actions import destroy_keys
from pbudget.kit.clock import LONDON, say_day
from pbudget.ledger.actions import append, hold_ledger
from pbudget.results.bundles import sign_bundle_now
from pbudget.results.drawing import DRAW
from pbudget.results.models import Publication
from pbudget.results.obstacles import why_not_published
from pbudget.results.queries import FileView, contest_files, count_of, publication_of
from pbudget.results.recount_queries import latest_agree, recounts_of
from pbudget.results.rules.publishing import (
    BALLOTS,
    form_of,
    gives_voters_away,
    last_challenge_day,
    seal_problem,
)
from pbudget.roll.actions import delete_roll, hide_roll
from pbudget.roll.forgetting import rolls_left
from pbudget.rounds.acts import Act, ActNotPossible, Subject
from pbudget.rounds.opening import held_round, keys_folder
from pbudget.rounds.queries import RoundView, number_of_rounds, round_by_id, rounds
from pbudget.rounds.rules.dates import say_utc
from pbudget.rounds.rules.phases import PUBLISHED, SEALED

Words = list[tuple[str, str]]


def subject_of_publication(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """The outcome's hash, the form of each contest, and why where officers decide against the rule."""
    subject = settled_subject(round_id, payload)
    if why := why_not_published(round_id):
        raise ActNotPossible(why)
    return subject


def settled_subject(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """The same where nothing above this room is asked: what the worker publishes when a hold is over."""
    round_, counted = _round(round_id), count_of(round_id)
    if round_.phase != "closed" or counted is None:
        raise ActNotPossible("A result can be published once voting has closed and the ballots have been counted.")
    if not latest_agree(recounts_of(round_id)):
        raise ActNotPossible("A recount differs from the count. Find out why before anything is published.")
    reason = str(payload.get("reason", "")).strip()
    forms = forms_now(round_, contest_files(round_id), decided_otherwise=bool(reason))
    return {
        "outcome": hashlib.sha256(counted.outcome.encode()).hexdigest(),
        "forms": forms,
        "reason": reason,
        "challenge_days": round_.challenge_days,
    }


def forms_now(round_: RoundView, files: list[FileView], *, decided_otherwise: bool) -> dict[str, str]:
    """`ballots` or `totals` by the slug of the pot."""
    return {
        each.slug: form_of(round_.publish, each.ballots, each.unique_ballots, decided_otherwise=decided_otherwise)
        for each in files
    }


def kept_back(round_: RoundView, files: list[FileView]) -> list[str]:
    """Why contests of a `ballots` round are published as totals unless officers decide otherwise, a sentence each."""
    if round_.publish != BALLOTS:
        return []
    found = ((each.name, gives_voters_away(each.ballots, each.unique_ballots)) for each in files)
    return [f"{name}: {why}." for name, why in found if why]


def words_of_publication(subject: Mapping[str, Any]) -> Words:
    """What becomes public."""
    said = {"ballots": "a file of every ballot, shuffled", "totals": "votes and score of each project"}
    forms = [(f"Published of {slug}", said[form]) for slug, form in subject["forms"].items()]
    why = [("Why ballots are published all the same", subject["reason"])] if subject["reason"] else []
    days = f"{subject['challenge_days']} calendar days after publication"
    return [*forms, *why, ("Can be challenged", days), ("Outcome (SHA-256)", subject["outcome"])]


def carry_out_publication(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Publish: the ledger entry, the pages, the bundle. A `caveat` in the subject is public with it."""
    hold_ledger(session, round_id)
    row, now = held_round(session, round_id), database_now(session)
    last = last_challenge_day(now.astimezone(LONDON).date(), subject["challenge_days"])
    said = {name: subject[name] for name in ("forms", "reason", "outcome", "caveat") if name in subject}
    append(session, round_id, "publish", {**said, "last_challenge_day": last.isoformat(), "utc": say_utc(now)})
    session.add(
        Publication(
            round_id=round_id,
            published_at=now,
            forms=subject["forms"],
            reason=subject["reason"],
            caveat=subject.get("caveat", ""),
            last_challenge_day=last,
        )
    )
    row.phase = PUBLISHED
    session.flush()
    sign_bundle_now(session, _round(round_id), subject["forms"], now)


def subject_of_sealing(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """That the locked copies of the keys are destroyed, and from when no backup of the roll is left."""
    round_, published = _round(round_id), publication_of(round_id)
    if round_.phase != PUBLISHED or published is None:
        raise ActNotPossible("A round is sealed after its result has been published.")
    demo = round_.is_demo and demo_mode(current_app.extensions["settings"])
    today = database_now(db.session()).astimezone(LONDON).date()
    problem = seal_problem(published.last_challenge_day, today, demo=demo)
    if problem:
        raise ActNotPossible(problem)
    if not payload.get("escrow_destroyed"):
        raise ActNotPossible("Destroy every locked copy of the round’s keys first, and confirm that it is done.")
    return {"escrow": "destroyed", "backups_gone_on": date.fromisoformat(payload["backups_gone_on"]).isoformat()}


def words_of_sealing(subject: Mapping[str, Any]) -> Words:
    """What goes for good."""
    day = say_day(date.fromisoformat(subject["backups_gone_on"]))
    return [
        ("Destroyed for good", "the round’s keys, the roll, the voting codes and every link from a voter to a ballot"),
        ("Locked copies of the keys", "have been destroyed by those who kept them"),
        ("No backup of the roll is left from", day),
        ("What stays", "the ledger, the result and the result bundle"),
    ]


def carry_out_sealing(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Seal: the last ledger entry and the last signature; the roll is hidden. It and the keys go once it is committed:

    a large roll in portions, so that voters of other rounds never wait for it.
    """
    hold_ledger(session, round_id)
    row, now = held_round(session, round_id), database_now(session)
    append(session, round_id, "seal", {**subject, "keys": "destroyed", "roll": "deleted", "utc": say_utc(now)})
    published = session.get_one(Publication, round_id)
    published.sealed_at = now
    published.backups_gone_on = date.fromisoformat(subject["backups_gone_on"])
    row.phase = SEALED
    session.flush()
    sign_bundle_now(session, _round(round_id), published.forms, now)
    hide_roll(session, round_id)
    destroy_answers(session, of_round(round_id))


def delete_rolls_of_sealed_rounds() -> None:
    """Delete what is left of the rolls, codes and letters of sealed rounds; safe to repeat and to cut short."""
    db.session.rollback()  # what was sealed since is to be seen
    sealed = [round_.id for round_ in rounds((SEALED,), number_of_rounds((SEALED,)))]
    for round_id in rolls_left(sealed):
        delete_roll(round_id)


def destroy_keys_of_sealed_rounds() -> None:
    """Destroy the keys of every sealed round on this machine; each machine's worker does it, again and again."""
    db.session.rollback()  # what was sealed since is to be seen
    for round_ in rounds((SEALED,), number_of_rounds((SEALED,))):
        if round_.key_ids and not keys_are_destroyed(round_.slug):
            destroy_keys(keys_folder(), round_.slug)


def keys_are_destroyed(round_slug: str) -> bool:
    """Whether no key of the round is left on this machine and a mark says that they were destroyed."""
    place = keys_folder() / round_slug
    return place.is_dir() and not list(place.glob("*.key"))


def all_is_gone(round_: RoundView) -> bool:
    """Whether nothing is left of a sealed round's roll, and of its keys on this machine."""
    return round_.phase == SEALED and keys_are_destroyed(round_.slug) and not rolls_left([round_.id])


def _round(round_id: int) -> RoundView:
    round_ = round_by_id(round_id)
    assert round_ is not None
    return round_


ACTS = (
    DRAW,
    Act(
        "publish",
        "Publish the result",
        "the result was published",
        subject_of_publication,
        words_of_publication,
        carry_out_publication,
    ),
    Act("seal", "Seal the round", "the round was sealed", subject_of_sealing, words_of_sealing, carry_out_sealing),
)
