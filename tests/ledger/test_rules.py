"""The formats themselves: bytes that anybody can recompute, references that can be typed."""

import hashlib
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pbudget.ledger.rules import (
    CROCKFORD,
    NotCanonical,
    canonical,
    commitment,
    counted,
    fingerprint,
    genesis_head,
    head_after,
    leaf_of,
    line_of,
    parse_tracker,
    read_canonical,
    tracker_of,
    tracker_span,
)
from tests.ledger.building import chain, payload, slot, voted

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
LEAVES = st.binary(min_size=32, max_size=32).map(bytes.hex)


def test_the_worked_example_is_what_plain_hashing_gives():
    [opening, ballot] = chain(("open", {"a": 1}), ("ballot", payload()), manifest=b'{"m":1}')
    genesis = hashlib.sha256(b'\x02{"m":1}').digest()
    line = f'{{"body":{{"a":1}},"id":"{opening.id}","kind":"open","round":"spring-2027","seq":1}}'
    leaf = hashlib.sha256(b"\x00" + line.encode()).digest()
    head = hashlib.sha256(b"\x01" + genesis + leaf).digest()
    assert (opening.leaf, opening.head) == (leaf.hex(), head.hex())
    secret = b"pbudget-ballot-v1\0" + bytes.fromhex(ballot.nonce) + ballot.payload.encode()
    c = hashlib.sha256(secret).hexdigest()
    line = f'{{"c":"{c}","id":"{ballot.id}","kind":"ballot","round":"spring-2027","seq":2}}'
    leaf = hashlib.sha256(b"\x00" + line.encode()).digest()
    assert (ballot.leaf, ballot.head) == (leaf.hex(), hashlib.sha256(b"\x01" + head + leaf).hexdigest())


def test_the_documented_numbers_are_the_ones_in_the_code():
    """docs/ledger.md prints a whole worked example; other verifiers are tested against it."""
    from pbudget.config import ROOT

    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    manifest = b'{"keys":{},"round":"spring"}'
    nonce, text = "00" * 32, '{"contests":{"ward":["a"]},"round":"spring","slot":"' + "ab" * 32 + '","v":1}'
    head, c = genesis_head(manifest), commitment(nonce, text)
    line = f'{{"c":"{c}","id":"{"cd" * 16}","kind":"ballot","round":"spring","seq":1}}'.encode()
    leaf = leaf_of(line)
    shown = [manifest.decode(), text, head, c, line.decode(), leaf, head_after(head, leaf), tracker_of(leaf)]
    for number in [*shown, fingerprint(head_after(head, leaf))]:
        assert number in page, f"docs/ledger.md lacks {number}"


@given(JSON)
def test_our_reader_takes_exactly_what_rfc_8785_writes(value):
    assert read_canonical(canonical(value).decode()) == value
    assert canonical(value) == rfc8785.dumps(value)


@given(JSON)
def test_our_reader_refuses_any_other_spelling(value):
    for spelling in (json.dumps(value, indent=1), json.dumps(value) + " ", json.dumps(value, sort_keys=False)):
        if spelling.encode() != canonical(value):
            with pytest.raises(ValueError, match=r".*"):
                read_canonical(spelling)


@pytest.mark.parametrize(
    "text", ["1.0", "1e3", "NaN", "Infinity", "-0", "9007199254740992", "1" * 5000, '{"a":1,"a":1}']
)
def test_numbers_and_objects_with_a_second_spelling_are_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_canonical(text)


@pytest.mark.parametrize("value", [1.5, {"a": [0.0]}, 2**53, "\ud800", {1: 2}])
def test_what_has_no_canonical_form_cannot_be_written(value):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_names_beyond_the_basic_plane_sort_as_rfc_8785_has_it():
    text = canonical({"\U0001f600": 1, "\ufb33": 2}).decode()
    assert text == '{"\U0001f600":1,"\ufb33":2}'
    assert read_canonical(text) == {"\U0001f600": 1, "\ufb33": 2}


def test_the_commitment_changes_with_the_slot_the_choices_and_the_nonce():
    texts = [canonical(each).decode() for each in (payload(1), payload(2), payload(1, ["c"]))]
    made = {commitment(nonce, text) for nonce in ("00" * 32, "01" * 32) for text in texts}
    assert len(made) == 6


def test_a_public_line_holds_no_choice_no_slot_and_no_nonce():
    [_, ballot] = voted(1)
    for secret in ("contests", "X99000001", ballot.slot, ballot.nonce, '"a"'):
        assert secret not in line_of(ballot).decode()


@given(LEAVES)
def test_a_tracker_can_be_read_back_however_it_is_typed(leaf):
    tracker = tracker_of(leaf)
    low, high = tracker_span(tracker)
    assert low <= leaf <= high
    typed = tracker.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert parse_tracker(f"  {typed} ") == tracker


@given(LEAVES, st.integers(0, 10), st.sampled_from(CROCKFORD))
def test_a_tracker_with_one_wrong_character_is_not_a_tracker(leaf, place, character):
    plain = tracker_of(leaf).replace("-", "")
    wrong = plain[:place] + character + plain[place + 1 :]
    assert parse_tracker(wrong) == (tracker_of(leaf) if wrong == plain else None)


@pytest.mark.parametrize("text", ["", "7Q4K", "7Q4K-9XTM-2B", "UUUU-UUUU-UUU", "7Q4K-9XTM-2BXX", "«»"])
def test_what_cannot_be_a_tracker_is_none(text):
    assert parse_tracker(text) is None


def test_the_last_ballot_of_each_slot_counts():
    votes = [("ballot", payload(1, ["a"])), ("ballot", payload(2, ["b"])), ("ballot", payload(1, ["c"]))]
    assert {who: entry.seq for who, entry in counted(chain(("open", {}), *votes)).items()} == {slot(1): 4, slot(2): 3}
