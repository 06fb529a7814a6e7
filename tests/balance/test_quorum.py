"""The quorum: the larger of a floor and a share, published to the last number, and said in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.balance.quorum import (
    RESIDENTS,
    ROLL,
    People,
    Quorum,
    RoundQuorum,
    as_published,
    published_in,
    quorum_in_words,
)
from pbudget.ledger.rules import canonical, read_canonical

PEOPLE = st.builds(People, st.sampled_from([RESIDENTS, ROLL]), st.integers(0, 10**6))
QUORUM = Quorum()


@pytest.mark.parametrize(
    ("votes", "people", "needed", "met"),
    [(127, 6_368, 128, False), (128, 6_368, 128, True), (100, 1_295, 100, True), (99, 0, 100, False)],
)
def test_the_larger_of_a_floor_and_a_share_is_needed(votes, people, needed, met):
    found = RoundQuorum(QUORUM, {"riverside": People(RESIDENTS, people)}).of("riverside")
    assert (found.needed, found.is_met(votes)) == (needed, met)


def test_a_share_is_reckoned_without_fractions_of_a_machine():
    assert Quorum(1, 70).needed(100) == 7, "0.07 × 100 is 7.000000000000001 in floating point"


@given(st.integers(1, 10**6), st.integers(0, 500), st.dictionaries(st.from_regex("[a-z]{1,9}", fullmatch=True), PEOPLE))
def test_what_is_published_is_read_back_exactly(votes, share, people):
    given_ = RoundQuorum(Quorum(votes, share), people)
    text = canonical({"quorum": as_published(given_, list(people))}).decode()
    assert published_in(read_canonical(text)) == given_


def test_a_manifest_from_before_has_no_quorum():
    assert published_in({"round": "spring-2027"}) is None


def test_the_sentences_say_the_numbers_and_that_nothing_is_annulled():
    round_ = RoundQuorum(QUORUM, {"a": People(RESIDENTS, 10_105), "b": People(ROLL, 9_000), "c": People(ROLL, 50)})
    assert "87 votes, and 203 were needed (2% of 10,105 residents" in round_.of("a").sentence(87)
    assert "does not annul" in round_.of("a").sentence(87)
    assert round_.of("b").sentence(180) == (
        "The quorum was reached: 180 votes, and 180 were needed (2% of 9,000 on the roll)."
    )
    assert "(the fewest for any contest)" in round_.of("c").sentence(1)
    assert round_.of("nobody-knows").needed == 100
    assert "at least 120 votes and votes from at least 2.5%" in quorum_in_words(Quorum(120, 25))[0]
    assert "%" not in quorum_in_words(Quorum(120, 0))[0]
