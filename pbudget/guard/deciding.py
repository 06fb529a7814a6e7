"""The act of this room that needs two officers: decide what follows from the reports. A decision is never changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from pbudget.db import database_now, db
from pbudget.equality.actions import destroy_answers
from pbudget.equality.rules.consultations import of_round
from pbudget.guard.models import GuardDecision
from pbudget.guard.queries import decisions_on, inputs_of, verdicts_of
from pbudget.guard.rules.decisions import CHOICES, held_until, why_not_hold
from pbudget.keys.actions import destroy_keys
from pbudget.kit.clock import LONDON, say_day
from pbudget.kit.errors import BadInput
from pbudget.rounds.acts import Act, ActNotPossible, Subject
from pbudget.rounds.officer_acts import carry_out_annulment
from pbudget.rounds.opening import keys_folder
from pbudget.rounds.queries import RoundView, number_of_rounds, round_by_id, rounds
from pbudget.rounds.rules.phases import CLOSED, PUBLISHED

Words = list[tuple[str, str]]


class ReasonMissing(BadInput):
    """A decision without a reason; the officer is asked for one."""


def subject_of_decision(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """What is decided and why, with the verdicts it was decided on and the inputs they were made from."""
    round_ = round_by_id(round_id)
    if round_ is None or round_.phase not in (CLOSED, PUBLISHED):
        raise ActNotPossible("A decision follows the count, and comes before the seal.")
    verdicts, said = verdicts_of(round_id), decisions_on(round_id)
    if not verdicts:
        raise ActNotPossible("The reports are not made yet. Wait until they are, then decide.")
    if said and CHOICES[said[-1].decision].certifies:
        raise ActNotPossible("The result has been certified, so nothing more can be decided on it.")
    if payload["decision"] == "hold" and (no := why_not_hold(round_.phase, [each.decision for each in said])):
        raise ActNotPossible(no)
    if not str(payload["reason"]).strip():
        raise ReasonMissing("Give the reason. Residents read it")
    today = database_now(db.session()).astimezone(LONDON).date()
    until = held_until(today).isoformat() if payload["decision"] == "hold" else ""
    reason = str(payload["reason"]).strip()
    inputs = inputs_of(round_id)
    return {"decision": payload["decision"], "reason": reason, "until": until, "verdicts": verdicts, "inputs": inputs}


def words_of_decision(subject: Mapping[str, Any]) -> Words:
    """What is decided, why, and on which verdicts."""
    choice = CHOICES[subject["decision"]]
    until = [("Held until", say_day(date.fromisoformat(subject["until"])))] if subject["until"] else []
    verdicts = [(f"Verdict on {slug}", verdict) for slug, verdict in subject["verdicts"].items()]
    goes = [("Destroyed for good", "what voters answered about themselves, and the key to it")] * choice.certifies
    what = [("Decision", choice.title), ("What follows", choice.meaning)]
    return [*what, *until, ("Reason residents read", subject["reason"]), *verdicts, *goes]


def carry_out_decision(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Write the decision down. Certifying deletes every answer; annulling ends the round."""
    now = database_now(session)
    session.add(
        GuardDecision(
            round_id=round_id,
            decision=subject["decision"],
            reason=subject["reason"],
            held_until=date.fromisoformat(subject["until"]) if subject["until"] else None,
            decided_on=now.astimezone(LONDON).date(),
            verdicts=subject["verdicts"],
            inputs=subject["inputs"],
        )
    )
    session.flush()
    if CHOICES[subject["decision"]].certifies:
        destroy_answers(session, of_round(round_id))
    if subject["decision"] == "annul":
        carry_out_annulment(session, round_id, {"reason": subject["reason"]})


def destroy_guard_keys() -> None:
    """Destroy on this machine the guard keys of certified rounds; each machine's worker does it, again and again."""
    db.session.rollback()  # what was certified since is to be seen
    for round_ in rounds((CLOSED, PUBLISHED), number_of_rounds((CLOSED, PUBLISHED))):
        if _is_certified(round_) and (keys_folder() / round_.slug / "guard.key").exists():
            destroy_keys(keys_folder(), round_.slug, ("guard",))


def _is_certified(round_: RoundView) -> bool:
    return any(CHOICES[each.decision].certifies for each in decisions_on(round_.id))


ACTS = (
    Act(
        "decide",
        "Decide what follows from the reports",
        "a decision was taken on the report",
        subject_of_decision,
        words_of_decision,
        carry_out_decision,
    ),
)
