"""Reading the roll: who is on it, which codes there are, which letters were made."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from pbudget.db import asking, db
from pbudget.roll.models import DeskCount, RollEntry, RollImport, RollStop, VotingCode
from pbudget.wards.models import Ward

ROWS_AT_ONCE = 5000
FILE_ORDER = (RollEntry.import_id, RollEntry.number, RollEntry.place)


@dataclass(frozen=True)
class RollEntryView:
    """Who is behind a code, as far as voting needs it: the entry's id (random, 32 hexadecimal digits) and its ward.

    `stops` is the number of the last stopped code of the round when this was read: see `stopped_since`.
    """

    id: str
    ward_id: int
    stops: int = 0


@dataclass(frozen=True)
class StoredCode:
    """What the database knows of a selector; `why_void` is None while the code can be voted with."""

    entry: RollEntryView
    salt: bytes
    verifier: bytes
    why_void: str | None


@dataclass(frozen=True)
class RollFile:
    """A file of the roll as staff see it; `sha256` is its fingerprint."""

    id: int
    kind: str
    file_name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Roll:
    """A round's roll as a whole: the files it is made of in the order they came, and its entries by ward id."""

    files: tuple[RollFile, ...]
    by_ward: Mapping[int, int]


def roll_of(round_id: int) -> Roll:
    """The roll of a round, in one statement."""
    chosen = (
        select(RollImport, RollEntry.ward_id, func.count(RollEntry.id))
        .outerjoin(RollEntry, RollEntry.import_id == RollImport.id)
        .where(RollImport.round_id == round_id, RollImport.visible)
        .group_by(RollImport.id, RollEntry.ward_id)
        .order_by(RollImport.id)
    )
    files: dict[int, RollFile] = {}
    by_ward: Counter[int] = Counter()
    for row, ward_id, number in db.session.execute(chosen):
        files[row.id] = RollFile(row.id, row.kind, row.file_name, row.sha256, row.rows)
        by_ward[ward_id] += number
    return Roll(tuple(files.values()), +by_ward)


def roll_files(round_id: int) -> list[RollFile]:
    """The files the roll is made of, in the order they came."""
    return list(roll_of(round_id).files)


def has_codes(round_id: int) -> bool:
    """Whether any code was ever made for this round, test letters included."""
    return db.session.scalar(select(VotingCode.selector).where(VotingCode.round_id == round_id).limit(1)) is not None


def identities(round_id: int) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Name, address and postcode of everybody on the roll, read in portions; an address once, whatever its codes."""
    chosen = (
        select(RollEntry.name, RollEntry.address, RollEntry.postcode)
        .join(RollImport)
        .where(RollEntry.round_id == round_id, RollImport.visible, RollEntry.place == 1)
    )
    for row in db.session.execute(chosen.execution_options(yield_per=ROWS_AT_ONCE)):
        yield row[0], row[1], row[2]


def stored_code(round_id: int, selector: str) -> StoredCode | None:
    """The code with this selector. On a connection of its own, given back before anything slow happens."""
    entry = VotingCode.roll_entry_id, RollEntry.ward_id, stops_so_far(round_id)
    chosen = (
        select(*entry, VotingCode.salt, VotingCode.verifier, VotingCode.why_void)
        .join(RollEntry, RollEntry.id == VotingCode.roll_entry_id)
        .where(VotingCode.round_id == round_id, VotingCode.selector == selector)
    )
    with db.engine.connect() as connection:
        row = connection.execute(chosen).first()
    return StoredCode(RollEntryView(*row[:3]), *row[3:]) if row else None


def stops_so_far(round_id: int | ColumnElement[int]) -> ScalarSelect[int]:
    """The number of the last stopped code of a round, as a part of another statement; 0 before the first."""
    return select(func.coalesce(func.max(RollStop.id), 0)).where(RollStop.round_id == round_id).scalar_subquery()


def stopped_since(round_id: int, stops: int, on: Session | Connection | None = None) -> list[str]:
    """Ids of entries whose code was stopped, or whose ward was corrected, after this number."""
    return list(asking(on).scalars(STOPPED_SINCE, {"of_round": round_id, "stops": stops}))


STOPPED_SINCE = (  # built once, because every page of a ballot asks it
    select(RollStop.roll_entry_id)
    .where(RollStop.round_id == bindparam("of_round"), RollStop.id > bindparam("stops"))
    .distinct()
)


def roll_size_by_ward(round_id: int) -> dict[int, int]:
    """How many entries the roll has in each ward, by ward id."""
    return dict(roll_of(round_id).by_ward)


def entry_ids(round_id: int) -> list[str]:
    """The id of every entry of the roll, in text order."""
    chosen = select(RollEntry.id).join(RollImport).where(RollEntry.round_id == round_id, RollImport.visible)
    return list(db.session.scalars(chosen.order_by(RollEntry.id)))


@dataclass(frozen=True)
class WardCounts:
    """What a ward's roll holds: entries, codes that can be voted with, letters that came back."""

    entries: int = 0
    live: int = 0
    returned: int = 0


