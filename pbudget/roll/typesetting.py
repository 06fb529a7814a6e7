"""Letters as PDF, drawn by `typeset.py` with Typst, which is an addition of its own: `pbudget[letters]`."""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from pbudget.config import ROOT
from pbudget.kit.errors import BadInput
from pbudget.roll.letters import Letter
from pbudget.roll.rules.letters import LetterWords, direction

LETTERS_IN_A_PDF = 1_000
SECONDS_ALLOWED = 25  # the server ends a request after 30
UNDISPLAYABLE = re.compile(r"the text `\"(.*)\"` could not be displayed")


class TypesetterMissing(BadInput):
    """Typst is not installed; the message says how to get it and what works without."""


class LettersNotDrawn(BadInput):
    """A letter holds a character no font has, or drawing took too long; the message says what to do."""


def can_typeset() -> bool:
    """Whether the addition is installed."""
    return importlib.util.find_spec("typst") is not None


def letters_pdf(
    letters: Sequence[Letter], words: LetterWords, council: str, *, large: bool = False, test: bool = False
) -> bytes:
    """Letters as one PDF, a sheet each.

    Takes at most LETTERS_IN_A_PDF. Raises TypesetterMissing or LettersNotDrawn.
    """
    if not can_typeset():
        raise TypesetterMissing(
            "Letters as PDF need an addition that is not installed. Ask whoever runs this server to install it "
            "(docs/operations.md), or choose the printer’s file or letters to print from this browser"
        )
    given = json.dumps(_data(letters, words, council, large, test))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pbudget.roll.typeset"],
            input=given.encode("ascii"),
            capture_output=True,
            timeout=SECONDS_ALLOWED,
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LettersNotDrawn("Drawing the letters took too long. Try again when the server is less busy") from error
    if done.returncode:
        raise LettersNotDrawn(_why(done.stderr.decode("utf-8", "replace")))
    return done.stdout


def parts_of(letters: Sequence[Letter]) -> list[Sequence[Letter]]:
    """The letters cut into as many as one PDF takes: a ward of 2,500 is 1,000, 1,000 and 500."""
    return [letters[start : start + LETTERS_IN_A_PDF] for start in range(0, len(letters), LETTERS_IN_A_PDF)]


def _data(letters: Sequence[Letter], words: LetterWords, council: str, large: bool, test: bool) -> dict[str, Any]:
    return {
        "large": large,
        "test": test,
        "words": {
            "title": f"{words.heading} ({words.ward_name})",
            "council": council,
            "reference": "Letter reference:",
            "picture": "A square to scan with a phone: it opens the voting page with your code",
            "heading": words.heading,
            "opening": words.opening,
            "scan": words.scan,
            "enter": words.enter,
            "test": words.test,
            "notes": words.notes,
            "languages": [(tag.partition("-")[0], direction(tag), text) for tag, text in words.other_languages],
        },
        "letters": [
            {
                "reference": letter.reference,
                "code": letter.code,
                "address": letter.address,
                "site": letter.typed_address,
                "lines": letter.lines,
            }
            for letter in letters
        ],
    }


def _why(said: str) -> str:
    found = UNDISPLAYABLE.search(said)
    if found:
        return (
            f"No font on this server has “{found[1]}”. Ask whoever runs it to install one (docs/operations.md), "
            "leave the line out, or choose another kind of letter"
        )
    return "The letters could not be drawn. Choose the printer’s file or letters to print from this browser"
