"""Letters as PDF, measured in the PDF itself."""

import io
import json
import subprocess
import sys

import pytest
import segno
from pypdf import PdfReader

from pbudget.config import ROOT
from pbudget.roll import typesetting
from pbudget.roll.letters import Letter
from pbudget.roll.rules.letters import LetterWords
from pbudget.roll.typeset import qr_drawing
from pbudget.roll.typesetting import LettersNotDrawn, TypesetterMissing, letters_pdf, parts_of

WORDS = LetterWords("Test round 2027", "Test ward", "9am on 1 March 2027", "5pm on 14 March 2027", "0800 000")
ADDRESS = "https://decide.test.example/rounds/test-2027/vote#7Q4K9XTM2BXPP"
LINES = ("Test resident 1", "Flat 2", "1 Test Road", "TESTTOWN", "SE1 7AB")
WINDOW = {"left": 20, "right": 100, "top": 57, "bottom": 81}  # always shown by a 35 x 90 window of a DL envelope
MAY_SHOW = {"right": 110, "top": 46, "bottom": 92}  # shown at times, as the sheet slides
MM = 72 / 25.4
HOSTILE = "#set page(fill: red) [x] *b* _i_ $1$ \\u{41} <lab> @ref // `raw` #panic() \\ $"


def letter(*lines: str) -> Letter:
    return Letter("7Q4K", lines or LINES, "7Q4K-9XTM-2BXPP", ADDRESS)


def drawn(*letters: Letter, words: LetterWords = WORDS, **wanted: bool) -> PdfReader:
    return PdfReader(io.BytesIO(letters_pdf(letters or [letter()], words, "Test council", **wanted)))


def said(reader: PdfReader) -> str:
    """All text of the first page, on one line."""
    return " ".join(reader.pages[0].extract_text().split())


def placed(reader: PdfReader, page: int = 0) -> list[tuple[str, float, float, float, str]]:
    """Every piece of text of a page: what, millimetres from the left and from the top of its base line, size, font."""
    found = []

    def note(text, outer, inner, font, size):
        if text.strip():
            height = float(reader.pages[page].mediabox.height)
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            name = str((font or {}).get("/BaseFont", ""))
            found.append((text.strip(), x / MM, (height - y) / MM, size * abs(inner[3] * outer[3]), name))

    reader.pages[page].extract_text(visitor_text=note)
    return found


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("lines", [LINES, ("Test resident 1", *(f"Line {n}" for n in range(2, 8)), "SE1 7AB")])
def test_the_address_and_nothing_else_stands_where_the_window_shows_it(large, lines):
    pieces = placed(drawn(letter(*lines), large=large, test=True))
    for text, left, base, *_ in pieces:
        if text in lines:
            assert left == pytest.approx(WINDOW["left"], abs=0.5)
            assert WINDOW["top"] + 1.5 < base < WINDOW["bottom"] - 0.5, text
        elif left < MAY_SHOW["right"]:
            assert not MAY_SHOW["top"] < base < MAY_SHOW["bottom"] + 3, f"{text!r} may show in the window"
    assert [text for text, *_ in pieces if text in lines] == list(lines)


def test_the_code_is_18_point_in_a_face_where_no_two_characters_look_alike():
    ((_, _, _, size, font),) = [piece for piece in placed(drawn()) if piece[0] == "7Q4K-9XTM-2BXPP"]
    assert round(size) >= 18
    assert "Mono" in font


def test_large_print_is_18_point_throughout():
    pieces = placed(drawn(large=True))
    assert {round(size) for text, _, _, size, _ in pieces if text not in LINES} == {18, 23, 24}


@pytest.mark.parametrize("lines", [1, 40, 90])
def test_a_letter_never_begins_on_the_back_of_another(lines):
    words = LetterWords(**{**WORDS.__dict__, "other_languages": (("cy", "Ffoniwch 0800 000. " * lines),)})
    pages = drawn(letter(), letter(), words=words, large=True).pages
    begins = [number for number, page in enumerate(pages) if "your voting code" in page.extract_text()]
    assert len(begins) == 2
    assert [number % 2 for number in begins] == [0, 0], begins


def test_an_ordinary_letter_is_one_page():
    assert len(drawn(letter(), letter(), letter()).pages) == 3


def test_what_people_wrote_is_shown_as_they_wrote_it():
    words = LetterWords(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (("cy", HOSTILE), ("", HOSTILE)))
    text = said(drawn(letter(HOSTILE, '#import "x"'), words=words))
    assert text.count("#set page(fill: red)") == 8, "in the window, heading, opening (3), help and two languages"
    assert '#import "x"' in text


def test_a_long_line_is_made_smaller_not_cut():
    long = "Flat 12, Test Resident House, 1234 Test Resident Road North"
    ((_, _, _, size, _),) = [piece for piece in placed(drawn(letter("Test", long))) if piece[0] == long]
    assert 6 <= size < 10


def test_the_square_is_the_address_with_the_code():
    made = io.BytesIO()
    segno.make_qr(ADDRESS, error="m").save(made, kind="svg", border=4, xmldecl=False, nl=False)
    assert qr_drawing(ADDRESS) == made.getvalue().decode()


def test_a_screen_reader_can_read_it():
    catalog = drawn().trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en-GB"


def test_test_letters_say_so_and_others_do_not():
    assert "cannot be used to vote" in said(drawn(test=True))
    assert "cannot be used to vote" not in said(drawn())


def test_a_character_without_a_font_is_named_and_never_printed_as_a_box():
    with pytest.raises(LettersNotDrawn, match="No font on this server has “\U00010380”"):
        drawn(letter("Test \U00010380"))


def test_without_the_addition_the_officer_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(typesetting.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(TypesetterMissing, match="choose the printer’s file"):
        letters_pdf([letter()], WORDS, "Test council")


def test_what_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(typesetting, "SECONDS_ALLOWED", 0.01)
    with pytest.raises(LettersNotDrawn, match="took too long"):
        letters_pdf([letter()], WORDS, "Test council")


def test_a_ward_is_cut_into_files_of_a_thousand():
    assert [len(part) for part in parts_of([letter()] * 2500)] == [1000, 1000, 500]


@pytest.mark.parametrize("letters", [200, pytest.param(1000, marks=pytest.mark.full)])
def test_a_file_of_letters_takes_bounded_time_and_memory(letters):
    """A thousand took 8 s of processor time where it was measured."""
    one = {"reference": "7Q4K", "code": "7Q4K-9XTM-2BXPP", "address": ADDRESS, "site": "x", "lines": LINES}
    given = json.loads(json.dumps(typesetting._data([letter()], WORDS, "Test council", False, False)))
    given["letters"] = [{**one, "lines": [f"Test resident {n}", *LINES[1:]]} for n in range(letters)]
    program = (
        "import sys, time; from bench.roll import peak_megabytes; from pbudget.roll.typeset import main; "
        "code = main(); print(peak_megabytes(), time.process_time(), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(given).encode(), capture_output=True, cwd=ROOT, check=True
    )
    megabytes, seconds = map(float, done.stderr.split())
    assert len(PdfReader(io.BytesIO(done.stdout)).pages) == letters
    assert megabytes < 500
    assert seconds < 30
