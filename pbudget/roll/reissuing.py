"""Changing what a resident may vote with: new codes, letters that came back, late entries, the wrong ward.

An entry keeps its id whatever happens to its codes, and so its slot: at most one ballot of it is ever counted. Every
act here happens inside the caller's transaction, which holds voting first (`stopping.hold_voting`).
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from pbudget.audit.actions import record
from pbudget.db import transaction
from pbudget.kit.errors import BadInput
from pbudget.roll import hashing
from pbudget.roll.generating import PreparedCode
from pbudget.roll.identify import clock, scrypt_cost
from pbudget.roll.models import RollEntry, RollImport, VotingCode
from pbudget.roll.rules.codes import Code, CodeNotUsable, parse_selector
from pbudget.roll.stopping import count_today, end_unfinished, hold_voting, stop_live_codes

ADDITIONS = "late additions"


class EntryNotOnRoll(BadInput):
    """There is no such entry on this round's roll; the officer looks it up again."""


@dataclass
class ReturnedMail:
    """What a register of returned letters did: codes stopped by ward id, references we do not know or had already."""

    stopped: Counter[int] = field(default_factory=Counter)
    known_already: list[str] = field(default_factory=list)
    not_known: list[str] = field(default_factory=list)


def give_code(session: Session, round_id: int, prepared: PreparedCode, *, had_ballot: bool) -> None:
    """Make a prepared code the live one of its entry and stop the one before; the slot stays, and a ballot with it.

    `had_ballot`: whether the slot holds a ballot, which the caller knows from the ledger, as the caller sees to the
    second officer (`rules.reissue.needs_second_officer`). Counted by day. Raises EntryNotOnRoll.
    """
    entry_id = prepared.made.entry_id
    opened = hold_voting(session, round_id)
    held_entry(session, round_id, entry_id)
    earlier = _had_code(session, round_id, entry_id)
    if opened:
        end_unfinished(session, round_id, entry_id)
    live = VotingCode.round_id == round_id, VotingCode.roll_entry_id == entry_id, VotingCode.state == "live"
    session.execute(update(VotingCode).where(*live).values(state="void", why_void="reissued"))
    session.execute(insert(VotingCode).values(**prepared.row(round_id, batch_id=None, since_opening=opened)))
    counted = {"reissued": 1, "reissued_with_ballot": int(had_ballot)} if earlier else {"issued": 1}
    count_today(session, round_id, **counted)


def is_live_code(session: Session, round_id: int, entry_id: str, code: Code) -> bool:
    """Whether this is the entry's live code already: the same press of a button, arriving twice."""
    row = session.get(VotingCode, (round_id, code.selector), populate_existing=True)
    if row is None or row.roll_entry_id != entry_id or row.state != "live":
        return False
    return hashing.agrees(code.secret, hashing.Verifier(row.salt, row.verifier), scrypt_cost())


def register_returned(round_id: int, references: Sequence[str], *, actor: str) -> ReturnedMail:
    """Stop the codes of letters that came back undelivered, by the reference on each."""
    done = ReturnedMail()
    with transaction() as session:
        opened = hold_voting(session, round_id)
        for typed in dict.fromkeys(reference.strip() for reference in references if reference.strip()):
            _register_one(session, round_id, typed, done)
        number = sum(done.stopped.values())
        if number and opened:
            count_today(session, round_id, voided=number)
        if number:
            record(session, actor, "returned letters registered", f"round {round_id}", letters=number)
    return done


def add_entry(
    session: Session, round_id: int, ward_id: int, *, name: str = "", address: str = "", postcode: str = ""
) -> str:
    """The id of a new entry: late registration. After opening, two officers see to it, and the ledger has the number.

    Another adult at an address of the roll is its next place: "Resident 3".
    """
    opened = hold_voting(session, round_id)
    entry_id = secrets.token_hex(16)
    columns = {"name": name or None, "address": address or None, "postcode": postcode or None}
    here = RollEntry.round_id == round_id, RollEntry.address == address, RollEntry.postcode == postcode
    places = session.scalar(select(func.max(RollEntry.place)).where(*here)) or 0 if address and not name else 0
    session.execute(
        insert(RollEntry).values(
            id=entry_id,
            round_id=round_id,
            ward_id=ward_id,
            import_id=_import_for_additions(session, round_id),
            number=0,
            place=places + 1,
            **columns,
        )
    )
    if opened:
        count_today(session, round_id, added=1)
    return entry_id


def move_entry(session: Session, round_id: int, entry_id: str, ward_id: int) -> None:
    """Correct the ward of an entry; its code and its slot stay, and what was begun for the other ward is over."""
    opened = hold_voting(session, round_id)
    held_entry(session, round_id, entry_id)
    if opened:
        end_unfinished(session, round_id, entry_id)
        count_today(session, round_id, moved=1)
    session.execute(update(RollEntry).where(RollEntry.id == entry_id).values(ward_id=ward_id))


def held_entry(session: Session, round_id: int, entry_id: str) -> RollEntry:
    """The entry, held to the end of the transaction. Raises EntryNotOnRoll."""
    entry = session.scalar(
        select(RollEntry)
        .join(RollImport)
        .where(RollEntry.id == entry_id, RollEntry.round_id == round_id, RollImport.visible)
        .with_for_update(of=RollEntry)
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise EntryNotOnRoll("This entry is not on the roll of this round. Look the resident up again.")
    return entry


def _had_code(session: Session, round_id: int, entry_id: str) -> bool:
    """Whether the entry ever had a code to vote with; a test letter's is none."""
    chosen = select(VotingCode.selector).where(VotingCode.round_id == round_id, VotingCode.roll_entry_id == entry_id)
    return session.scalar(chosen.where(VotingCode.why_void.is_distinct_from("test")).limit(1)) is not None


def _register_one(session: Session, round_id: int, typed: str, done: ReturnedMail) -> None:
    try:
        selector = parse_selector(typed)
    except CodeNotUsable:
        done.not_known.append(typed[:20])
        return
    code = session.get(VotingCode, (round_id, selector), populate_existing=True)
    if code is None:
        done.not_known.append(selector)
    elif code.state == "void":
        done.known_already.append(selector)
    else:
        ward_id = session.execute(select(RollEntry.ward_id).where(RollEntry.id == code.roll_entry_id)).scalar_one()
        stop_live_codes(session, round_id, VotingCode.selector == selector, "returned")
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
