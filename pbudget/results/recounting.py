"""Counting again from the file alone: by this service when somebody asks, by the auditor on a machine of their own."""

import json

from pbudget.audit.actions import record
from pbudget.db import database_now, transaction
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import BadInput
from pbudget.results import recount
from pbudget.results.models import Recount
from pbudget.results.queries import contest_content, contest_files, count_of
from pbudget.rounds.queries import round_by_id


class NothingToRecount(BadInput):
    """The round has not been counted; the person reads that the count comes first."""


def recount_round(round_id: int, actor: str) -> bool:
    """Recount every contest of a counted round from its .pb file and keep what was found; whether all agree."""
    found = {pot_id: recounted(pot_id, stated) for pot_id, stated in _stated(round_id).items()}
    _keep(round_id, found, "service", actor, "")
    return all(found.values())


def recounted(pot_id: int, stated: dict[str, object]) -> bool:
    """Whether a contest's file gives the winners and totals that were stated."""
    content = contest_content(pot_id)
    return content is not None and recount.agrees(recount.Contest(content), stated)


def note_auditors_recount(round_id: int, pot_slug: str, agrees: bool, note: str, actor: str) -> None:
    """Keep what the auditor found with the file on a machine of their own."""
    pot_ids = {each.slug: each.pot_id for each in contest_files(round_id)}
    if pot_slug not in pot_ids:
        raise NothingToRecount("There is no such contest in this round.")
    _keep(round_id, {pot_ids[pot_slug]: agrees}, "auditor", actor, note)


def _stated(round_id: int) -> dict[int, dict[str, object]]:
    counted = count_of(round_id)
    if counted is None:
        raise NothingToRecount("The round has not been counted yet. Count it first.")
    contests = {each["id"]: each for each in json.loads(counted.outcome)["contests"]}
    return {each.pot_id: contests[each.slug] for each in contest_files(round_id)}


def _keep(round_id: int, found: dict[int, bool], made_by: str, actor: str, note: str) -> None:
    round_ = round_by_id(round_id)
    with transaction() as session:
        today = database_now(session).astimezone(LONDON).date()
        for pot_id, agrees in found.items():
            session.add(Recount(pot_id=pot_id, made_on=today, made_by=made_by, agrees=agrees, note=note))
        session.flush()
        slug, agree = round_.slug if round_ else "", all(found.values())
        record(session, actor, "round recounted", slug, made_by=made_by, agrees=agree)
