"""The acts of this room that need two officers: give a code, add somebody to the roll, correct a ward.

No act here writes to the ledger by itself. An entry at the minute of the act would stand just before the ballot that
follows it, and so tell whose it is; the next checkpoint, or the close, says how many there were.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from pbudget.ballots.queries import WardView, wards_of_round
from pbudget.db import database_now, db
from pbudget.desk.actions import refuse_unless_open
from pbudget.desk.models import DeskPermit
from pbudget.desk.words import KEPT_ONLY_THE_DAY, identity_words, who_words
from pbudget.roll.actions import add_entry, hold_voting, move_entry
from pbudget.roll.queries import EntryView, entries_at, entry_by_id, places_at
from pbudget.roll.reissuing import EntryNotOnRoll
from pbudget.roll.rules.roll_file import identity_of
from pbudget.rounds.acts import Act, ActNotPossible, Subject
from pbudget.rounds.models import Round
from pbudget.wards.queries import ward_of_postcode, wards_around
from pbudget.wards.rules.postcodes import normalise
from pbudget.web.access import current_staff

Words = list[tuple[str, str]]
PERMIT_LASTS = timedelta(hours=24)
MOST_AT_A_POSTCODE = 500
NO_VOTE_THERE = "A ward without a vote in this round"
OTHERS = "The name and address are shown to officers only"


def subject_of_reissue(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """Which place of the roll, what identity was shown, and who is going to see the code."""
    _refuse_unless_open(round_id)
    _entry(round_id, payload["entry"])
    return {"round": round_id, **_plain(payload, "entry", "identity", "officer", "salt")}


def words_of_reissue(subject: Mapping[str, Any]) -> Words:
    """Who it is, how they showed it, and what follows."""
    if not subject:
        return KEPT_ONLY_THE_DAY
    return [
        *_who(subject),
        ("Identity", identity_words(subject["identity"])),
        ("Why two officers", "A vote may be cast for this place already, or voting closes within 48 hours."),
        ("What follows", "The officer who asked is shown a new code, once. The old code stops then."),
        ("A vote cast before", "It stays until the resident votes again, and is then replaced."),
    ]


def carry_out_reissue(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Let the officer who asked give the code; nothing changes for the resident before that."""
    _permit(session, round_id, subject["entry"], subject)


