from datetime import date

import pytest

from pbudget.wards.rules.names import BoroughNameNotUsable, dimension_label, group_label, slug_of
from pbudget.wards.rules.residents import dimension_of, headline, say_largest, say_share


def test_shares_are_of_the_dimension_s_total_and_sources_are_named_once():
    made = dimension_of("age", "all", [("young", 25), ("old", 75)], ["ONS", "ONS"], [date(2021, 3, 21), None])
    assert (made.total, [group.share for group in made.groups]) == (100, [0.25, 0.75])
    assert (made.sources, made.dates) == (("ONS",), (date(2021, 3, 21),))


def test_a_dimension_that_counts_nobody_has_no_shares_and_no_largest_group():
    empty = dimension_of("age", "all", [("young", 0), ("old", 0)], [], [])
    assert [group.share for group in empty.groups] == [0, 0]
    assert say_largest(empty) == ""


def test_the_largest_group_is_said_unless_two_are_equal():
    assert say_largest(dimension_of("sex", "all", [("F", 51), ("M", 49)], [], [])) == "Largest group: Female, 51%."
    assert say_largest(dimension_of("sex", "all", [("F", 50), ("M", 50)], [], [])) == ""


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0%"),
        (0.001, "under 1%"),
        (0.005, "under 1%"),
        (0.01, "1%"),
        (0.31, "31%"),
        (0.996, "over 99%"),
        (1, "100%"),
    ],
)
def test_rounding_never_hides_people(share, said):
    assert say_share(share) == said


@pytest.mark.parametrize(
    ("dimensions", "chosen"),
    [
        ([("ethnic_group", "all"), ("age", "all")], "age"),
        ([("sex_16plus", "16+"), ("ethnic_group", "all")], "ethnic_group"),
        ([("age", "16+")], None),
        ([], None),
    ],
)
def test_the_number_of_residents_never_comes_from_adults_only(dimensions, chosen):
    assert headline(dimensions) == chosen


def test_dimensions_and_groups_are_shown_in_words():
    assert dimension_label("ethnic_group") == "Ethnic group"
    assert dimension_label("sex_16plus") == "Sex, aged 16 and over"
    assert [group_label("sex_16plus", "F"), group_label("age", "16-24"), group_label("class", "F")] == [
        "Female",
        "16–24",
        "F",
    ]


def test_a_borough_s_address_is_plain_and_never_empty():
    assert slug_of("Telford & Wrekin (wards of 2013)") == "telford-and-wrekin-wards-of-2013"
    for name in ("", "???", "x" * 60):
        with pytest.raises(BoroughNameNotUsable):
            slug_of(name)
