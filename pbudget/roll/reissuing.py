"""Changing what a resident may vote with: new codes, letters that came back, late entries, the wrong ward.

An entry keeps its id whatever happens to its codes, and so its slot: at most one ballot of it is ever counted.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.db import transaction
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import BadInput
from pbudget.roll.generating import PreparedCode, letters_folder, prepare_code
from pbudget.roll.identify import clock
from pbudget.roll.models import LetterBatch, ReissueCount, RollEntry, RollImport, VotingCode
from pbudget.roll.rules.codes import Code, CodeNotUsable, parse_selector
from pbudget.roll.rules.reissue import identity_shown

ROWS_AT_ONCE = 2000
ADDITIONS = "late additions"


class EntryNotOnRoll(BadInput):
    """There is no such entry on this round's roll; the officer looks it up again."""


@dataclass
class ReturnedMail:
    """What a register of returned letters did: codes stopped by ward id, references we do not know or had already."""

    stopped: Counter[int] = field(default_factory=Counter)
    known_already: list[str] = field(default_factory=list)
    not_known: list[str] = field(default_factory=list)


def reissue(round_id: int, entry_id: str, identity_points: Iterable[str], *, had_ballot: bool, actor: str) -> Code:
    """Give a resident a new code, once, and void the old one; their slot stays, and with it a ballot cast before.

    `had_ballot`: whether the slot holds a ballot, which the caller knows from the ledger. Whether a second officer has
    to approve is `rules.reissue.needs_second_officer`; seeing to it is the caller's. Raises IdentityNotShown or
    EntryNotOnRoll. Counted by day; the audit log gets the day and the kinds of identity shown, never who.
    """
    points = identity_shown(identity_points)
    prepared = prepare_code(round_id, entry_id)
    with transaction() as session:
        _entry(session, round_id, entry_id)
        _void(session, round_id, entry_id, "reissued")
        _store(session, round_id, prepared)
        _count_reissue(session, round_id, _today(), had_ballot=had_ballot)
        record(session, actor, "code reissued", f"round {round_id}", identity=points)
    return Code(prepared.made.selector, prepared.made.secret)


def register_returned(round_id: int, references: Sequence[str], *, actor: str) -> ReturnedMail:
    """Stop the codes of letters that came back undelivered, by the reference on each."""
    done = ReturnedMail()
    with transaction() as session:
        for typed in dict.fromkeys(reference.strip() for reference in references if reference.strip()):
            _register_one(session, round_id, typed, done)
        number = sum(done.stopped.values())
        if number:
            record(session, actor, "returned letters registered", f"round {round_id}", letters=number)
    return done


def add_entry(
    session: Session, round_id: int, ward_id: int, *, name: str = "", address: str = "", postcode: str = ""
) -> str:
    """The id of a new entry: late registration. After opening, two officers and a ledger entry are the caller's."""
    entry_id = secrets.token_hex(16)
    columns = {"name": name or None, "address": address or None, "postcode": postcode or None}
    session.execute(
        insert(RollEntry).values(
            id=entry_id,
            round_id=round_id,
            ward_id=ward_id,
            import_id=_import_for_additions(session, round_id),
            number=0,
            place=1,
            **columns,
        )
    )
    return entry_id


def move_entry(session: Session, round_id: int, entry_id: str, ward_id: int) -> None:
    """Correct the ward of an entry; its code and its slot stay."""
    _entry(session, round_id, entry_id)
    session.execute(update(RollEntry).where(RollEntry.id == entry_id).values(ward_id=ward_id))


def stop_codes(session: Session, round_id: int, entry_id: str) -> None:
    """Void the live code of an entry that should not be on the roll. The entry stays until the seal."""
    _entry(session, round_id, entry_id)
    _void(session, round_id, entry_id, "removed")


def delete_roll(round_id: int) -> int:
    """Seal: delete codes, letters and the roll of a round, some at a time; how many entries there were."""
    with transaction() as session:
        session.execute(update(RollImport).where(RollImport.round_id == round_id).values(visible=False))
        batches = list(session.scalars(select(LetterBatch.id).where(LetterBatch.round_id == round_id)))
    for batch_id in batches:
        (letters_folder() / f"batch-{batch_id}.codes").unlink(missing_ok=True)
    deleted = 0
    while number := _delete_some(round_id):
        deleted += number
    with transaction() as session:
        for table in (VotingCode, LetterBatch, RollImport):
            session.execute(delete(table).where(table.round_id == round_id))
    return deleted


def _delete_some(round_id: int) -> int:
    """Delete a portion of the entries; their codes go with them by the foreign key."""
    with transaction() as session:
        imports = select(RollImport.id).where(RollImport.round_id == round_id)
        ids = list(session.scalars(select(RollEntry.id).where(RollEntry.import_id.in_(imports)).limit(ROWS_AT_ONCE)))
        session.execute(delete(RollEntry).where(RollEntry.id.in_(ids)))
        return len(ids)


def _entry(session: Session, round_id: int, entry_id: str) -> RollEntry:
    entry = session.scalar(
        select(RollEntry)
        .join(RollImport)
        .where(RollEntry.id == entry_id, RollEntry.round_id == round_id, RollImport.visible)
        .with_for_update(of=RollEntry)
    )
    if entry is None:
        raise EntryNotOnRoll("This entry is not on the roll of this round. Look the resident up again.")
    return entry


def _void(session: Session, round_id: int, entry_id: str, why: str) -> None:
    live = (VotingCode.round_id == round_id, VotingCode.roll_entry_id == entry_id, VotingCode.state == "live")
    session.execute(update(VotingCode).where(*live).values(state="void", why_void=why))


def _store(session: Session, round_id: int, prepared: PreparedCode) -> None:
    session.execute(insert(VotingCode).values(**prepared.row(round_id, batch_id=None)))


def _count_reissue(session: Session, round_id: int, day: date, *, had_ballot: bool) -> None:
    chosen = select(ReissueCount).where(ReissueCount.round_id == round_id, ReissueCount.day == day).with_for_update()
    count = session.scalar(chosen)
    if count is None:
        count = ReissueCount(round_id=round_id, day=day, codes=0, with_ballot=0)
        session.add(count)
    count.codes += 1
    count.with_ballot += had_ballot
    session.flush()


def _register_one(session: Session, round_id: int, typed: str, done: ReturnedMail) -> None:
    try:
        selector = parse_selector(typed)
    except CodeNotUsable:
        done.not_known.append(typed[:20])
        return
    code = session.get(VotingCode, (round_id, selector))
    if code is None:
        done.not_known.append(selector)
    elif code.state == "void":
        done.known_already.append(selector)
    else:
        code.state, code.why_void = "void", "returned"
        session.flush()
        ward_id = session.execute(select(RollEntry.ward_id).where(RollEntry.id == code.roll_entry_id)).scalar_one()
        done.stopped[ward_id] += 1


def _import_for_additions(session: Session, round_id: int) -> int:
    """The import that late entries hang on, made with the first of them."""
    chosen = select(RollImport.id).where(RollImport.round_id == round_id, RollImport.file_name == ADDITIONS)
    found = session.scalar(chosen)
    if found is None:
        moment = clock().now().replace(tzinfo=None)
        made = RollImport(
            round_id=round_id,
            kind="named",
            file_name=ADDITIONS,
            sha256="0" * 64,
            visible=True,
            touched_at=moment,
        )
        session.add(made)
        session.flush()
        found = made.id
    return found


def _today() -> date:
    return clock().now().astimezone(LONDON).date()
