"""Checking a whole chain, entry by entry, in one pass and constant memory."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from pbudget.ledger.rules import (
    HEX_32,
    HEX_64,
    MILESTONES,
    Entry,
    EntryOutOfPlace,
    RoundClosed,
    Verification,
    genesis_head,
    head_after,
    leaf_of,
    line_of,
    read_canonical,
    refuse_out_of_place,
    tracker_of,
)

Link = TypeVar("Link")


class PublicLine(NamedTuple):
    """One entry as it is published: the hashed line's exact bytes, what they say, and the fingerprints beside them."""

    round: str
    seq: int
    kind: str
    id: str
    c: str
    line: bytes
    leaf: str
    head: str
    tracker: str


class BadEntry(Exception):
    """An entry cannot be trusted; the message is the reason. Only `verify` sees it."""


def verify(manifest: bytes, entries: Iterable[Entry], anchors: Mapping[int, str] | None = None) -> Verification:
    """Check every entry in order, from the manifest on; stop at the first that cannot be trusted.

    `anchors` are heads known from elsewhere (checkpoints), by the number of entries they cover. A chain that ends
    before an anchor has been cut.
    """
    check = ChainCheck(manifest, anchors or {})
    return walked(check, check.take, entries)


def walked(check: "ChainCheck", step: Callable[[Link], None], chain: Iterable[Link]) -> Verification:
    """Take one step for each link of a chain, and say how far that came and why it stopped."""
    try:
        for link in chain:
            step(link)
        check.end()
    except BadEntry as error:
        return Verification(False, check.size, check.head, check.size + 1, str(error))
    return Verification(True, check.size, check.head)


class ChainCheck:
    """A walk along a chain: how far it came and the head there."""

    def __init__(self, manifest: bytes, anchors: Mapping[int, str]) -> None:
        self.size = 0
        self.head = genesis_head(manifest)
        self._anchors = anchors
        self._round = ""
        self._reached: set[str] = set()

    def take(self, entry: Entry) -> None:
        """Check a stored entry that comes next; raise BadEntry where it cannot be trusted."""
        self._check_place(entry.round, entry.seq, entry.kind)
        check_content(entry)
        self._follow(line_of(entry), entry.seq, entry.leaf, entry.head)

    def take_line(self, public: "PublicLine") -> None:
        """Check a published entry that comes next; raise BadEntry where it cannot be trusted."""
        self._check_place(public.round, public.seq, public.kind)
        if public.tracker != tracker_of(public.leaf):
            raise BadEntry("its reference is not the one its content gives")
        self._follow(public.line, public.seq, public.leaf, public.head)

    def end(self) -> None:
        """Check that nothing is missing after the last entry."""
        longest = max(self._anchors, default=0)
        if longest > self.size:
            raise BadEntry(
                f"the ledger ends at {self.size} entries but a checkpoint saw {longest}: entries were removed, "
                "or an older copy was put in its place"
            )

    def _follow(self, line: bytes, seq: int, leaf: str, head: str) -> None:
        right_leaf = leaf_of(line)
        right_head = head_after(self.head, right_leaf)
        if leaf != right_leaf or head != right_head:
            raise BadEntry("its content does not give the fingerprint stored with it")
        if self._anchors.get(seq, head) != head:
            raise BadEntry(f"{self._since_last_anchor(seq)} not what a checkpoint saw at {seq} entries")
        self.size, self.head = seq, head

    def _since_last_anchor(self, seq: int) -> str:
        before = max((size for size in self._anchors if size < seq), default=0)
        return f"the entries {before + 1} to {seq} are" if before + 1 < seq else "it is"

    def _check_place(self, round_name: str, seq: int, kind: str) -> None:
        if seq != self.size + 1:
            raise BadEntry(f"entry {seq} stands in its place")
        self._round = self._round or round_name
        if round_name != self._round:
            raise BadEntry("it belongs to another round")
        try:
            refuse_out_of_place(kind, self._reached)
        except (EntryOutOfPlace, RoundClosed) as error:
            raise BadEntry(str(error)) from error
        if kind in MILESTONES:
            self._reached.add(kind)


def check_content(entry: Entry) -> None:
    """Raise BadEntry where the entry's columns are not those of its kind or not in canonical form."""
    if not isinstance(entry.id, str) or not HEX_32.fullmatch(entry.id):
        raise BadEntry("its id is not 32 hex digits")
    if entry.kind == "ballot":
        check_ballot(entry)
    elif (entry.slot, entry.nonce, entry.payload) != (None, None, None):
        raise BadEntry(f"a {entry.kind} entry holds what only a ballot may hold")
    else:
        _object(entry.body, "body")


def check_ballot(entry: Entry) -> None:
    """Raise BadEntry where a ballot is not whole or its slot is not the one inside it."""
    if entry.body is not None:
        raise BadEntry("a ballot holds what only other entries may hold")
    if not isinstance(entry.nonce, str) or not HEX_64.fullmatch(entry.nonce):
        raise BadEntry("its nonce is not 64 hex digits")
    payload = _object(entry.payload, "payload")
    if entry.slot is None or payload.get("slot") != entry.slot:
        raise BadEntry("its slot is not the slot inside the ballot")
    if payload.get("round") != entry.round:
        raise BadEntry("the ballot inside it is for another round")


def _object(text: str | None, name: str) -> dict[str, object]:
    try:
        value = read_canonical(text) if isinstance(text, str) else None
    except (ValueError, RecursionError) as error:
        raise BadEntry(f"its {name} is not canonical JSON") from error
    if not isinstance(value, dict):
        raise BadEntry(f"its {name} is not a JSON object")
    return value
