import random
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.roll.rules import codes
from pbudget.roll.rules.codes import ALPHABET, Code, check_character, make_code, parse_code, parse_selector, selector_at

made_codes = st.builds(
    Code, st.text(ALPHABET, min_size=4, max_size=4), secret=st.text(ALPHABET, min_size=8, max_size=8)
)
SAMPLE = Code("7Q4K", "9XTM2BXP")


def test_a_code_is_shown_four_four_five():
    assert SAMPLE.grouped == "7Q4K-9XTM-2BXPP"
    assert SAMPLE.plain == "7Q4K9XTM2BXPP"


@given(made_codes)
def test_every_code_is_read_back_from_what_the_letter_shows(code):
    assert parse_code(code.grouped) == code


@pytest.mark.parametrize(
    "typed",
    [
        "7q4k9xtm2bxpp",
        " 7Q4K 9XTM 2BXPP ",
        "7Q4K–9XTM—2BXPP",
        "7Q4K\u00a09XTM\u200b2BXPP\n",
        "７Ｑ４Ｋ９ＸＴＭ２ＢＸＰＰ",
        "https://decide.example.gov.uk/rounds/test-2027/vote#7Q4K9XTM2BXPP",
    ],
)
def test_a_code_may_be_typed_pasted_or_scanned(typed):
    assert parse_code(typed) == SAMPLE


def test_letters_that_look_like_numbers_are_read_as_those_numbers():
    code = Code("0011", "10100000")
    assert parse_code(code.plain.replace("0", "o").replace("1", "l")) == code
    assert parse_code(code.plain.replace("0", "O").replace("1", "I")) == code


@given(made_codes, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_found(code, place, wrong):
    plain = code.plain
    if plain[place] == wrong:
        return
    with pytest.raises(codes.CodeMistyped):
        parse_code(plain[:place] + wrong + plain[place + 1 :])


@given(made_codes, st.integers(0, 11))
def test_swapped_neighbours_are_found_except_the_first_and_last_of_the_alphabet(code, place):
    plain = code.plain
    pair = plain[place : place + 2]
    if len(set(pair)) == 1 or set(pair) == {"0", "Z"}:
        return
    with pytest.raises(codes.CodeMistyped):
        parse_code(plain[:place] + pair[::-1] + plain[place + 2 :])


@pytest.mark.parametrize(
    ("typed", "error", "says"),
    [
        ("", codes.CodeMissing, "Enter the code"),
        (" - ", codes.CodeMissing, "Enter the code"),
        ("7Q4K-9XTM", codes.CodeTooShort, "13 characters and you entered 8"),
        ("7Q4K-9XTM-2BXPP7", codes.CodeTooLong, "13 characters and you entered 14"),
        ("7" * 10_000, codes.CodeTooLong, "13 characters"),
        ("7Q4K-9XTM-2BXPU", codes.CodeHasWrongCharacter, "letter U"),
        ("7Q4K-9XTM-2BXP£", codes.CodeHasWrongCharacter, "only letters and numbers"),
        ("7Q4K-9XTM-2BXP٣", codes.CodeHasWrongCharacter, "only letters and numbers"),
        ("7Q4K-9XTM-2BXPQ", codes.CodeMistyped, "not as it is on your letter"),
    ],
)
def test_what_is_no_code_is_refused_with_what_to_do(typed, error, says):
    with pytest.raises(error) as refusal:
        parse_code(typed)
    assert says in str(refusal.value)
    assert "9XTM" not in str(refusal.value), "a message must not repeat the code"


def test_the_reference_of_a_letter_is_its_first_four_characters():
    assert parse_selector(" 7q4k ") == "7Q4K"
    assert parse_selector(SAMPLE.grouped) == "7Q4K"
    with pytest.raises(codes.CodeNotUsable):
        parse_selector("7Q4")


def test_every_selector_has_one_number():
    assert [selector_at(n) for n in (0, 33, codes.SELECTORS - 1)] == ["0000", "0011", "ZZZZ"]
    assert len({selector_at(n) for n in range(0, codes.SELECTORS, 97)}) == len(range(0, codes.SELECTORS, 97))


def test_codes_come_from_the_systems_randomness_only(monkeypatch):
    def refuse(*_args):
        raise AssertionError("`random` was used for a code")

    for name in ("random", "randrange", "choice", "choices", "getrandbits", "shuffle", "sample"):
        monkeypatch.setattr(random, name, refuse)
    assert len({make_code().plain for _ in range(200)}) == 200


def test_drawing_uses_the_whole_range():
    assert make_code(lambda below: below - 1).plain[:12] == "Z" * 12
    assert make_code(lambda below: 0).plain == "0" * 12 + check_character("0" * 12)
    assert make_code.__defaults__ == (secrets.randbelow,)


def test_a_code_never_shows_its_secret_in_a_log_or_traceback():
    assert "9XTM" not in repr(SAMPLE)
    assert "9XTM" not in f"{SAMPLE}"
