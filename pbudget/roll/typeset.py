"""The program that draws letters as PDF, run as a process of its own: data in, PDF out, nothing kept.

`python -m pbudget.roll.typeset`: the letters as JSON on standard input, the PDF on standard output; where it cannot be
drawn, status 1 and one line of reason on standard error. A process of its own, because a typesetter keeps what it drew
in memory, and what it drew here is codes.

PDF/UA-1 is the PDF that screen readers can read. It also refuses a character that no font has, which would otherwise
be printed as an empty box.
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

import segno
import typst

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "roll" / "letters.typ"


def draw(given: dict[str, Any]) -> bytes:
    """The letters as one PDF. Raises typst.TypstError."""
    letters = [{**letter, "qr": qr_drawing(letter["address"])} for letter in given["letters"]]
    data = {**given, "letters": letters, "sheets-of-their-own": len(letters) > 1 and pages_of(given, letters[0]) > 1}
    return typst.compile(TEMPLATE, format="pdf", sys_inputs={"letters": json.dumps(data)}, pdf_standards="ua-1")


def pages_of(given: dict[str, Any], letter: dict[str, Any]) -> int:
    """How many pages one of the letters takes; they all take the same, since the address stands apart."""
    data = {**given, "letters": [letter], "sheets-of-their-own": False}
    pages: bytes | list[bytes] = typst.compile(TEMPLATE, format="svg", sys_inputs={"letters": json.dumps(data)})
    return len(pages) if isinstance(pages, list) else 1


def qr_drawing(address: str) -> str:
    """An address as a QR code, as SVG."""
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", border=4, xmldecl=False, nl=False)
    return drawn.getvalue().decode("ascii")


def main() -> int:
    """Draw what stands on standard input."""
    try:
        drawn = draw(json.load(sys.stdin))
    except typst.TypstError as error:
        print(error.message, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
