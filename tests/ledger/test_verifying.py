"""Any change to a ledger is found and the first bad entry is named: stored, published and opened."""

import random
import time

import pytest

from pbudget.ledger.public import (
    opened_ballots,
    opening_line,
    public_line,
    verify_lines,
    verify_opening,
)
from pbudget.ledger.rules import Entry, canonical, counted, head_after, leaf_of, line_of
from pbudget.ledger.verifying import verify
from tests.ledger.building import chain, payload, slot, voted

MANIFEST = b'{"keys":{},"round":"spring-2027"}'


def whole(ballots: int = 12) -> list[Entry]:
    return voted(ballots, manifest=MANIFEST)


def rechained(entries: list[Entry], start: int) -> list[Entry]:
    """What a forger does: fingerprints made anew from an entry on (counted from 0)."""
    done = entries[:start]
    for entry in entries[start:]:
        leaf = leaf_of(line_of(entry))
        done.append(entry._replace(leaf=leaf, head=head_after(done[-1].head, leaf)))
    return done


def first_bad(entries, anchors=None):
    found = verify(MANIFEST, entries, anchors)
    assert not found.ok
    assert found.reason
    return found.first_bad_seq


def test_an_untouched_ledger_verifies():
    entries = whole()
    found = verify(MANIFEST, entries, {5: entries[4].head, 13: entries[12].head})
    assert (found.ok, found.size, found.head) == (True, 13, entries[-1].head)


def test_another_manifest_is_not_this_ledgers():
    assert verify(b"{}", whole()).first_bad_seq == 1


