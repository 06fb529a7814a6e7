"""What may be published and when: small cells, patterns that give a voter away, days, turnout."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.results.rules.publishing import (
    channel_cells,
    form_of,
    gives_voters_away,
    last_challenge_day,
    percent,
    seal_problem,
    unique_ballots,
)
from pbudget.results.rules.steps import Standing, steps_of
from pbudget.results.words import lot_sentence, replaced_sentences, turnout_sentence
from tests.tally.builders import make_election

COUNTS = st.dictionaries(st.sampled_from(["online", "kiosk", "roadshow", "paper"]), st.integers(0, 40))


@pytest.mark.parametrize(
    ("stated", "ballots", "unique", "decided", "form"),
    [
        ("ballots", 100, 10, False, "ballots"),
        ("ballots", 99, 0, False, "totals"),
        ("ballots", 100, 11, False, "totals"),
        ("ballots", 5, 5, True, "ballots"),
        ("totals", 5000, 0, False, "totals"),
        ("totals", 5000, 0, True, "totals"),
    ],
)
def test_ballots_are_published_from_100_ballots_with_at_most_a_tenth_unlike_any_other(
    stated, ballots, unique, decided, form
):
    assert form_of(stated, ballots, unique, decided_otherwise=decided) == form


def test_why_a_file_gives_voters_away_is_said_with_its_figures():
    assert gives_voters_away(3412, 800) == "800 of its 3,412 ballots are unlike any other, more than 1 in 10"


def test_a_ballot_is_unique_when_no_other_says_the_same():
    assert unique_ballots(make_election(10, {"A": 1, "B": 1}, ["A", "A", "B", "A B", ""])) == 3


@given(COUNTS)
def test_no_small_number_of_ballots_by_channel_is_published_or_can_be_worked_out(counts):
    cells, total = channel_cells(counts), sum(counts.values())
    assert all(cell.count is None or cell.count >= 10 for cell in cells)
    hidden = [cell for cell in cells if cell.count is None]
    rest = total - sum(cell.count or 0 for cell in cells)
    assert not cells or not hidden or (len(hidden) > 1 and rest >= 10)


def test_a_small_channel_takes_the_next_smallest_with_it():
    shown = {cell.name: cell.count for cell in channel_cells({"online": 812, "kiosk": 4, "paper": 96})}
    assert shown == {"online": 812, "kiosk": None, "paper": None}


def test_the_challenge_period_counts_calendar_days_over_the_change_of_clocks():
    assert last_challenge_day(date(2027, 3, 20), 14) == date(2027, 4, 3)
    assert seal_problem(date(2027, 4, 3), date(2027, 4, 3), demo=False).startswith("The result can be challenged until")
    assert seal_problem(date(2027, 4, 3), date(2027, 4, 4), demo=False) == ""
    assert seal_problem(date(2027, 4, 3), date(2027, 4, 1), demo=True) == ""


def test_shares_are_rounded_half_up_to_one_decimal():
    assert [percent(1, 8), percent(1, 3), percent(2, 3), percent(1, 2000), percent(0, 5)] == [
        "12.5%",
        "33.3%",
        "66.7%",
        "0.1%",
        "0.0%",
    ]


def test_a_lot_is_stated_with_its_seed():
    assert "They are “2027-03-01 16 4”" in lot_sentence("lot:2027-03-01 16 4")


def test_an_open_round_gives_no_turnout():
    assert turnout_sentence(1, None, "") == "1 ballot was cast. There was no roll, so no turnout."


def test_replaced_and_reissued_are_stated():
    facts = {"cast": 10, "counted": 8, "replacing": 2, "reissued": 3, "reissued_with_ballot": 1, "assurance": "code"}
    assert replaced_sentences(facts) == [
        "10 ballots were cast. 2 of them replaced an earlier one, so 8 were counted.",
        "3 voting codes were given in place of an earlier one; 1 after a vote had been cast.",
    ]


def test_what_was_done_to_the_roll_and_votes_with_help_are_stated():
    facts = {"cast": 10, "counted": 10, "replacing": 0, "reissued": 0, "reissued_with_ballot": 0, "assurance": "code"}
    facts |= {"added": 2, "moved": 1, "voided": 1, "issued": 0, "printed": 0, "helped": 9}
    assert replaced_sentences(facts)[1:] == [
        "Fewer than 10 of these were cast with somebody’s help, as the voters said.",
        "No voting code was given in place of an earlier one.",
        "1 voting code was stopped, for example because its letter came back.",
        "2 places were added to the roll after the opening.",
        "The ward of 1 place on the roll was corrected.",
    ]
    assert replaced_sentences({**facts, "helped": 1_234})[1].startswith("1,234 of these")


def test_steps_follow_one_another():
    at = Standing(
        closed=True,
        counting=False,
        counted=True,
        recounts_agree=True,
        published=True,
        last_day=date(2027, 4, 3),
        days_over=False,
        sealed=False,
        keys_gone=False,
    )
    assert [step.state for step in steps_of(at)] == ["done", "done", "done", "running", "waiting"]
