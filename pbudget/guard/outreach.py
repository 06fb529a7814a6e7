"""While voting is open: once a week, who is missing so far. No choice is read, and nothing of who wins is worked out.

Officers see groups and wards through the same disclosure control as the public, never live counts. What was done about
it goes into the access record: it is a checklist beside the figures, and for groups too small to count the only one.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.balance.ages import OLDEST
from pbudget.balance.clusters import published_in as published_clusters
from pbudget.balance.published import published_in
from pbudget.balance.thresholds import Thresholds
from pbudget.db import database_now, db, transaction
from pbudget.equality.queries import open_answers, plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import groups_answered
from pbudget.guard.models import AccessRecord, GuardSnapshot
from pbudget.guard.pooling import Pooled, WardVotes, pool
from pbudget.guard.queries import latest_snapshot_day, manifest_of, tables_seen
from pbudget.guard.reporting import residents_of
from pbudget.guard.rules.outreach import more_to_par
from pbudget.guard.rules.quorum import quorum_lines, votes_by_code
from pbudget.guard.telling import tell_officers
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import PbudgetError
from pbudget.ledger.queries import ballots_by, counted_slots, head_of
from pbudget.rounds.opening import keys_folder
from pbudget.rounds.queries import RoundView, number_of_rounds, rounds
from pbudget.rounds.rules.dates import say_utc
from pbudget.rounds.rules.phases import DECIDING, OPEN
from pbudget.wards.queries import ward_ids

EVERY = timedelta(days=7)
FEWEST = 100
"""Fewer votes tell nothing about who is missing."""
TOO_FEW = ("under", "severely under", "absent")


def take_weekly_snapshots() -> None:
    """Look at every open round that was last looked at a week ago or more; one without a guard key is left out."""
    db.session.rollback()  # what was cast since is to be seen
    for round_ in rounds((OPEN,), number_of_rounds((OPEN,))):
        with transaction() as session:
            today = database_now(session).astimezone(LONDON).date()
        last = latest_snapshot_day(round_.id)
        if last is None or today - last >= EVERY:
            take_snapshot(round_, today)


def take_snapshot(round_: RoundView, today: date) -> bool:
    """Keep who has taken part so far, all wards together; False where it is too early or too few said who they are."""
    content = who_is_missing(round_)
    if not content["known"]:
        return False
    with transaction() as session:
        session.add(GuardSnapshot(round_id=round_.id, made_on=today, content=content))
    return True


def who_is_missing(round_: RoundView) -> dict[str, Any]:
    """How many voted, whether it is known well enough who they are, and the groups that are short of their share."""
    wards = votes_by_wards(round_)
    cast, asked = sum(number for number, _ in wards.values()), [votes for _, votes in wards.values() if votes]
    pooled = pool(asked, limits_of(round_.id), tables_seen(round_.id)) if cast >= FEWEST else []
    return {
        "ballots": cast,
        "known": any(each.balance.usable for each in pooled),
        "missing": [line for each in pooled for line in missing_in(each)],
        "tables": {each.dimension: asdict(each.seen) for each in pooled},
    }


def look_at_the_close(round_: RoundView) -> None:
    """Keep who had taken part when voting stopped, whatever the number; with what a weekly look of the same day showed.

    Where there may be more time, officers are written to in the same transaction. Choices are not read: this comes
    before the close entry, and the count after it.
    """
    assert round_.closes_at is not None
    content = {**who_is_missing(round_), "closing": say_utc(round_.closes_at)}
    lines = quorum_lines(manifest_of(round_.id), votes_by_code(ballots_by(round_.id)))
    missed = [line for line in lines if not line.met]
    with transaction() as session:
        today = database_now(session).astimezone(LONDON).date()
        weekly = session.get(GuardSnapshot, (round_.id, today))
        before = [*weekly.content.get("before", []), weekly.content.get("tables", {})] if weekly else []
        session.merge(GuardSnapshot(round_id=round_.id, made_on=today, content={**content, "before": before}))
        if round_.stage(database_now(session)) == DECIDING:
            tell_officers(session, round_, missed)


def limits_of(round_id: int) -> Thresholds:
    """What the round's manifest says the guard goes by; the program's own limits where it says nothing."""
    head = head_of(round_id)
    return (published_in(json.loads(head.manifest)) if head else None) or Thresholds()


def votes_by_wards(round_: RoundView) -> dict[tuple[str, ...], tuple[int, WardVotes | None]]:
    """Votes so far, and who cast them beside who lives there; the choices on them are not read.

    By ward code; by several where wards are looked at together, so that no look splits what the reports do not.
    """
    joined = {code: each.wards for each in published_clusters(manifest_of(round_.id)) for code in each.wards}
    cast, questions = counted_slots(round_.id), plan_of(of_round(round_.id)).questions
    answers = _answers(round_, [slot for slot, _ in cast])
    known, by_wards = ward_ids(), dict[tuple[str, ...], list[Mapping[str, str | None]]]()
    for slot, code in cast:
        by_wards.setdefault(joined.get(code, (code,)), []).append(groups_answered(questions, answers.get(slot, {})))
    return {
        codes: (len(said), _beside(round_, [known.get(code) for code in codes], said))
        for codes, said in sorted(by_wards.items())
    }


def _answers(round_: RoundView, slots: Sequence[str]) -> dict[str, dict[str, str]]:
    try:
        key = load_key(keys_folder(), round_.slug, "guard", KeyIds(**(round_.key_ids or {})))
    except (PbudgetError, TypeError):
        return {}
    return open_answers(key, of_round(round_.id), slots).by_slot


def _beside(
    round_: RoundView, wards: Sequence[int | None], said: Sequence[Mapping[str, str | None]]
) -> WardVotes | None:
    ages = (round_.youngest_age, round_.oldest_age or OLDEST)
    known = [ward for ward in wards if ward is not None]
    residents = residents_of(known, *ages) if len(known) == len(wards) else None
    asked = {name for each in said for name in each}
    if residents is None or not asked & residents.shares.keys():
        return None
    counts = {
        name: Counter(group for each in said if (group := each.get(name)) and group in shares)
        for name, shares in residents.shares.items()
        if name in asked
    }
    return WardVotes(residents, counts, len(said))


def missing_in(pooled: Pooled) -> list[dict[str, Any]]:
    """The groups of one dimension that are short of their share, with how many more would bring them to it."""
    if not pooled.balance.usable:
        return []
    table = pooled.table
    return [
        {
            "dimension": table.label,
            "group": row.label,
            "share": row.share,
            "residents": row.residents,
            "more": more_to_par(row.participants, table.whole, row.residents),
        }
        for row in table.rows
        if row.flag in TOO_FEW and row.residents is not None and row.participants is not None
    ]


def record_access(session: Session, round_id: int, slug: str, actor: str, **columns: Any) -> None:
    """Write down something that was done to reach people; the audit log has the act, not its words."""
    session.add(AccessRecord(round_id=round_id, **columns))
    session.flush()
    record(session, actor, "access recorded", slug)