@dataclass(frozen=True)
class EntryView:
    """An entry as an officer sees it, with the reference of its live letter if it has one."""

    id: str
    ward_id: int
    number: int
    place: int
    name: str
    address: str
    postcode: str
    email: str
    reference: str = ""


def selectors(round_id: int) -> set[str]:
    """Every selector that was ever used in a round, void ones too: none is used again."""
    return set(db.session.scalars(select(VotingCode.selector).where(VotingCode.round_id == round_id)))


def entries_at(round_id: int, postcode: str, typed: str = "", limit: int = 50) -> list[EntryView]:
    """Entries at a postcode (`SE1 7AB`) in whose name or address stands what was typed: for an officer at the desk."""
    chosen = (
        _entries_with_reference(round_id)
        .where(RollEntry.postcode == postcode)
        .order_by(RollEntry.address, RollEntry.name, RollEntry.place)
        .limit(limit)
    )
    if typed:
        said = [column.icontains(typed, autoescape=True) for column in (RollEntry.name, RollEntry.address)]
        chosen = chosen.where(or_(*said))
    return [entry_view(row, selector) for row, selector in db.session.execute(chosen)]


def places_at(round_id: int, address: str, postcode: str) -> int:
    """How many places of the roll are at exactly this address."""
    chosen = select(func.count(RollEntry.id)).join(RollImport)
    here = RollEntry.address == address, RollEntry.postcode == postcode
    return db.session.scalar(chosen.where(RollEntry.round_id == round_id, RollImport.visible, *here)) or 0


def last_code_of(round_id: int, entry_id: str) -> str | None:
    """How an entry's codes stand: `live`, why the last was stopped, or None where there never was one."""
    chosen = select(VotingCode.why_void).where(
        VotingCode.round_id == round_id,
        VotingCode.roll_entry_id == entry_id,
        VotingCode.why_void.is_distinct_from("test"),
    )
    reasons = list(db.session.scalars(chosen))
    if not reasons:
        return None
    return "live" if None in reasons else next((why for why in reasons if why != "reissued"), "reissued")


def entry_by_id(round_id: int, entry_id: str) -> EntryView | None:
    """One entry of the roll, or None."""
    row = db.session.execute(_entries_with_reference(round_id).where(RollEntry.id == entry_id)).first()
    return entry_view(row[0], row[1]) if row else None


def entry_by_reference(round_id: int, selector: str) -> EntryView | None:
    """The entry a letter with this reference was sent to, whether its code is live or void; None if unknown."""
    chosen = (
        select(RollEntry)
        .join(VotingCode, VotingCode.roll_entry_id == RollEntry.id)
        .where(VotingCode.round_id == round_id, VotingCode.selector == selector)
    )
    row = db.session.scalar(chosen)
    return entry_view(row, selector) if row else None


def counts_by_ward(round_id: int) -> dict[int, WardCounts]:
    """Entries, codes that can be voted with and returned letters of each ward, by ward id; in one statement."""
    return counts_and_codes_of_wards(round_id)[0]


def counts_and_codes_of_wards(round_id: int) -> tuple[dict[int, WardCounts], dict[int, str]]:
    """The same, and the ONS code of every ward by its id; in one statement."""
    entries = _by_ward(round_id, "entries").join(RollImport).where(RollImport.visible)
    codes = [
        _by_ward(round_id, name).join(VotingCode, VotingCode.roll_entry_id == RollEntry.id).where(which)
        for name, which in (("live", VotingCode.state == "live"), ("returned", VotingCode.why_void == "returned"))
    ]
    wards = select(Ward.code, Ward.id, literal(None, Integer))
    found: dict[int, dict[str, int]] = {}
    codes_of_wards: dict[int, str] = {}
    for name, ward_id, number in db.session.execute(union_all(entries, *codes, wards)):
        if number is None:
            codes_of_wards[ward_id] = name
        else:
            found.setdefault(ward_id, {})[name] = number
    return {ward_id: WardCounts(**counts) for ward_id, counts in found.items()}, codes_of_wards


