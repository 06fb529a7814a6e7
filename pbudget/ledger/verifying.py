"""Checking a whole chain, entry by entry, in one pass and constant memory."""

from collections.abc import Iterable, Mapping

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
)


class BadEntry(Exception):
    """An entry cannot be trusted; the message is the reason. Only `verify` sees it."""


def verify(manifest: bytes, entries: Iterable[Entry], anchors: Mapping[int, str] | None = None) -> Verification:
    """Check every entry in order, from the manifest on; stop at the first that cannot be trusted.

    `anchors` are heads known from elsewhere (checkpoints), by the number of entries they cover. A chain that ends
    before an anchor has been cut.
    """
    check = ChainCheck(manifest, anchors or {})
    try:
        for entry in entries:
            check.take(entry)
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
        """Check the next entry; raise BadEntry where it cannot be trusted."""
        self._check_place(entry)
        check_content(entry)
        leaf = leaf_of(line_of(entry))
        head = head_after(self.head, leaf)
        if entry.leaf != leaf or entry.head != head:
            raise BadEntry("its content does not give the fingerprint stored with it")
        if self._anchors.get(entry.seq, head) != head:
            raise BadEntry(f"the chain up to here is not the one a checkpoint saw at {entry.seq} entries")
        self.size, self.head = entry.seq, head

    def end(self) -> None:
        """Check that nothing is missing after the last entry."""
        longest = max(self._anchors, default=0)
        if longest > self.size:
            raise BadEntry(
                f"the ledger ends at {self.size} entries but a checkpoint saw {longest}: entries were removed, "
                "or an older copy was put in its place"
            )

    def _check_place(self, entry: Entry) -> None:
        if entry.seq != self.size + 1:
            raise BadEntry(f"entry {self.size + 1} is missing: entry {entry.seq} follows {self.size}")
        self._round = self._round or entry.round
        if entry.round != self._round:
            raise BadEntry("it belongs to another round")
        try:
            refuse_out_of_place(entry.kind, self._reached)
        except (EntryOutOfPlace, RoundClosed) as error:
            raise BadEntry(str(error)) from error
        if entry.kind in MILESTONES:
            self._reached.add(entry.kind)


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
