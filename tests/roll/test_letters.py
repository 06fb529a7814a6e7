import csv
import io

import pytest

from pbudget.roll.generating import generate_codes, start_batch
from pbudget.roll.letters import Letter, letters_of, mail_merge, voting_address
from pbudget.roll.rules.codes import Code, parse_code
from pbudget.roll.rules.letters import (
    MAIL_MERGE_COLUMNS,
    LetterWords,
    addressee,
    direction,
    languages_given,
)
from tests.roll.building import FIRST, add_entries

WORDS = LetterWords("Test round 2027", "Test ward", closes="5pm on Sunday 14 March 2027")


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            ("Test Resident", "1 Test Road\nTesttown", "SE1 7AB", 1, ""),
            ("Test Resident", "1 Test Road", "Testtown", "SE1 7AB"),
        ),
        (("", "1 Test Road", "", 1, ""), ("Resident", "1 Test Road")),
        (("", "1 Test Road", "SE1 7AB", 3, ""), ("Resident 3", "1 Test Road", "SE1 7AB")),
        (("", "", "", 9, "Riverside"), ("A resident of Riverside",)),
    ],
)
def test_the_window_says_whom_the_letter_is_for(given, lines):
    assert addressee(*given) == lines


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_printers_file_is_a_formula(sqlite_stage, start):
    letter = Letter("7Q4K", (f"{start}cmd()", "1 Test Road"), "7Q4K-9XTM-2BXPP", "https://test.example/")
    for row in csv.reader(io.StringIO(mail_merge([letter], WORDS).decode("utf-8-sig"))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_printers_file_has_a_row_a_letter_under_its_headings(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 3, name="Zoë Test", address="1 Test Road", postcode="SE1 7AB")
    started = start_batch(stage.round_id, stage.wards[FIRST])
    generate_codes(started.id)
    text = mail_merge(letters_of(started.id, started.passphrase, "test-2027", "Test ward"), WORDS).decode()
    assert text.startswith("\ufeff"), "Excel needs the mark to read accents"
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert tuple(rows[0]) == MAIL_MERGE_COLUMNS
    assert len(rows) == 3
    assert (rows[0]["line_1"], rows[0]["line_2"], rows[0]["line_3"]) == ("Zoë Test", "1 Test Road", "SE1 7AB")
    for row in rows:
        assert parse_code(row["code"]) == parse_code(row["address_of_voting_page"])
        assert row["code"].startswith(row["letter_reference"])


def test_the_code_in_a_qr_code_stands_where_no_log_sees_it(sqlite_stage):
    code = Code("7Q4K", "9XTM2BXP")
    address = voting_address("test-2027", code)
    before, _, behind = address.partition("#")
    assert behind == code.plain
    assert code.secret not in before
    assert before.endswith("/rounds/test-2027/vote")


def test_a_qr_code_is_a_drawing_that_the_pages_policy_allows(sqlite_stage):
    letter = Letter("7Q4K", ("Test",), "7Q4K-9XTM-2BXPP", voting_address("test-2027", Code("7Q4K", "9XTM2BXP")))
    assert letter.qr.startswith("<svg")
    for forbidden in ("style", "<script", "href", "onload", "9XTM"):
        assert forbidden not in letter.qr
    assert "9XTM" not in repr(letter)


def test_lines_in_other_languages_are_the_councils_own():
    given = languages_given("cy: Ffoniwch 0800 000\n\nur: فون کریں\nPhone us: we speak Polish\n")
    assert given == (("cy", "Ffoniwch 0800 000"), ("ur", "فون کریں"), ("", "Phone us: we speak Polish"))
    assert (direction("ur"), direction("ar-EG"), direction("cy")) == ("rtl", "rtl", "ltr")


def test_a_phone_number_in_a_line_from_right_to_left_is_read_as_it_is_dialled():
    given = languages_given("ur: فون کریں 0800 000 000۔\ncy: Ffoniwch 0800 000 000\nar: 5 +44 (0)20 7000 0000")
    assert [text for _, text in given] == [
        "فون کریں \u20660800 000 000\u2069۔",
        "Ffoniwch 0800 000 000",
        "5 \u2066+44 (0)20 7000 0000\u2069",
    ]


def test_without_them_the_letter_says_whom_to_ask():
    assert "phone 0800 000" in LetterWords("R", "W", phone="0800 000").help_line
    assert "contact the council" in LetterWords("R", "W").help_line