@dataclass(frozen=True)
class DeskTotals:
    """What was done to the roll and its codes, as numbers that stand in the ledger and on the result.

    `reissued` codes given at the desk in place of an earlier one, `reissued_with_ballot` of them after a ballot was
    cast; `issued` codes given at the desk to places that never had one; `printed` codes of letters made after the
    opening; `voided` codes stopped without a new one in the same moment; `added` and `moved` places of the roll.
    """

    reissued: int = 0
    reissued_with_ballot: int = 0
    issued: int = 0
    printed: int = 0
    voided: int = 0
    added: int = 0
    moved: int = 0

    @property
    def codes_made(self) -> int:
        """Codes that came into being."""
        return self.reissued + self.issued + self.printed

    def as_json(self) -> dict[str, int]:
        """By name."""
        return asdict(self)


def desk_totals(round_id: int, day: date | None = None) -> DeskTotals:
    """The numbers of a round, or of one day (London)."""
    names = list(DeskTotals.__dataclass_fields__)
    sums = select(*(func.coalesce(func.sum(getattr(DeskCount, name)), 0) for name in names))
    chosen = sums.where(DeskCount.round_id == round_id)
    row = db.session.execute(chosen if day is None else chosen.where(DeskCount.day == day)).one()
    return DeskTotals(*(int(number) for number in row))


def codes_fingerprint(round_id: int) -> tuple[str, int]:
    """SHA-256 of the sorted hashes of every code there was before the round opened, void ones too; and how many.

    The manifest holds the first. Codes that were made later are counted in the ledger instead.
    """
    chosen = select(VotingCode.verifier).where(VotingCode.round_id == round_id, VotingCode.since_opening.is_(False))
    digest, number = sha256(), 0
    for verifier in db.session.scalars(chosen.order_by(VotingCode.verifier).execution_options(yield_per=ROWS_AT_ONCE)):
        digest.update(verifier)
        number += 1
    return digest.hexdigest(), number


def codes_since_opening(round_id: int) -> int:
    """How many codes were made after the round opened, test letters' left out."""
    late = VotingCode.round_id == round_id, VotingCode.since_opening
    chosen = select(func.count()).where(*late, VotingCode.why_void.is_distinct_from("test"))
    return db.session.scalar(chosen) or 0


def _by_ward(round_id: int, name: str) -> Select[str, int, int]:
    """Count what will be joined to the roll's entries, by ward, under a name."""
    counted = select(literal(name), RollEntry.ward_id, func.count()).select_from(RollEntry)
    return counted.where(RollEntry.round_id == round_id).group_by(RollEntry.ward_id)


def _entries_with_reference(round_id: int) -> Select[RollEntry, str | None]:
    return (
        select(RollEntry, VotingCode.selector)
        .join(RollImport)
        .outerjoin(VotingCode, (VotingCode.roll_entry_id == RollEntry.id) & (VotingCode.state == "live"))
        .where(RollEntry.round_id == round_id, RollImport.visible)
    )


def entry_view(row: RollEntry, reference: str | None) -> EntryView:
    """An entry as an officer sees it, with the reference of a letter."""
    return EntryView(
        id=row.id,
        ward_id=row.ward_id,
        number=row.number,
        place=row.place,
        name=row.name or "",
        address=row.address or "",
        postcode=row.postcode or "",
        email=row.email or "",
        reference=reference or "",
    )


@dataclass(frozen=True)
class PlaceWithEmail:
    """A place on the roll that has an e-mail address."""

    id: str
    email: str


def places_with_email(session: Session, round_id: int, after: str, limit: int) -> list[PlaceWithEmail]:
    """The next places with an e-mail address in the order of their ids, each address only at the first that has it."""
    earlier, its_file = aliased(RollEntry), aliased(RollImport)
    came_before = exists().where(
        earlier.round_id == round_id,
        earlier.email == RollEntry.email,
        earlier.id < RollEntry.id,
        earlier.import_id == its_file.id,
        its_file.visible,
    )
    chosen = (
        select(RollEntry.id, RollEntry.email)
        .join(RollImport, RollImport.id == RollEntry.import_id)
        .where(RollEntry.round_id == round_id, RollImport.visible, RollEntry.email.is_not(None))
        .where(RollEntry.id > after, ~came_before)
        .order_by(RollEntry.id)
        .limit(limit)
    )
    return [PlaceWithEmail(row.id, row.email or "") for row in session.execute(chosen)]
