"""Counting a closed round: check, count, recount, then write all of it or nothing. Repeating it does no harm.

count_round(round.id, staff.id)
    1 the ledger is whole                       else LedgerNotWhole
    2 every counted slot is a place on the roll else BallotsOffTheRoll; either way the ledger says so (`reconcile`)
    3 no tie waits for a lot drawn in public    else LotNeeded, and the ledger says so
    4 count and recount agree                   else RecountDisagrees, and the ledger says so
    5 outcomes, files, figures and the ledger's `tally` entry, in one transaction
"""

import hashlib
import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.db import database_now, transaction
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds, slot_of
from pbudget.kit.errors import PbudgetError
from pbudget.kit.texts import listed
from pbudget.ledger.actions import append, hold_ledger, sign_head
from pbudget.ledger.queries import (
    acts,
    ballot_totals,
    ballots_by,
    counted_ballots,
    head_of,
    helped_ballots,
    verify_ledger,
)
from pbudget.ledger.watch import rollback_problem
from pbudget.proposals.queries import proposals_of
from pbudget.results import recount
from pbudget.results.actions import record_ballot_count, record_outcome
from pbudget.results.drawing import LOT_NEEDED, drawn_in
from pbudget.results.models import ContestFile, RoundCount
from pbudget.results.queries import is_counted
from pbudget.results.rules.counting import Listed, PotOnBallot, election_of, sizes_of
from pbudget.results.rules.facts import WardTurnout, facts_of
from pbudget.results.rules.outcome_file import outcome_bytes, outcome_of
from pbudget.results.rules.pbfile import pb_of
from pbudget.results.rules.publishing import unique_ballots
from pbudget.results.rules.stories import other_rules
from pbudget.roll.queries import desk_totals, entry_ids, roll_size_by_ward
from pbudget.rounds.opening import keys_folder
from pbudget.rounds.queries import RoundView, pots_of, round_by_id
from pbudget.rounds.rules.counting import rule_from_json
from pbudget.rounds.rules.dates import say_utc
from pbudget.tally.election import Election
from pbudget.tally.rules.count import count
from pbudget.tally.rules.outcome import Outcome
from pbudget.tally.rules.rule import Rule
from pbudget.tally.rules.ties import DRAWN, drawn_order
from pbudget.wards.queries import wards_around


class RoundNotClosed(PbudgetError):
    """Only a closed round is counted; the officer reads that voting has to close first."""


class LedgerNotWhole(PbudgetError):
    """The ledger was changed, so nothing is counted; the officer reads which entry is the first that is wrong."""


class BallotsOffTheRoll(PbudgetError):
    """Some counted ballots belong to nobody on the roll: nothing is counted; the officer reads how many."""


class LotNeeded(PbudgetError):
    """A tie decides money and the rule is a lot drawn in public; the officer reads in which contests."""


class RecountDisagrees(PbudgetError):
    """Count and recount differ: nothing is recorded; the officer reads in which contest."""


@dataclass(frozen=True)
class Contest:
    """One pot counted and not yet written; `outcomes[0]` is the result."""

    slug: str
    election: Election
    outcomes: list[Outcome]
    file: bytes
    said: dict[str, Any]


def count_round(round_id: int, actor: str) -> None:
    """Count a closed round and write the result down; nothing is shown to the public by it."""
    if is_counted(round_id):
        return
    round_ = closed_round(round_id)
    refuse_a_changed_ledger(round_id)
    checked = check_slots(round_id, round_)
    contests = count_contests(round_id, round_)
    _refuse_ties_without_their_lot(round_id, contests)
    _refuse_what_the_recount_does_not_find(round_id, contests)
    with transaction() as session:
        head = hold_ledger(session, round_id)
        if is_counted(round_id):
            return
        outcome = outcome_bytes(head.name, [contest.said for contest in contests])
        now = database_now(session)
        figures = facts(round_id, round_, contests) | {"roll_check": checked}
        session.add(RoundCount(round_id=round_id, counted_at=now, outcome=outcome.decode(), facts=figures))
        _write(session, round_id, contests)
        files = {f"contests/{each.slug}.pb": hashlib.sha256(each.file).hexdigest() for each in contests}
        files["outcome.json"] = hashlib.sha256(outcome).hexdigest()
        counted = {name: figures[name] for name in ("cast", "counted", "replacing")}
        append(session, round_id, "tally", {**counted, "files": files, "recount": "agrees", "utc": say_utc(now)})
        sign_if_possible(session, round_, now)
        record(session, actor, "round counted", round_.slug)


def closed_round(round_id: int) -> RoundView:
    """The round, if it is closed and not annulled. Raises RoundNotClosed."""
    round_ = round_by_id(round_id)
    if round_ is None or round_.phase != "closed":
        raise RoundNotClosed("Voting has not closed, so there is nothing to count yet.")
    return round_


