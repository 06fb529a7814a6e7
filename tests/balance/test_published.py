"""The guard's limits as a round publishes them: nothing is lost on the way, and the words say the numbers."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.balance.published import as_published, limits_in_words, published_in
from pbudget.balance.thresholds import Thresholds
from pbudget.kit.errors import BadInput
from pbudget.ledger.rules import canonical, read_canonical

NUMBERS = {f.name: st.integers(1, 999) if f.type is int else st.floats(0, 9) for f in fields(Thresholds)}


@given(st.fixed_dictionaries(NUMBERS))
def test_what_is_published_is_read_back_exactly(numbers):
    limits = Thresholds(**numbers)
    text = canonical({"guard": {"thresholds": as_published(limits)}}).decode()
    assert published_in(read_canonical(text)) == limits


def test_an_older_manifest_has_no_limits():
    assert published_in({"round": "spring-2027"}) is None


def test_a_limit_nobody_knows_is_refused():
    with pytest.raises(BadInput, match="“sway” is not a threshold"):
        published_in({"guard": {"thresholds": {"sway": "0.5"}}})


def test_the_sentences_say_the_numbers():
    said = " ".join(limits_in_words(Thresholds(min_n=123, rr_under=0.75, swing=0.45, material=0.17, k_anon=12)))
    for number in ("123 votes", "75%", "45%", "17%", "below 12"):
        assert number in said
    assert "123" not in " ".join(limits_in_words(Thresholds()))


def test_published_limits_are_plain_json():
    assert json.loads(json.dumps(as_published(Thresholds())))["rake_tol"] == "1e-10"
