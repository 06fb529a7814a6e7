"""The acts of this room that need two officers: open, withdraw a proposal, correct, extend, close early, annul."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pbudget.db import database_now, db
from pbudget.kit.clock import LONDON
from pbudget.kit.money import format_money
from pbudget.ledger.actions import append, hold_ledger
from pbudget.proposals.actions import withdraw_proposal
from pbudget.proposals.queries import proposals_of
from pbudget.rounds.acts import Act, ActNotPossible, Subject
from pbudget.rounds.closing import end_voting
from pbudget.rounds.opening import held_round, open_round
from pbudget.rounds.queries import RoundView, SetUp, pots_of, round_by_id, set_up_by_id
from pbudget.rounds.readiness import NotReadyToOpen, frozen, parts_of, preparation_of
from pbudget.rounds.rules.dates import say_utc, say_with_zone
from pbudget.rounds.rules.extension import OUTREACH, MoreTime, decision_due, extension_problem, latest_close
from pbudget.rounds.rules.manifest import FrozenPot, FrozenRound, digest_of, manifest_bytes
from pbudget.rounds.rules.phases import ANNULLED, NOT_YET, OPEN, SEALED, SET_UP
from pbudget.rounds.rules.tasks import missing_to_open

Words = list[tuple[str, str]]
BALLOT_WORDS = {
    "approval": "choose projects",
    "knapsack": "choose projects within the money",
    "ranked": "put projects in order",
    "points": "give points to projects",
}


def subject_of_opening(round_id: int, _: Mapping[str, Any]) -> Subject:
    """The manifest's hash and what stands in it; raises NotReadyToOpen while a task is not done."""
    return opening_of(set_up_by_id(round_id))


def opening_of(round_: SetUp) -> Subject:
    """The same for a round that has been read."""
    if round_.phase != SET_UP:
        raise ActNotPossible("The round has opened already.")
    parts = parts_of(round_.id)
    missing = missing_to_open(preparation_of(round_, parts, database_now(db.session())))
    if missing:
        raise NotReadyToOpen(f"The round cannot open yet. {missing[0].title}: {missing[0].missing[0]}")
    settled = frozen(round_, parts)
    return {
        "manifest": digest_of(manifest_bytes(settled)),
        "opens": say_with_zone(settled.opens_at),
        "closes": say_with_zone(settled.closes_at),
        "extension": _extension_words(settled),
        "pots": [_pot_words(pot, settled) for pot in settled.pots],
        "voters": f"{sum(settled.roll.values()):,} on the roll"
        if settled.roll
        else "no roll: anybody says who they are",
        "unawarded": settled.unawarded,
        "published": settled.publish,
        **({"together": _together_words(settled)} if settled.clusters else {}),
    }


def _together_words(settled: FrozenRound) -> str:
    return "; ".join(f"{each.name}: {each.wards_named}" for each in settled.clusters)


def _extension_words(settled: FrozenRound) -> str:
    if not settled.extension_days:
        return "not possible: voting ends at its closing time"
    due, latest = decision_due(settled.closes_at), latest_close(settled.closes_at, settled.extension_days)
    return f"once, decided by {say_with_zone(due)}, until {say_with_zone(latest)} at the latest"


def _pot_words(pot: FrozenPot, settled: FrozenRound) -> str:
    money = format_money(pot.amount, settled.currency, pot.units)
    return f"{pot.name}: {money}, {len(pot.proposals)} proposals, {BALLOT_WORDS[pot.ballot_type]}; {pot.rule.label()}"


def words_of_opening(subject: Mapping[str, Any]) -> Words:
    """What is settled when the round opens."""
    pots = [(f"Pot {number}", text) for number, text in enumerate(subject["pots"], start=1)]
    return [
        ("Voting opens", subject["opens"]),
        ("Voting closes", subject["closes"]),
        ("More time at the close", subject["extension"]),
        *pots,
        *([("Wards looked at together", subject["together"])] if "together" in subject else []),
        ("Voters", subject["voters"]),
        ("Money no project gets", subject["unawarded"]),
        ("Published", "a file of every ballot" if subject["published"] == "ballots" else "totals for each project"),
        ("Manifest (SHA-256)", subject["manifest"]),
    ]


