"""Labels of ages, read in one place and said to voters."""

import pytest

from pbudget.balance.ages import OLDEST, age_label, band, is_inside


@pytest.mark.parametrize(
    ("label", "ages", "said"),
    [
        ("0-15", (0, 15), "Under 16"),
        ("under 16", (0, 15), "Under 16"),
        ("<16", (0, 15), "Under 16"),
        ("16-24", (16, 24), "16 to 24"),
        ("16–24", (16, 24), "16 to 24"),
        (" 16 to 24 ", (16, 24), "16 to 24"),
        ("65+", (65, OLDEST), "65 or over"),
        ("80 and over", (80, OLDEST), "80 or over"),
        ("80 years and over", (80, OLDEST), "80 or over"),
        ("65 or older", (65, OLDEST), "65 or over"),
        ("7", (7, 7), "7"),
        ("Young", None, "Young"),
        ("16-24-30", None, "16-24-30"),
        ("", None, ""),
    ],
)
def test_a_group_of_ages_is_read_and_said(label, ages, said):
    assert band(label) == ages
    assert age_label(label) == said


@pytest.mark.parametrize(
    ("label", "old_enough"), [("16-24", True), ("Under 16", False), ("11-17", False), ("All", True)]
)
def test_a_group_is_asked_about_only_if_all_of_it_may_vote(label, old_enough):
    assert is_inside(label, 16) is old_enough