CHANGES = {
    "payload": lambda e: e._replace(payload=canonical(payload(4, ["z"])).decode()),
    "a space in the payload": lambda e: e._replace(payload=e.payload.replace(":", ": ", 1)),
    "slot": lambda e: e._replace(slot=slot(99)),
    "slot inside and out": lambda e: e._replace(slot=slot(99), payload=e.payload.replace(e.slot, slot(99))),
    "nonce": lambda e: e._replace(nonce="0" * 64),
    "id": lambda e: e._replace(id="0" * 32),
    "kind": lambda e: e._replace(kind="amend"),
    "leaf": lambda e: e._replace(leaf="0" * 64),
    "head": lambda e: e._replace(head="0" * 64),
    "seq": lambda e: e._replace(seq=50),
    "no payload": lambda e: e._replace(payload=None),
    "no slot": lambda e: e._replace(slot=None),
    "nonce in capitals": lambda e: e._replace(nonce=e.nonce.upper()),
    "a body": lambda e: e._replace(body="{}"),
    "bytes": lambda e: e._replace(payload=e.payload.encode()),
    "a number": lambda e: e._replace(nonce=5),
    "deep nesting": lambda e: e._replace(payload="[" * 100_000),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_an_entry_names_that_entry(change):
    entries = whole()
    entries[5] = CHANGES[change](entries[5])
    assert first_bad(entries) == 6


FORGERIES = {
    "slot outside only": lambda e: e._replace(slot=slot(99)),
    "a space in the payload": lambda e: e._replace(payload=e.payload.replace(":", ": ", 1)),
    "another round": lambda e: e._replace(round="autumn"),
    "another round inside": lambda e: e._replace(payload=e.payload.replace("spring-2027", "autumn-2027")),
    "a fraction": lambda e: e._replace(payload=e.payload.replace('"v":1', '"v":1.0')),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_entry_is_found_even_when_every_fingerprint_was_made_anew(forgery):
    entries = whole()
    entries[5] = FORGERIES[forgery](entries[5])
    assert first_bad(rechained(entries, 5)) == 6


def test_a_rewritten_ledger_is_not_the_one_a_checkpoint_saw():
    entries = whole()
    seen = {4: entries[3].head, 9: entries[8].head}
    entries[5] = entries[5]._replace(payload=canonical(payload(4, ["z"])).decode(), slot=slot(4))
    forged = rechained(entries, 5)
    assert verify(MANIFEST, forged).ok, "a chain alone cannot tell: this is what checkpoints are for"
    found = verify(MANIFEST, forged, seen)
    assert (found.ok, found.first_bad_seq) == (False, 9)
    assert "entries 5 to 9" in found.reason


def test_a_missing_a_doubled_and_a_swapped_entry_are_named():
    entries = whole()
    assert first_bad(entries[:5] + entries[6:]) == 6
    assert first_bad(entries[:6] + entries[5:]) == 7
    assert first_bad([*entries[:5], entries[6], entries[5], *entries[7:]]) == 6


def test_a_cut_ledger_is_refused_as_rollback_by_any_later_checkpoint():
    entries = whole()
    refused = [verify(MANIFEST, entries[:left], {13: entries[-1].head}) for left in range(13)]
    assert [(found.ok, found.first_bad_seq) for found in refused] == [(False, left + 1) for left in range(13)]
    assert all("older copy" in found.reason for found in refused)


PLACES = {
    "no opening": ([("amend", {})], 1),
    "two openings": ([("open", {}), ("open", {})], 2),
    "a ballot after the close": ([("open", {}), ("close", {}), ("ballot", payload())], 3),
    "a tally before the close": ([("open", {}), ("tally", {})], 2),
    "an entry after the seal": ([("open", {}), ("close", {}), ("seal", {}), ("publish", {})], 4),
    "an unknown kind": ([("open", {}), ("party", {})], 2),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_entry_out_of_its_time_is_refused(place):
    contents, seq = PLACES[place]
    assert verify(b"{}", chain(*contents)).first_bad_seq == seq


def flipped(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def lines_in(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def test_each_of_1000_random_bit_changes_of_a_published_ledger_is_found():
    draw, entries = random.Random(20270314), whole(300)
    data, anchors = b"".join(map(public_line, entries)), {301: entries[-1].head}
    assert verify_lines(MANIFEST, lines_in(data), anchors).ok
    for _ in range(1000):
        changed = flipped(data, draw)
        found = verify_lines(MANIFEST, lines_in(changed), anchors)
        at = next(i for i, pair in enumerate(zip(data, changed, strict=True)) if pair[0] != pair[1])
        assert (found.ok, found.first_bad_seq) == (False, data.count(b"\n", 0, at) + 1)


def test_each_of_1000_random_bit_changes_of_an_opening_is_found():
    draw, entries = random.Random(20270315), whole(300)
    public = [public_line(entry) for entry in entries]
    data = b"".join(opening_line(entry) for entry in entries if entry.kind == "ballot")
    assert verify_opening(public, lines_in(data)).ok
    assert [verify_opening(public, lines_in(flipped(data, draw))).ok for _ in range(1000)] == [False] * 1000


def test_each_of_1000_random_bit_changes_of_a_stored_ledger_names_its_entry():
    draw, entries = random.Random(20270316), whole(300)
    columns = ("id", "kind", "slot", "nonce", "payload", "body", "leaf", "head")
    for _ in range(1000):
        at, column = draw.randrange(301), draw.choice(columns)
        value = getattr(entries[at], column)
        if value is None:
            continue
        changed = list(entries)
        changed[at] = entries[at]._replace(**{column: flipped(value.encode(), draw).decode("latin-1")})
        assert first_bad(changed) == at + 1


def test_200_swapped_rows_are_found():
    draw, entries = random.Random(20270317), whole(300)
    for _ in range(200):
        one, other = sorted(draw.sample(range(301), 2))
        changed = list(entries)
        changed[one], changed[other] = entries[other], entries[one]
        assert first_bad(changed) == one + 1


def test_an_opening_gives_the_ballots_that_count():
    votes = [("ballot", payload(1, ["a"])), ("ballot", payload(2, ["b"])), ("ballot", payload(1, ["c"]))]
    entries = chain(("open", {}), *votes, ("close", {}))
    opening = [opening_line(entry) for entry in entries if entry.kind == "ballot"]
    found = verify_opening(map(public_line, entries), opening)
    assert (found.ok, found.ballots, found.counted) == (True, 3, 2)
    given = {who: ballot["contests"]["ward"] for who, ballot in opened_ballots(opening)}
    assert given == {who: ["c"] if entry.seq == 4 else ["b"] for who, entry in counted(entries).items()}


def test_an_opening_with_a_ballot_too_few_too_many_or_in_another_place_is_refused():
    entries = whole(5)
    public = [public_line(entry) for entry in entries]
    opening = [opening_line(entry) for entry in entries[1:]]
    cases = {"few": opening[:-1], "many": [*opening, opening[-1]], "swapped": [opening[1], opening[0], *opening[2:]]}
    found = {name: verify_opening(public, given) for name, given in cases.items()}
    assert {name: (each.ok, each.first_bad_seq) for name, each in found.items()} == {
        "few": (False, 6),
        "many": (False, 6),
        "swapped": (False, 2),
    }


def test_50_000_entries_verify_in_a_stream():
    """0.6 s of CPU where it was measured; ten times that is allowed, because tests share their machine."""
    entries = whole(50_000)
    began = time.thread_time()
    assert verify(MANIFEST, iter(entries)).ok
    assert time.thread_time() - began < 6


def test_a_gap_or_a_strangers_act_is_found_even_when_every_fingerprint_was_made_anew():
    acts = chain(("open", {}), ("amend", {}), ("amend", {}), manifest=MANIFEST)
    for change in ({"seq": 4}, {"round": "autumn"}):
        assert first_bad(rechained([*acts[:2], acts[2]._replace(**change)], 2)) == 3
