"""A result in plain sentences."""

from dataclasses import dataclass

import pytest

from pbudget.results import words


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ((6, 14, "£98,400", "£100,000"), "Riverside funded 6 of 14 projects with £98,400 of £100,000."),
        ((1, 1, "£5", "£10"), "Riverside funded 1 of 1 project with £5 of £10."),
        ((0, 3, "£0", "£10"), "Riverside funded none of its 3 projects. The pot was £10."),
        ((0, 0, "£0", "£10"), "Riverside had no projects to vote on."),
    ],
)
def test_the_headline_answers_in_one_line(figures, sentence):
    assert words.headline("Riverside", *figures) == sentence


def test_the_money_bar_is_said_in_words():
    assert words.bar_words(2, "£60", 40, "£40") == "£60 went to 2 projects, and £40 was left."
    assert words.bar_words(2, "£100", 0, "£0") == "£100 went to 2 projects. Nothing was left."
    assert words.bar_words(0, "£0", 100, "£100") == "Nothing was spent. £100 was left."


def test_ballots_are_described_with_blank_ones_and_their_average():
    sentences = words.ballot_sentences(4, 1, {0: 1, 1: 1, 2: 2}, "approval")
    assert sentences[0] == "4 ballots were counted. Voters ticked the projects they wanted."
    assert sentences[1].startswith("1 of them named no project.")
    assert sentences[2] == "A ballot named 1.3 projects on average. Most often it named 2, on 2 ballots."
    assert words.ballot_sentences(0, 0, {}, "approval") == ["Nobody voted."]


@pytest.mark.parametrize(
    ("gained", "lost", "said"),
    [
        (0, 0, "The same projects"),
        (2, 0, "2 projects more"),
        (0, 1, "1 project fewer"),
        (1, 3, "1 other instead of 3"),
    ],
)
def test_another_rule_is_set_against_the_result(gained, lost, said):
    assert words.difference_words(gained, lost) == said


def test_ballot_sizes_fit_a_table_of_twelve_rows_and_lose_no_ballot():
    sizes = dict.fromkeys(range(30), 10)
    rows = words.size_rows(sizes, 300)
    assert len(rows) == 12
    assert rows[-1][0] == "11 or more"
    assert sum(count for _, count, _ in rows) == 300


def test_a_tie_says_what_decided_it():
    assert words.tie_sentence(["A"], ["B", "C"], "cheaper") == (
        "“A”, “B” and “C” were level. The rule for ties, set beforehand, says that the cheaper project is taken first, "
        "so “A” came first and “B” and “C” were not funded."
    )


def test_many_ties_are_counted_instead_of_listed():
    ties = [{"won": [f"A{i}"], "lost": ["B"], "decided_by": "id"} for i in range(9)]
    sentences = words.tie_sentences(ties)
    assert len(sentences) == 4
    assert sentences[3] == "6 more ties decided money; the JSON download lists them."


@dataclass(frozen=True)
class Contest:
    funded: int
    projects: int
    ballots: int
    ward_id: int | None


def test_a_ballot_for_a_ward_and_the_whole_area_is_one_ballot_in_a_round_held_here():
    contests = [Contest(1, 2, 30, 1), Contest(0, 3, 12, 2), Contest(2, 4, 42, None)]
    assert words.contest_words(contests, held_here=True) == "3 of 9 projects funded in 3 contests, 42 ballots"
    assert words.contest_words(contests[:2], held_here=True) == "1 of 5 projects funded in 2 contests, 42 ballots"
    assert words.contest_words(contests) == "3 of 9 projects funded in 3 contests, 84 ballots"
    assert words.contest_words([], held_here=True) == "0 of 0 projects funded, 0 ballots"


def test_ways_of_voting_are_given_without_small_numbers():
    assert words.channel_sentences([("online", 812), ("kiosk", None), ("paper", 96)]) == [
        "Ballots that count, by the way they were cast: Online 812 and Paper 96.",
        "Kiosk: numbers below 10, or that would give one away, are not given.",
    ]
    assert words.channel_sentences([]) == []