def refuse_a_changed_ledger(round_id: int) -> None:
    """Raise LedgerNotWhole unless every entry is as it was written."""
    found = verify_ledger(round_id)
    if not found.ok:
        where = f"entry {found.first_bad_seq} cannot be trusted: " if found.first_bad_seq else ""
        raise LedgerNotWhole(f"Nothing was counted, because the ledger is not whole: {where}{found.reason}.")
    head = head_of(round_id)
    older = rollback_problem(head.name) if head else ""
    if older:
        raise LedgerNotWhole(f"Nothing was counted. {older}")


def check_slots(round_id: int, round_: RoundView) -> str:
    """Check that every counted slot is the HMAC of a place on the roll, and say so in the ledger: the result's word.

    Nobody sees which: only how many are not. Raises BallotsOffTheRoll, once the ledger says it.
    """
    slots = {slot for slot, _ in counted_ballots(round_id)}
    result, strangers = _compared(round_id, round_, slots)
    body = {"check": "slots", "counted": len(slots), "not_on_roll": strangers, "result": result}
    _say_once(round_id, body)
    if strangers:
        raise BallotsOffTheRoll(
            f"Nothing was counted: {strangers:,} of {len(slots):,} ballots belong to no place on the roll. Tell the "
            "auditor and the witnesses; two officers can annul the round under its rule."
        )
    return result


def _compared(round_id: int, round_: RoundView, slots: set[str]) -> tuple[str, int]:
    if round_.assurance == "open":
        return "no roll", 0
    try:
        key = load_key(keys_folder(), round_.slug, "round", KeyIds(**(round_.key_ids or {})))
    except (PbudgetError, TypeError):
        return "key lost", 0
    known = {slot_of(key, f"roll:{entry}") for entry in entry_ids(round_id)}
    strangers = len(slots - known)
    return ("failed" if strangers else "passed"), strangers


def _say_once(round_id: int, body: Mapping[str, Any]) -> None:
    """Append what a check found, unless the ledger's last act says just that already."""
    with transaction() as session:
        hold_ledger(session, round_id)
        said = [each.body or {} for each in acts(round_id) if each.kind == "reconcile"]
        if not said or {name: value for name, value in said[-1].items() if name != "utc"} != body:
            append(session, round_id, "reconcile", {**body, "utc": say_utc(database_now(session))})


def count_contests(round_id: int, round_: RoundView) -> list[Contest]:
    """Count every pot by its rule in the manifest, then by the other rules; nothing is written."""
    head = head_of(round_id)
    assert head is not None
    manifest = json.loads(head.manifest)
    ballots = [payload["contests"] for _, payload in counted_ballots(round_id)]
    gone, drawn = withdrawn_in(round_id), drawn_in(round_id)
    return [
        _counted(pot, manifest, gone, ballots, rule_with_lots(pot["rule"], drawn.get(pot["id"])))
        for pot in manifest["pots"]
    ]


def rule_with_lots(written: Mapping[str, Any], order: Sequence[str] | None) -> Rule:
    """The manifest's rule, with the order of the lots if they were drawn."""
    rule = rule_from_json(dict(written))
    return replace(rule, ties=drawn_order(order)) if order and rule.ties == DRAWN else rule


def withdrawn_in(round_id: int) -> dict[tuple[str, str], str]:
    """Why each withdrawn proposal was withdrawn, by (pot, proposal): from the ledger, so that anyone finds the same."""
    said = [each.body or {} for each in acts(round_id) if each.kind == "amend"]
    return {(b["pot"], b["proposal"]): b["reason"] for b in said if b.get("what") == "withdraw"}


def _counted(
    pot: Mapping[str, Any],
    manifest: Mapping[str, Any],
    gone: Mapping[tuple[str, str], str],
    ballots: list[dict[str, Any]],
    rule: Rule,
) -> Contest:
    on_ballot = pot_on_ballot(pot, manifest["currency"], gone)
    election = election_of(on_ballot, ballots, meta_of(pot, manifest))
    outcomes = [count(election, each) for each in (rule, *other_rules(election, rule))]
    withdrawn = [each.reference for each in on_ballot.proposals if each.withdrawn is not None]
    said = outcome_of(pot["id"], election, outcomes[0], withdrawn)
    return Contest(pot["id"], election, outcomes, pb_of(election, rule, secrets.token_hex(32)), said)


def pot_on_ballot(pot: Mapping[str, Any], currency: str, gone: Mapping[tuple[str, str], str]) -> PotOnBallot:
    """A pot of the manifest, with what was withdrawn since."""
    on_ballot = [
        Listed(each["id"], each["title"], each["cost"], "", gone.get((pot["id"], each["id"])))
        for each in pot["proposals"]
    ]
    limits = pot["ballot"]
    return PotOnBallot(
        pot["id"], pot["name"], pot["amount"], pot["units"], currency, limits["type"], limits["most_choices"], on_ballot
    )