def carry_out_opening(session: Session, round_id: int, _: Mapping[str, Any]) -> None:
    """Open the round."""
    open_round(session, round_id)


def subject_of_withdrawal(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """The proposal as the ballot names it, and the reason residents will read."""
    _refuse_unless_open(round_id)
    proposals = proposals_of(round_id)
    for pot in pots_of(round_id):
        for each in proposals.get(pot.id, []):
            if each.id == payload["proposal"] and each.withdrawn is None:
                said = {"pot": pot.slug, "proposal": each.reference, "title": each.title, "id": each.id}
                return {**said, "reason": payload["reason"]}
    raise ActNotPossible("This proposal is not on the ballot, or has been withdrawn already.")


def words_of_withdrawal(subject: Mapping[str, Any]) -> Words:
    """Which proposal, and why."""
    return [
        ("Proposal", f"{subject['title']} ({subject['proposal']}, pot {subject['pot']})"),
        ("Reason residents read", subject["reason"]),
        ("What follows", "It cannot win. Ballots that name it stand, and count for everything else on them."),
    ]


def carry_out_withdrawal(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Withdraw the proposal, in public."""
    hold_ledger(session, round_id)
    withdraw_proposal(session, round_id, subject["id"], subject["reason"])
    said = {name: subject[name] for name in ("pot", "proposal", "title", "reason")}
    append(session, round_id, "amend", {"what": "withdraw", **said, "utc": say_utc(database_now(session))})


def subject_of_correction(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """The notice, letter for letter."""
    _refuse_unless_open(round_id)
    return {"text": payload["text"]}


def words_of_correction(subject: Mapping[str, Any]) -> Words:
    """The notice."""
    return [("Notice residents read", subject["text"])]


def carry_out_correction(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Publish the notice."""
    body = {"what": "correct", "text": subject["text"]}
    append(session, round_id, "amend", {**body, "utc": say_utc(database_now(session))})


def subject_of_extension(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """The present and the new closing time, the reason residents will read, and what will be done with the time."""
    round_ = _refuse_unless_open(round_id, also_past=True)
    later, outreach = datetime.fromisoformat(payload["closes_at"]), _named_outreach(payload)
    rule, now = round_.more_time, database_now(db.session())
    assert rule is not None
    problem = extension_problem(rule, later, now, outreach=len(outreach) == len(OUTREACH))
    if problem:
        raise ActNotPossible(problem)
    said = {"from": say_utc(rule.closes_at), "to": say_utc(later), "reason": payload["reason"]}
    return said | ({"outreach": outreach} if outreach else {})


def _named_outreach(payload: Mapping[str, Any]) -> dict[str, str]:
    """What will be done, where and for whom, as far as it was said."""
    said = {name: str(payload.get(name) or "").strip() for name in OUTREACH}
    return {name: words for name, words in said.items() if words}


def words_of_extension(subject: Mapping[str, Any]) -> Words:
    """From when to when, and why."""
    was, becomes = (say_with_zone(datetime.fromisoformat(subject[name])) for name in ("from", "to"))
    times = [("Closing time now", was), ("New closing time", becomes), ("Reason residents read", subject["reason"])]
    outreach = subject.get("outreach", {})
    return times + [(title, outreach[name]) for name, title in OUTREACH.items() if name in outreach]


def carry_out_extension(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Move the closing time. The clock is read once the ledger is held, so nothing falls between this and a close.

    Voting that has stopped opens again, and is then not extended a second time.
    """
    hold_ledger(session, round_id)
    row, later = held_round(session, round_id), datetime.fromisoformat(subject["to"])
    now = database_now(session)
    assert row.closes_at is not None
    named = len(subject.get("outreach", {})) == len(OUTREACH)
    rule = MoreTime(row.closes_at, row.extension_days, row.decide_by)
    if problem := extension_problem(rule, later, now, outreach=named):
        raise ActNotPossible(problem)
    if row.decide_by:
        row.decide_by = decision_due(later) if now < row.closes_at else None
    row.closes_at, row.closes_on = later, later.astimezone(LONDON).date()
    session.flush()
    append(session, round_id, "extend", {**subject, "utc": say_utc(now)})


def subject_of_closing(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """When it would have closed, and the reason residents will read."""
    round_ = _refuse_unless_open(round_id, also_past=True)
    assert round_.closes_at is not None
    return {"planned": say_utc(round_.closes_at), "reason": payload["reason"]}


def words_of_closing(subject: Mapping[str, Any]) -> Words:
    """What closing now means."""
    planned = say_with_zone(datetime.fromisoformat(subject["planned"]))
    return [
        ("Voting was to close at", planned),
        ("It closes", "as soon as this is approved"),
        ("Reason residents read", subject["reason"]),
    ]


def carry_out_closing(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Close now."""
    hold_ledger(session, round_id)
    row, now = held_round(session, round_id), database_now(session)
    early = row.closes_at is not None and now < row.closes_at
    end_voting(session, row, now, {"early": early, "reason": subject["reason"]})


def subject_of_annulment(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """The rule it follows and the reason residents will read."""
    round_ = _round(round_id)
    if round_.phase in (SET_UP, ANNULLED, SEALED):
        raise ActNotPossible("Only a round that has opened, and is not sealed, can be annulled.")
    return {"rule": round_.annul_rule, "reason": payload["reason"]}


def words_of_annulment(subject: Mapping[str, Any]) -> Words:
    """The rule and the reason."""
    return [
        ("Rule fixed before opening", subject["rule"]),
        ("Reason residents read", subject["reason"]),
        ("What follows", "No more votes are taken, nothing is counted, and this cannot be undone."),
    ]


def carry_out_annulment(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """End the round without a result."""
    hold_ledger(session, round_id)
    row, now = held_round(session, round_id), database_now(session)
    append(session, round_id, "annul", {"reason": subject["reason"], "utc": say_utc(now)})
    row.phase, row.closed_at = ANNULLED, row.closed_at or now
    session.flush()


def _round(round_id: int) -> RoundView:
    round_ = round_by_id(round_id)
    assert round_ is not None
    return round_


def _refuse_unless_open(round_id: int, *, also_past: bool = False) -> RoundView:
    """The round, if voting is or will be open (`also_past`: or is over and nothing has closed it)."""
    round_ = _round(round_id)
    stage = round_.phase if also_past else round_.stage(database_now(db.session()))
    if stage not in (OPEN, NOT_YET):
        raise ActNotPossible("This can only be done between the opening and the close of voting.")
    return round_


ACTS = (
    Act("open", "Open the round", "the round was opened", subject_of_opening, words_of_opening, carry_out_opening),
    Act(
        "withdraw",
        "Withdraw a proposal",
        "a proposal was withdrawn",
        subject_of_withdrawal,
        words_of_withdrawal,
        carry_out_withdrawal,
        single=False,
    ),
    Act(
        "correct",
        "Publish a correction",
        "a correction was published",
        subject_of_correction,
        words_of_correction,
        carry_out_correction,
        single=False,
    ),
    Act(
        "extend",
        "Extend voting",
        "voting was extended",
        subject_of_extension,
        words_of_extension,
        carry_out_extension,
    ),
    Act("close", "Close voting now", "voting was closed", subject_of_closing, words_of_closing, carry_out_closing),
    Act(
        "annul",
        "Annul the round",
        "the round was annulled",
        subject_of_annulment,
        words_of_annulment,
        carry_out_annulment,
    ),
)
