"""What a Pabulib file says about itself, in the words of a page."""

from datetime import date

import pytest

from pbudget.replays.rules import contest_of, dates_as_stated, day_in, language_in, plain
from pbudget.tally.election import Election, Project


@pytest.mark.parametrize(
    ("meta", "round_name", "name", "place"),
    [
        (
            {"unit": "Gdynia", "instance": "2022", "subunit": "Chylonia | large", "country": "Poland"},
            "Gdynia 2022",
            "Chylonia (large)",
            "Gdynia, Poland",
        ),
        ({"unit": "Amsterdam", "instance": "332", "district": "Oost"}, "Amsterdam 332", "Oost", "Amsterdam"),
        (
            {"unit": "Stanford Dataset", "instance": "PB Cambridge 2015"},
            "PB Cambridge 2015",
            "All of Stanford Dataset",
            "Stanford Dataset",
        ),
        ({}, "file", "The whole place", ""),
    ],
)
def test_a_file_names_its_round_and_its_contest(meta, round_name, name, place):
    contest = contest_of(meta, "file.pb")
    assert (contest.round_name, contest.name, contest.place) == (round_name, name, place)


def test_an_address_keeps_the_letters_of_any_alphabet_it_can():
    contest = contest_of({"unit": "Łódź", "instance": "2022", "subunit": "Śródmieście-Katedralna"}, "x.pb")
    assert (contest.round_slug, contest.slug) == ("lodz-2022", "srodmiescie-katedralna")


def test_a_name_of_any_length_fits_its_column():
    assert len(contest_of({"unit": "x" * 900, "instance": "2022"}, "x.pb").round_name) == 200


@pytest.mark.parametrize(
    ("text", "day"), [("11.09.2019", date(2019, 9, 11)), ("2015", None), ("31.02.2020", None), ("", None)]
)
def test_only_a_full_date_is_a_day(text, day):
    assert day_in({"date_begin": text}, "date_begin") == day


@pytest.mark.parametrize(
    ("begins", "ends", "said"), [("2015", "2015", "2015"), ("2019", "2020", "2019 to 2020"), ("", "2020", "2020")]
)
def test_less_than_a_day_is_said_as_the_file_says_it(begins, ends, said):
    assert dates_as_stated({"date_begin": begins, "date_end": ends}) == said


def test_only_a_language_code_becomes_one():
    assert language_in({"language": "pl"}) == "pl"
    assert language_in({"language": '"><script>'}) == ""


def test_a_name_cannot_turn_round_the_figures_that_follow_it():
    contest = contest_of({"unit": "Gdy\u202enia", "instance": "2022", "subunit": "\u2066Chylonia"}, "file.pb")
    assert (contest.round_name, contest.name, contest.place) == ("Gdynia 2022", "Chylonia", "Gdynia")


def test_titles_and_texts_of_a_file_are_without_characters_that_turn_text():
    project = Project("1", 100, "Park \u202etfel", "gre\u2066en", {"description": "so\x00on"})
    found = plain(Election(pot=100, projects=(project,), classes=(), meta={"unit": "To\u202dwn"}))
    assert (found.projects[0].name, found.projects[0].category) == ("Park tfel", "green")
    assert (found.projects[0].columns["description"], found.meta["unit"]) == ("soon", "Town")