def meta_of(pot: Mapping[str, Any], manifest: Mapping[str, Any]) -> dict[str, str]:
    """What the contest's .pb file says about where it comes from."""
    limits = pot["ballot"]
    meta = {
        "description": f"{manifest['name']}: {pot['name']}",
        "country": "United Kingdom",
        "unit": manifest["place"],
        "subunit": pot["name"],
        "instance": manifest["round"],
        "date_begin": manifest["opens"]["utc"][:10],
        "date_end": manifest["closes"]["utc"][:10],
        "language": "en",
        "ward_code": pot["ward"] or "",
        "max_length": str(limits["most_choices"] or ""),
        "max_sum_points": str(limits["most_points"] or ""),
    }
    return {key: value for key, value in meta.items() if value}


def _refuse_ties_without_their_lot(round_id: int, contests: list[Contest]) -> None:
    """Stop where a tie decides money and lots are to be drawn: the tally never takes one by reference on the quiet."""
    level = [each for each in contests if each.outcomes[0].rule.ties == DRAWN and each.outcomes[0].ties]
    if not level:
        return
    _say_once(round_id, {"check": LOT_NEEDED, "contests": [each.slug for each in level], "result": "lot needed"})
    names = ", ".join(_say_tie(each) for each in level)
    raise LotNeeded(f"A tie decides money, so lots are drawn in public before the count is finished. {names}.")


def _say_tie(contest: Contest) -> str:
    titles = {project.id: project.title for project in contest.election.projects}
    tied = dict.fromkeys(name for tie in contest.outcomes[0].ties for name in (*tie.won, *tie.lost))
    return f"{contest.election.name}: {listed([f'“{titles[name]}”' for name in tied])} are level"


def _refuse_what_the_recount_does_not_find(round_id: int, contests: list[Contest]) -> None:
    for contest in contests:
        if not recount.agrees(recount.Contest(contest.file), contest.said):
            _say_once(round_id, {"check": "recount", "contest": contest.slug, "result": "failed"})
            raise RecountDisagrees(
                f"Nothing was recorded: count and recount of {contest.election.name} differ. This is a fault in "
                "pbudget. Keep the database as it is and report it."
            )


def facts(round_id: int, round_: RoundView, contests: list[Contest]) -> dict[str, Any]:
    """The figures that are kept with the count."""
    totals, cells = ballot_totals(round_id), ballots_by(round_id)
    channels: dict[str, int] = {}
    for (_, channel), ballots in cells.items():
        channels[channel] = channels.get(channel, 0) + ballots
    plain = {"assurance": round_.assurance, "helped": helped_ballots(round_id), **desk_totals(round_id).as_json()}
    counts = {"cast": totals.cast, "counted": totals.counted, "replacing": totals.replacing}
    return facts_of(counts, _turnouts(round_id, round_, cells), channels, **plain)


def _turnouts(round_id: int, round_: RoundView, cells: Mapping[tuple[str, str], int]) -> list[WardTurnout]:
    """Every ward that has a ballot or a place on the roll, by name."""
    roll = {} if round_.assurance == "open" else roll_size_by_ward(round_id)
    ballots: dict[str, int] = {}
    for (code, _), number in cells.items():
        ballots[code] = ballots.get(code, 0) + number
    found = []
    for ward in wards_around((), borough_wide=False):
        if ward.code in ballots or ward.id in roll:
            size = None if round_.assurance == "open" else roll.get(ward.id, 0)
            found.append(WardTurnout(ward.id, ward.code, ward.name, ballots.get(ward.code, 0), size))
    return found


def _write(session: Session, round_id: int, contests: list[Contest]) -> None:
    pots = {pot.slug: pot.id for pot in pots_of(round_id)}
    listed = proposals_of(round_id)
    for contest in contests:
        pot_id = pots[contest.slug]
        proposals = {each.reference: each.id for each in listed.get(pot_id, [])}
        record_ballot_count(session, pot_id, contest.election, sizes_of(contest.election))
        for position, outcome in enumerate(contest.outcomes):
            record_outcome(session, pot_id, position, outcome, contest.election, proposals)
        session.add(
            ContestFile(
                pot_id=pot_id,
                content=zlib.compress(contest.file),
                sha256=hashlib.sha256(contest.file).hexdigest(),
                ballots=contest.election.ballots,
                unique_ballots=unique_ballots(contest.election),
            )
        )
    session.flush()


def sign_if_possible(session: Session, round_: RoundView, now: Any) -> bytes | None:
    """Sign where the chain stands, and give the key; None where this round's signing key was lost."""
    try:
        signing = load_key(keys_folder(), round_.slug, "signing", KeyIds(**(round_.key_ids or {})))
    except (PbudgetError, TypeError):
        return None
    sign_head(session, round_.id, signing, now)
    return signing
