"""What is asked, how an answer finds its group, how it is sealed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.equality.rules.questions import (
    AGE,
    DISABILITY,
    ETHNIC_GROUP,
    MOST_ANSWERS,
    PREFER_NOT,
    SEX,
    STANDARD,
    QuestionNotUsable,
    asked,
    groups_answered,
    own_question,
    question_of,
    screens_of,
)
from pbudget.equality.sealing import LENGTH, PADDED_TO, AnswerNotReadable, AnswersTooLong, sealed, unsealed
from tests.equality.conftest import FIGURES, QUESTIONS

KEY, LINK = b"k" * 32, "a" * 64
TOO_MANY = "\n".join(map(str, range(MOST_ANSWERS + 1)))


def test_age_and_sex_share_the_first_page_and_the_others_have_one_each():
    assert [[each.name for each in screen] for screen in screens_of(QUESTIONS)] == [
        ["age", "sex"],
        ["ethnic-group"],
        ["disability"],
    ]
    assert screens_of((ETHNIC_GROUP,)) == ((ETHNIC_GROUP,),)
    assert screens_of(()) == ()


def test_bands_of_ages_come_from_the_figures_and_leave_out_who_is_too_young():
    age = asked(["age"], (), FIGURES, 16)[0]
    assert [answer.group for answer in age.answers] == ["16-24", "25-34", "35-44", "45-54", "55-64", "65+"]
    assert age.answers[0].label == "16 to 24"
    assert age.answers[-1].label == "65 or over"


def test_every_standard_answer_finds_its_group_in_figures_as_councils_have_them():
    sex, ethnic = asked(["sex", "ethnic-group"], (), FIGURES, 16)
    assert [answer.group for answer in sex.answers] == ["F", "M"]
    assert (sex.dimension, ethnic.dimension) == ("sex_16plus", "ethnic_group")
    assert [answer.group for answer in ethnic.answers] == ["Asian", "Black", "Mixed", "White", "Other"]


def test_long_labels_of_the_census_are_found_too():
    census = {
        "ethnic_group": ("Asian, Asian British or Asian Welsh", "White"),
        "disability": ("Disabled", "Not disabled"),
    }
    ethnic, disability = asked(["ethnic-group", "disability"], (), census, 16)
    assert ethnic.answers[0].group == "Asian, Asian British or Asian Welsh"
    assert [answer.group for answer in disability.answers] == ["Disabled", "Disabled", "Not disabled"]
    assert [bool(answer.group) for answer in ethnic.answers].count(False) == 3


def test_without_figures_questions_are_asked_and_no_group_is_claimed():
    for question in asked(tuple(STANDARD), (), {}, 16):
        assert question.dimension == ""
        assert not any(answer.group for answer in question.answers)


def test_answers_stand_under_the_dimension_of_the_figures_and_silence_is_unknown():
    given_ = {"age": "16-24", "sex": PREFER_NOT}
    assert groups_answered(QUESTIONS, given_) == {"age": "16-24", "sex_16plus": None, "ethnic_group": None}


def test_a_question_survives_being_written_down():
    assert tuple(question_of(each.as_json()) for each in QUESTIONS) == QUESTIONS


def test_a_council_can_ask_a_question_of_its_own():
    made = own_question(" Do you rent your home? ", "Rent\n\nOwn\nOther ")
    assert [answer.label for answer in made.answers] == ["Rent", "Own", "Other"]
    assert PREFER_NOT in made.values()


@pytest.mark.parametrize(
    "lines",
    [
        "Rent",
        "",
        "Rent\nrent",
        "Rent\nPrefer not to say",
        "x" * 81 + "\nOwn",
        "\n".join(map(str, range(MOST_ANSWERS + 1))),
    ],
)
def test_a_question_of_ones_own_that_cannot_be_answered_is_refused(lines):
    with pytest.raises(QuestionNotUsable):
        own_question("Do you rent your home?", lines)


@pytest.mark.parametrize("question", [AGE, SEX, ETHNIC_GROUP, DISABILITY])
def test_prefer_not_to_say_is_an_answer_of_every_question(question):
    assert PREFER_NOT in question.values()


@given(st.dictionaries(st.sampled_from(list(STANDARD)), st.sampled_from(["female", "16-24", PREFER_NOT]), max_size=4))
def test_what_is_sealed_opens_again_and_always_has_one_length(answers):
    stored = sealed(KEY, LINK, answers)
    assert len(stored) == LENGTH
    assert unsealed(KEY, LINK, stored) == answers


def test_the_same_answer_is_never_the_same_bytes_twice():
    assert sealed(KEY, LINK, {"sex": "female"}) != sealed(KEY, LINK, {"sex": "female"})


@pytest.mark.parametrize(("key", "link"), [(b"x" * 32, LINK), (KEY, "b" * 64)])
def test_another_key_or_another_link_opens_nothing(key, link):
    with pytest.raises(AnswerNotReadable):
        unsealed(key, link, sealed(KEY, LINK, {"sex": "female"}))


def test_a_changed_byte_is_noticed():
    stored = bytearray(sealed(KEY, LINK, {"sex": "female"}))
    stored[40] ^= 1
    with pytest.raises(AnswerNotReadable):
        unsealed(KEY, LINK, bytes(stored))


def test_more_than_a_page_holds_is_refused_and_not_cut():
    with pytest.raises(AnswersTooLong):
        sealed(KEY, LINK, {"sex": "x" * PADDED_TO})