def subject_of_addition(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """Everything the new place of the roll will say; raises where the resident is on it already."""
    _refuse_unless_open(round_id)
    ward = _ward(round_id, payload["ward"])
    name, address, postcode = (str(payload[part]) for part in ("name", "address", "postcode"))
    if name and _is_on_roll(round_id, name, address, postcode):
        raise ActNotPossible("This resident is on the roll already. Look them up and give them a new code.")
    said = _plain(payload, "name", "address", "postcode", "identity", "officer", "salt")
    by_postcode = _name_of_ward(ward_of_postcode(normalise(postcode)), "The postcode is not in our list")
    places = places_at(round_id, address, postcode)
    return {**said, "ward": ward.code, "ward_name": ward.name, "by_postcode": by_postcode, "places": places}


def words_of_addition(subject: Mapping[str, Any]) -> Words:
    """Who is added, where, and how many places the address has already."""
    if not subject:
        return KEPT_ONLY_THE_DAY
    lines = ", ".join(filter(None, (subject["name"], *subject["address"].split("\n"), subject["postcode"])))
    return [
        ("Who is added", lines if _reader_is_officer() else OTHERS),
        ("Ward", subject["ward_name"]),
        ("Ward of the postcode", subject["by_postcode"]),
        ("Places at this address", str(subject["places"])),
        ("Identity", identity_words(subject["identity"])),
        ("What follows", "The roll has one more place. The officer who asked is shown a code for it, once."),
        ("Published", "Only how many were added, with the next checkpoint."),
    ]


def carry_out_addition(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Add the place and let the officer who asked give its code."""
    ward = _ward(round_id, subject["ward"])
    columns = _plain(subject, "name", "address", "postcode")
    entry_id = add_entry(session, round_id, ward.id, **columns)
    _permit(session, round_id, entry_id, subject)


def subject_of_move(round_id: int, payload: Mapping[str, Any]) -> Subject:
    """Which place of the roll, from which ward, into which."""
    _refuse_unless_open(round_id)
    entry, ward = _entry(round_id, payload["entry"]), _ward(round_id, payload["ward"])
    if entry.ward_id == ward.id:
        raise ActNotPossible(f"This resident is in {ward.name} already. Choose another ward.")
    before = next((each.name for each in wards_of_round(round_id) if each.id == entry.ward_id), NO_VOTE_THERE)
    said = {"round": round_id, **_plain(payload, "entry", "identity", "officer", "salt")}
    return {**said, "from": before, "ward": ward.code, "to": ward.name}


def words_of_move(subject: Mapping[str, Any]) -> Words:
    """Who it is, both wards, and what becomes of a vote."""
    if not subject:
        return KEPT_ONLY_THE_DAY
    return [
        *_who(subject),
        ("From", subject["from"]),
        ("To", subject["to"]),
        ("Identity", identity_words(subject["identity"])),
        ("The code", "It stays the same and is for the new ward from then on. An unfinished ballot is cleared."),
        (
            "A vote cast before",
            "It counts in the old ward until the resident votes again. Then only the new one counts.",
        ),
        ("Published", "Only how many were corrected, with the next checkpoint."),
    ]


def carry_out_move(session: Session, round_id: int, subject: Mapping[str, Any]) -> None:
    """Correct the ward."""
    move_entry(session, round_id, subject["entry"], _ward(round_id, subject["ward"]).id)


def _plain(payload: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: payload[name] for name in names}


def _refuse_unless_open(round_id: int) -> None:
    session = db.session()
    refuse_unless_open(session.get_one(Round, round_id), database_now(session))


def _entry(round_id: int, entry_id: str) -> EntryView:
    entry = entry_by_id(round_id, entry_id)
    if entry is None:
        raise EntryNotOnRoll("This entry is not on the roll of this round. Look the resident up again.")
    return entry


def _ward(round_id: int, code: str) -> WardView:
    found = next((each for each in wards_of_round(round_id) if each.code == code), None)
    if found is None:
        raise ActNotPossible("This ward has no vote in this round. Choose one that has.")
    return found


def _name_of_ward(code: str | None, otherwise: str) -> str:
    """A ward's name; the postcode table may know wards that have no vote here."""
    return next((ward.name for ward in wards_around((), borough_wide=False) if ward.code == code), otherwise)


def _is_on_roll(round_id: int, name: str, address: str, postcode: str) -> bool:
    wanted = identity_of(name, address, postcode)
    there = entries_at(round_id, postcode, limit=MOST_AT_A_POSTCODE)
    return any(identity_of(each.name, each.address, each.postcode) == wanted for each in there)


def _who(subject: Mapping[str, Any]) -> Words:
    """The resident as the roll has them now: the request itself holds only the number of the entry."""
    entry = entry_by_id(subject["round"], subject["entry"])
    if entry is None:
        return [("Resident", "Not on the roll any more")]
    return [("Resident", who_words(entry) if _reader_is_officer() else OTHERS)]


def _reader_is_officer() -> bool:
    staff = current_staff()
    return staff is not None and "officer" in staff.roles


def _permit(session: Session, round_id: int, entry_id: str, subject: Mapping[str, Any]) -> None:
    hold_voting(session, round_id)
    session.add(
        DeskPermit(
            id=subject["salt"][:32],
            round_id=round_id,
            roll_entry_id=entry_id,
            officer=subject["officer"],
            identity=subject["identity"],
            expires_at=database_now(session) + PERMIT_LASTS,
        )
    )
    session.flush()


def _act(name: str, title: str, subject_of: Any, words_of: Any, carry_out: Any) -> Act:
    return Act(name, title, "", subject_of, words_of, carry_out, single=False, quiet=True)


ACTS = (
    _act("reissue", "Give a resident a new code", subject_of_reissue, words_of_reissue, carry_out_reissue),
    _act("add", "Add somebody to the roll", subject_of_addition, words_of_addition, carry_out_addition),
    _act("move", "Correct a resident’s ward", subject_of_move, words_of_move, carry_out_move),
)
